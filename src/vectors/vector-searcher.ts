// What the search worker does, without the worker: holds matrix, mask and graph, and answers searches. Every change and
// every search is one synchronous step, so that a search sees all of an add or nothing of it.

import { LodestoneError } from "../errors.js";
import type { CalibrationStatus } from "./calibration.js";
import { choosePlan, defaultRecall, type Plan, type PlanFacts, type PlanRequest } from "./choose-plan.js";
import { searchByCode } from "./code-rounds.js";
import { CodeSearch } from "./code-search.js";
import { type CodeOptions, CodeUpkeep, calibrationQueries, defaultCodes, type FormTrial } from "./code-upkeep.js";
import { ExactSearch, type Found } from "./exact.js";
import { ExactBatch } from "./exact-batch.js";
import type { AddonState } from "./graph.js";
import { type GraphPlace, GraphSearch, type GraphStatus } from "./graph-search.js";
import type { Kernels } from "./kernels/kernels.js";
import type { CodeForm } from "./quantizer.js";
import type { CodePlace } from "./saved-codes.js";
import { ScanPool } from "./scan-pool.js";
import { SearchScopes, type SentFilter } from "./search-scopes.js";
import type { VectorStore } from "./vector-store.js";

export type SearchQuery = {
  query: Float32Array;
  k: number;
  /** Absent: all live rows. */
  allow?: SentFilter | undefined;
  plan: PlanRequest;
  ef?: number | undefined;
  recall?: number | undefined;
  oversampling?: number | undefined;
  probes?: number | undefined;
};

export type SearchResult = Found & { plan: Plan; reason: string; ms: number };

/** Rows to make live, and the slots where their vectors lie already. */
export type Commit = {
  /** Addresses of chunks made since the last commit. */
  chunks: number[];
  rows: Uint32Array;
  slots: Uint32Array;
};

export type CodeStatus =
  | { state: "none"; reason: string }
  | {
      state: "ready";
      form: CodeForm;
      /** Live rows that have a code; the others are scanned exactly. */
      rows: number;
      bytes: number;
      /** Lists of rows that lie near each other; 0: none are made yet. */
      lists: number;
      /** Codes that were made or ended since they were last saved or loaded. */
      unsavedRows: number;
      /** Forms that were compared on a sample, and the candidates that each needed for recall@10 0.99. */
      trials: readonly FormTrial[];
      calibration: CalibrationStatus;
      /** Why no more codes are made than there are: the memory is full. */
      stopped?: string;
    };

/** With one helper 50,000 codes of 512 bits took 0.27 ms instead of 0.50; below, the gain is near what waking it costs. */
const sharedScanRows = 50_000;

export class VectorSearcher {
  readonly #store: VectorStore;
  readonly #exact: ExactSearch;
  readonly #graph: GraphSearch;
  readonly #scopes: SearchScopes;
  readonly #codeSearch: CodeSearch;
  readonly #upkeep: CodeUpkeep;
  readonly #scanThreads: number;
  /** Started by the first large scan. */
  #pool: ScanPool | undefined;

  constructor(store: VectorStore, kernels: Kernels, addon: AddonState, codes: CodeOptions = defaultCodes) {
    this.#store = store;
    this.#exact = new ExactSearch(store, kernels);
    const graph = new GraphSearch(store, kernels, addon);
    this.#graph = graph;
    this.#scopes = new SearchScopes(store, kernels, (slots) => graph.usableOf(slots));
    this.#codeSearch = new CodeSearch(store, kernels);
    this.#scanThreads = codes.scanThreads;
    this.#upkeep = new CodeUpkeep(
      store,
      kernels,
      new ExactBatch(store, kernels),
      new CodeSearch(store, kernels),
      codes,
    );
  }

  commit({ chunks, rows, slots }: Commit): void {
    const store = this.#store;
    store.chunks.push(...chunks);
    // What the disk refuses does not count.
    store.disk?.file.setLive(slots, true);
    const replaced = store.bind(rows, slots);
    for (const slot of replaced) this.#upkeep.forget(slot);
    if (replaced.length > 0) store.disk?.file.endReplaced(replaced);
    for (const slot of slots) this.#graph.forget(slot);
    this.#scopes.forget();
  }

  /** Rows are hidden also where the file cannot be told so; DISK_FULL or FILE_UNREADABLE say it. */
  remove(rows: Uint32Array): void {
    const slots = this.#store.unbind(rows);
    for (const slot of slots) this.#upkeep.forget(slot);
    this.#scopes.forget();
    if (slots.length > 0) this.#store.disk?.file.setLive(slots, false);
  }

  /** Damaged vectors on disk that the making of codes has come upon: it rests until resume(). */
  get damage(): LodestoneError | undefined {
    return this.#upkeep.damage;
  }

  resume(): void {
    this.#upkeep.damage = undefined;
  }

  get isLoadingCodes(): boolean {
    return this.#upkeep.isLoading;
  }

  /** Counts up when codes were made, or measured. */
  get timesMade(): number {
    return this.#upkeep.timesMade;
  }

  /** See CodeUpkeep.save. */
  async saveCodes(place: CodePlace): Promise<void> {
    await this.#upkeep.save(place);
  }

  /** See CodeUpkeep.load. */
  async loadCodes(place: CodePlace): Promise<CodeStatus> {
    await this.#upkeep.load(place);
    this.#scopes.forget();
    return this.codeStatus();
  }

  /** Makes and measures codes, and measures the graph, for about `ms`; true where something is left to do. */
  work(ms: number): boolean {
    this.#scopes.forget();
    return this.#upkeep.work(ms) || this.#graph.work(ms, this.#upkeep.asked);
  }

  /** Whether so many searches have been made that what was measured with other vectors is to be measured with them. */
  get isToBeMeasured(): boolean {
    const { asked, calibration } = this.#upkeep;
    if (asked.size < calibrationQueries) return false;
    return calibration?.facts.source === "rows" || this.#graph.source === "rows";
  }

  search({ query, k, allow, recall = defaultRecall, ...wishes }: SearchQuery): SearchResult {
    const start = performance.now();
    const { codes, calibration } = this.#upkeep;
    const scope = this.#scopes.of(allow, codes);
    const facts: PlanFacts = {
      ...{ ...wishes, requested: wishes.plan, recall, k },
      ...{ dimensions: this.#store.dimensions, format: this.#store.format, onDisk: this.#store.onDisk },
      ...{ rows: this.#store.rowCount, eligibleRows: scope.rows },
      codes:
        scope.coded && calibration
          ? { state: "ready", eligibleRows: scope.coded.rows, ...scope.coded, calibration }
          : { state: "none", reason: this.#upkeep.reason },
      graph: this.#graph.facts(scope.usable),
    };
    let { plan, reason } = choosePlan(facts);
    const wanted = Math.min(k, scope.rows);
    let found: Found = { rows: new Uint32Array(0), scores: new Float32Array(0) };
    if (wanted === 0) return { ...found, plan, reason, ms: performance.now() - start };
    if (plan.kind === "graph" && scope.usable) {
      const slots = this.#graph.walk(query, wanted, plan.ef, scope.usable);
      if (slots) {
        this.#exact.begin(query, wanted);
        this.#exact.offer(slots);
        this.#exact.scan(scope.slots, this.#graph.covered);
        found = this.#exact.take();
      } else {
        const why = "the walk of the graph met too few rows that the filter allows";
        ({ plan, reason } = choosePlan({ ...facts, requested: "auto", graph: { state: "none", reason: why } }));
        if (!reason.includes(why)) reason = `${why}; ${reason}`;
      }
    }
    const { coded } = scope;
    if ((plan.kind === "prefilter" || plan.kind === "ivf") && codes && coded) {
      const poolFor = (scannedRows: number) => this.#helpersFor(scannedRows);
      const parts = { store: this.#store, exact: this.#exact, scan: this.#codeSearch, codes, poolFor };
      const asked = { ...wishes, requested: wishes.plan, scope: { ...scope, coded }, wanted, recall, plan };
      let note: string | undefined;
      ({ found, plan, note } = searchByCode(parts, query, asked));
      if (note !== undefined) reason = `${reason}; ${note}`;
    }
    if (plan.kind === "exact") {
      this.#exact.begin(query, wanted);
      if (scope.few) this.#exact.offer(scope.few);
      else this.#exact.scan(scope.slots);
      found = this.#exact.take();
    }
    this.#upkeep.remember(query);
    return { ...found, plan, reason, ms: performance.now() - start };
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }

  #helpersFor(scannedRows: number): ScanPool | undefined {
    if (this.#scanThreads === 1 || scannedRows < sharedScanRows) return undefined;
    this.#pool ??= new ScanPool(this.#store.memory, this.#scanThreads - 1);
    return this.#pool;
  }

  /** The vectors of `rows`, one after the other. Throws NOT_FOUND naming the rows that are not live. */
  vectorsOf(rows: Uint32Array): Float32Array {
    const missing = [...rows].filter((row) => this.#store.slotOf(row) < 0);
    if (missing.length > 0) {
      throw new LodestoneError("NOT_FOUND", `Rows without a vector: ${missing.slice(0, 10).join(", ")}.`, {
        detail: { rows: missing },
      });
    }
    const vectors = new Float32Array(rows.length * this.#store.dimensions);
    rows.forEach((row, index) => {
      this.#store.read(this.#store.slotOf(row), vectors, index);
    });
    return vectors;
  }

  /** See GraphSearch.load. */
  async loadGraph(place: GraphPlace, signal?: AbortSignal): Promise<GraphStatus> {
    await this.#graph.load(place, signal);
    this.#scopes.forget();
    return this.#graph.status();
  }

  graphStatus(): GraphStatus {
    return this.#graph.status();
  }

  codeStatus(): CodeStatus {
    const { codes, reason, trials, calibration, stopped } = this.#upkeep;
    if (!codes || !calibration) return { state: "none", reason };
    const status: CodeStatus = {
      ...{ state: "ready", form: codes.quantizer.form, rows: codes.live.count(), bytes: codes.bytes, trials },
      unsavedRows: this.#upkeep.unsavedRows,
      ...{ lists: codes.lists?.count ?? 0, calibration: calibration.status() },
    };
    if (stopped !== undefined) status.stopped = stopped;
    return status;
  }
}
