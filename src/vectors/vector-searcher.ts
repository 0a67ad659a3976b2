// What the search worker does, without the worker: holds matrix, mask and graph, and answers searches. Every change and
// every search is one synchronous step, so that a search sees all of an add or nothing of it.

import { setImmediate } from "node:timers/promises";
import { LodestoneError } from "../errors.js";
import type { CalibrationStatus } from "./calibration.js";
import { candidatesOf, choosePlan, defaultRecall, type Plan, type PlanFacts, type PlanRequest } from "./choose-plan.js";
import { CodeSearch } from "./code-search.js";
import { type CodeOptions, CodeUpkeep, defaultCodes, type FormTrial } from "./code-upkeep.js";
import { ExactSearch, type Found } from "./exact.js";
import { type AddonState, Graph } from "./graph.js";
import { fingerprintOf, payloadPath, verifyGraphFile } from "./graph-file.js";
import type { Kernels } from "./kernels/kernels.js";
import type { CodeForm } from "./quantizer.js";
import { RowBitmap } from "./row-bitmap.js";
import { RowFilter } from "./row-filter.js";
import { ScanPool } from "./scan-pool.js";
import type { VectorStore } from "./vector-store.js";

export type SearchQuery = {
  query: Float32Array;
  k: number;
  /** Words of the filter's bitmap; absent: all live rows. */
  allow?: Uint32Array | undefined;
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

export type GraphStatus =
  | { state: "unavailable" | "none"; reason: string }
  /** Of `rows` in the graph `usable` are live and unchanged since; rows outside it are scanned. */
  | { state: "ready"; rows: number; usable: number; sequence: number; bytes: number };

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
      /** Forms that were compared on a sample, and the candidates that each needed for recall@10 0.99. */
      trials: readonly FormTrial[];
      calibration: CalibrationStatus;
      /** Why no more codes are made than there are: the memory is full. */
      stopped?: string;
    };

export type GraphPlace = { directory: string; modelVersion: string };

/** With one helper 50,000 codes of 512 bits took 0.27 ms instead of 0.50; below, the gain is near what waking it costs. */
const sharedScanRows = 50_000;

/** About 5 ms of fingerprints at 512 dimensions. */
const rowsPerSlice = 8192;

/** Live slots that a search may look at, and positions of their codes where there are codes. */
type Scope = {
  slots: RowBitmap;
  rows: number;
  coded?: {
    positions: RowBitmap;
    rows: number;
    /** Rows of the blocks that have one of them. */
    scannedRows: number;
    lists?: { count: number; looseRows: number };
  };
};

/** `covered`: slots whose vectors are those of the graph. */
type LoadedGraph = { graph: Graph; covered: RowBitmap; sequence: number; bytes: number };

export class VectorSearcher {
  readonly #store: VectorStore;
  readonly #exact: ExactSearch;
  readonly #addon: AddonState;
  readonly #filter: RowFilter;
  readonly #codeSearch: CodeSearch;
  readonly #upkeep: CodeUpkeep;
  readonly #scanThreads: number;
  /** Started by the first large scan. */
  #pool: ScanPool | undefined;
  #loaded: LoadedGraph | undefined;
  /** What a search without a filter may look at; made by the first one after a change. */
  #everything: Scope | undefined;
  /** Slots bound while a graph is being loaded: what it knows of them is void. */
  #boundWhileLoading: RowBitmap | undefined;

  constructor(store: VectorStore, kernels: Kernels, addon: AddonState, codes: CodeOptions = defaultCodes) {
    this.#store = store;
    this.#exact = new ExactSearch(store, kernels);
    this.#filter = new RowFilter(store.memory, kernels);
    this.#codeSearch = new CodeSearch(store, kernels);
    this.#scanThreads = codes.scanThreads;
    this.#upkeep = new CodeUpkeep(
      store,
      kernels,
      new ExactSearch(store, kernels),
      new CodeSearch(store, kernels),
      codes,
    );
    this.#addon = addon;
  }

  commit({ chunks, rows, slots }: Commit): void {
    this.#store.chunks.push(...chunks);
    for (const slot of this.#store.bind(rows, slots)) this.#upkeep.forget(slot);
    this.#everything = undefined;
    for (const slot of slots) {
      this.#loaded?.covered.delete(slot);
      this.#boundWhileLoading?.add(slot);
    }
  }

  remove(rows: Uint32Array): void {
    for (const slot of this.#store.unbind(rows)) this.#upkeep.forget(slot);
    this.#everything = undefined;
  }

  /** Makes and measures codes for about `ms`; true where something is left to do. */
  work(ms: number): boolean {
    this.#everything = undefined;
    return this.#upkeep.work(ms);
  }

  search({ query, k, allow, recall = defaultRecall, ...wishes }: SearchQuery): SearchResult {
    const start = performance.now();
    const scope = this.#scopeOf(allow);
    const { codes, calibration } = this.#upkeep;
    const usable = this.#loaded?.covered.clone().and(scope.slots);
    let chosen = choosePlan({
      ...{ ...wishes, requested: wishes.plan, recall, k, dimensions: this.#store.dimensions },
      ...{ rows: this.#store.rowCount, eligibleRows: scope.rows },
      codes:
        scope.coded && calibration
          ? { state: "ready", eligibleRows: scope.coded.rows, ...scope.coded, calibration }
          : { state: "none", reason: this.#upkeep.reason },
      graph: this.#graphFacts(usable),
    });
    const wanted = Math.min(k, scope.rows);
    if (wanted === 0) {
      return { rows: new Uint32Array(0), scores: new Float32Array(0), ...chosen, ms: performance.now() - start };
    }
    this.#exact.begin(query, wanted);
    if (chosen.plan.kind === "graph" && usable && this.#loaded) {
      const slots = this.#walk(this.#loaded.graph, query, wanted, chosen.plan.ef, usable);
      if (slots) {
        this.#exact.offer(slots);
        this.#exact.scan(scope.slots, this.#loaded.covered);
      } else {
        chosen = { plan: { kind: "exact" }, reason: "the graph walk met too few rows that the filter allows" };
      }
    }
    const { plan } = chosen;
    if ((plan.kind === "prefilter" || plan.kind === "ivf") && codes && scope.coded) {
      const count = candidatesOf(plan.oversampling, wanted);
      const probes = plan.kind === "ivf" ? plan.probes : undefined;
      const { positions, scannedRows } = scope.coded;
      const pool = this.#helpersFor(probes === undefined ? scannedRows : probes * 32);
      this.#exact.offer(this.#codeSearch.best(codes, query, { positions, count, probes, pool }));
      if (scope.coded.rows < scope.rows) this.#exact.scan(scope.slots, codes.covered);
    }
    if (plan.kind === "exact") this.#exact.scan(scope.slots);
    this.#upkeep.remember(query);
    return { ...this.#exact.take(), ...chosen, ms: performance.now() - start };
  }

  /** What a search may look at. */
  #scopeOf(allow: Uint32Array | undefined): Scope {
    if (!allow && this.#everything) return this.#everything;
    const { codes } = this.#upkeep;
    const filter = allow && RowBitmap.fromWords(allow);
    const slots = filter ? this.#filter.placesOf(filter, this.#store) : this.#store.live;
    const scope: Scope = { slots, rows: slots.count() };
    if (codes) {
      const positions = filter ? this.#filter.placesOf(filter, codes) : codes.live;
      const scannedRows = positions.countBlocks() * 32;
      scope.coded = { positions, rows: positions.count(), scannedRows };
      if (codes.lists) {
        const { count } = codes.lists;
        scope.coded.lists = { count, looseRows: Math.max(0, codes.end - count * 32) };
      }
    }
    if (!filter) this.#everything = scope;
    return scope;
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

  /** Loads the verified graph and puts it in place of the present one in one step; searches and changes go on meanwhile. */
  async loadGraph({ directory, modelVersion }: GraphPlace, signal?: AbortSignal): Promise<GraphStatus> {
    if (this.#addon.state === "unavailable") throw new LodestoneError("GRAPH_UNAVAILABLE", this.#addon.reason);
    if (this.#boundWhileLoading) throw new LodestoneError("INVALID_INPUT", "A graph is being loaded already.");
    const bound = new RowBitmap();
    this.#boundWhileLoading = bound;
    try {
      const { dimensions } = this.#store;
      const header = await verifyGraphFile(directory, { dimensions, modelVersion }, signal);
      const path = payloadPath(directory, header.payloadId);
      const graph = await Graph.read(this.#addon.addon, path, dimensions, header.rows.length);
      const covered = await this.#unchangedSlots(header.rows, header.fingerprints);
      covered.andNot(bound);
      this.#loaded?.graph.release();
      this.#loaded = { graph, covered, sequence: header.sequence, bytes: header.payloadBytes };
      return this.graphStatus();
    } finally {
      this.#boundWhileLoading = undefined;
    }
  }

  graphStatus(): GraphStatus {
    if (this.#addon.state === "unavailable") return this.#addon;
    if (!this.#loaded) return { state: "none", reason: "no graph is loaded" };
    const { graph, covered, sequence, bytes } = this.#loaded;
    return {
      state: "ready",
      rows: graph.rowCount,
      usable: covered.clone().and(this.#store.live).count(),
      sequence,
      bytes,
    };
  }

  codeStatus(): CodeStatus {
    const { codes, reason, trials, calibration, stopped } = this.#upkeep;
    if (!codes || !calibration) return { state: "none", reason };
    const status: CodeStatus = {
      ...{ state: "ready", form: codes.quantizer.form, rows: codes.live.count(), bytes: codes.bytes, trials },
      ...{ lists: codes.lists?.count ?? 0, calibration: calibration.status() },
    };
    if (stopped !== undefined) status.stopped = stopped;
    return status;
  }

  #graphFacts(usable: RowBitmap | undefined): PlanFacts["graph"] {
    const status = this.#loaded;
    if (this.#addon.state === "unavailable") return this.#addon;
    if (!status || !usable) return { state: "none", reason: "no graph is loaded" };
    return { state: "ready", rows: status.graph.rowCount, eligibleRows: usable.count() };
  }

  /** All usable slots among the `ef` nearest; undefined where they are too few to answer from. */
  #walk(graph: Graph, query: Float32Array, wanted: number, ef: number, usable: RowBitmap): number[] | undefined {
    const slots: number[] = [];
    for (const row of graph.nearest(query, ef)) {
      const slot = this.#store.slotOf(row);
      if (slot >= 0 && usable.has(slot)) slots.push(slot);
    }
    return slots.length < Math.min(wanted, usable.count()) ? undefined : slots;
  }

  /** Slots of the live ones among `rows` whose vectors are those that went into the graph. Reads them all, in slices. */
  async #unchangedSlots(rows: Uint32Array, fingerprints: Uint32Array): Promise<RowBitmap> {
    const unchanged = new RowBitmap();
    const vector = new Float32Array(this.#store.dimensions);
    const bits = new Uint32Array(vector.buffer);
    for (let i = 0; i < rows.length; i++) {
      if (i % rowsPerSlice === rowsPerSlice - 1) await setImmediate();
      const slot = this.#store.slotOf(rows[i]!);
      if (slot < 0) continue;
      this.#store.read(slot, vector, 0);
      if (fingerprintOf(bits) === fingerprints[i]) unchanged.add(slot);
    }
    return unchanged;
  }
}
