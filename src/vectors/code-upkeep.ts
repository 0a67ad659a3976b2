// Makes codes and keeps them true, in slices between searches: chooses the form that serves this index's vectors best, encodes
// what is not encoded, and measures how many candidates it takes to find what an exact search finds.
//
// Codes are made once an index has enough rows to gain from them, in lists of rows that lie near each other once it is large. They are
// made anew when too many rows lie outside the lists or are gone, their form is chosen anew when the index has grown by a larger
// factor, and they are measured anew by a smaller one. Nothing waits: rows without a code are scanned exactly.

import { availableParallelism } from "node:os";
import { LodestoneError } from "../errors.js";
import { Calibration } from "./calibration.js";
import { Clusters } from "./clusters.js";
import { type Comparison, compareCodes } from "./code-comparison.js";
import { CodeLists } from "./code-lists.js";
import type { CodeSearch } from "./code-search.js";
import { CodeStore } from "./code-store.js";
import type { ExactBatch } from "./exact-batch.js";
import type { Kernels } from "./kernels/kernels.js";
import { type CodeForm, codeForms, Quantizer } from "./quantizer.js";
import { RecentQueries } from "./recent-queries.js";
import { RowBitmap } from "./row-bitmap.js";
import { type CodePlace, loadCodes, type MadeCodes, saveCodes } from "./saved-codes.js";
import type { VectorStore } from "./vector-store.js";

export type CodeOptions = {
  /** "measured": the form that needs the fewest candidates on a sample of the index's vectors. "none": no codes at all. */
  form: CodeForm | "measured" | "none";
  /** Live rows from which codes are made. */
  minRows: number;
  /** Live rows from which codes lie in lists. */
  listsFromRows: number;
  /** Threads that share a large scan, the searching one included. */
  scanThreads: number;
};

/** Below 4096 rows the exact scan takes under 0.4 ms at 512 dimensions; below 32,768 a scan of all codes under 0.2 ms. */
export const defaultCodes: CodeOptions = {
  form: "measured",
  minRows: 4096,
  listsFromRows: 32_768,
  scanThreads: Math.min(4, availableParallelism()),
};

export type FormTrial = { form: CodeForm; candidates: number | undefined };

const recodeGrowth = 4;
const recalibrateGrowth = 2;
/** Codes are made anew when more than this share of the positions is outside the lists or dead. */
const maxLooseShare = 0.4;
const trialRows = 4096;
const trialQueries = 64;
const trialRecall = 0.99;
export const calibrationQueries = 200;

export class CodeUpkeep {
  /** Codes in use. */
  codes: CodeStore | undefined;
  calibration: Calibration | undefined;
  /** How the forms compared, where they were compared. */
  trials: readonly FormTrial[] = [];
  /** Why there are no codes. */
  reason: string;
  /** Why no more codes are made than there are. */
  stopped: string | undefined;
  /** What vectors on disk were found to be: nothing is made until it is undefined again. */
  damage: LodestoneError | undefined;
  /** What was searched for last. */
  readonly asked: RecentQueries;
  readonly #store: VectorStore;
  readonly #kernels: Kernels;
  readonly #exact: ExactBatch;
  readonly #scan: CodeSearch;
  readonly #options: CodeOptions;
  readonly #clusters: Clusters;
  /** Live rows when the form was chosen. */
  #chosenAtRows = 0;
  #centroid: Float32Array;
  /** Two, which take turns: one is in use while the other is filled. */
  #spareLists: CodeLists[];
  #building: CodeStore | undefined;
  #spareChunks: number[] = [];
  #steps: Iterator<void> | undefined;
  #loading = false;
  #saved: { codes: CodeStore; changes: number } | undefined;
  #timesMade = 0;

  /** `exact` and `scan` are for this object alone: their searches go on over many slices. */
  constructor(store: VectorStore, kernels: Kernels, exact: ExactBatch, scan: CodeSearch, options: CodeOptions) {
    this.#store = store;
    this.#kernels = kernels;
    this.#exact = exact;
    this.#scan = scan;
    this.#options = options;
    const place = { memory: store.memory, kernels };
    this.#clusters = new Clusters({ store, kernels });
    this.#spareLists = [new CodeLists(store.dimensions, place), new CodeLists(store.dimensions, place)];
    this.asked = new RecentQueries(calibrationQueries);
    this.#centroid = new Float32Array(store.dimensions);
    this.reason = options.form === "none" ? "codes are switched off" : `codes are made from ${options.minRows} rows on`;
  }

  /** `slot` holds another vector from now on. */
  forget(slot: number): void {
    this.codes?.forget(slot);
    this.#building?.forget(slot);
  }

  /** Somebody searched for this: what is measured next is measured with it. */
  remember(query: Float32Array): void {
    this.asked.add(query);
  }

  /** While codes are loaded none are made. */
  get isLoading(): boolean {
    return this.#loading;
  }

  /** Counts up when codes were made, or measured. */
  get timesMade(): number {
    return this.#timesMade;
  }

  /** Codes that were made or ended since they were last saved or loaded. */
  get unsavedRows(): number {
    if (!this.codes) return 0;
    return this.codes === this.#saved?.codes ? this.codes.changes - this.#saved.changes : this.codes.live.count();
  }

  /** Writes the codes to a file. Throws NOT_FOUND where there are none, and what writing throws. */
  async save(place: CodePlace): Promise<void> {
    for (;;) {
      const { codes, calibration, trials } = this;
      if (!codes || !calibration) throw new LodestoneError("NOT_FOUND", `There are no codes to save: ${this.reason}.`);
      const made = { codes, calibration, trials, centroid: this.#centroid, chosenAtRows: this.#chosenAtRows };
      const { changes } = codes;
      try {
        await saveCodes(made, place, () => this.codes === codes);
        this.#saved = { codes, changes };
        return;
      } catch (error) {
        if (this.codes === codes) throw error;
      }
    }
  }

  /** Puts the codes of a file to use, for rows that are live. Nothing is made meanwhile. Throws what reading throws. */
  async load(place: CodePlace): Promise<void> {
    const { form: wanted } = this.#options;
    if (wanted === "none") throw new LodestoneError("INVALID_INPUT", "Codes are switched off.");
    if (this.#loading) throw new LodestoneError("INVALID_INPUT", "Codes are being loaded already.");
    this.#loading = true;
    this.#giveUp();
    let loaded = this.#centroid;
    try {
      const made = await loadCodes(this.#store, place, {
        begin: (form, centroid) => {
          loaded = centroid;
          if (wanted !== "measured" && form !== wanted) {
            throw new LodestoneError(
              "MODEL_VERSION_MISMATCH",
              `The stored codes are "${form}"; "${wanted}" is asked for.`,
            );
          }
          return this.#begin(form, centroid);
        },
        restoreLists: (codes, count, contents) => {
          codes.lists = this.#spareLists.pop()!;
          codes.lists.restore(this.#listQuantizer(codes, loaded), count, contents);
        },
      });
      this.#use(made);
      this.#centroid = made.centroid;
      this.trials = made.trials;
      this.#chosenAtRows = made.chosenAtRows;
      this.#saved = { codes: made.codes, changes: made.codes.changes };
    } finally {
      this.#giveUp();
      this.#loading = false;
    }
  }

  /** Works for about `ms`; true where something is left to do. */
  work(ms: number): boolean {
    if (this.stopped !== undefined || this.damage || this.#loading || this.#options.form === "none") return false;
    const end = performance.now() + ms;
    try {
      do {
        if (this.codes && this.#encodeSome(this.codes, this.#store.live)) continue;
        this.#steps ??= this.#nextJob();
        if (!this.#steps) return false;
        if (this.#steps.next().done) this.#steps = undefined;
      } while (performance.now() < end);
    } catch (error) {
      if (!(error instanceof LodestoneError)) throw error;
      if (error.code === "INDEX_DAMAGED") {
        this.damage = error;
        this.#giveUp();
        return false;
      }
      // The memory is full: searches go on with what there is, and `status` says why.
      this.stopped = error.message;
      if (!this.codes) this.reason = error.message;
      return false;
    }
    return true;
  }

  #nextJob(): Iterator<void> | undefined {
    const { rowCount } = this.#store;
    if (rowCount < this.#options.minRows) return undefined;
    if (!this.codes || rowCount >= this.#chosenAtRows * recodeGrowth) return this.#choose();
    if (this.#isLoose(this.codes)) return this.#recode(this.codes.quantizer.form);
    if (this.calibration && this.#isOutdated(this.calibration)) return this.#remeasure(this.codes);
    return undefined;
  }

  #isLoose(codes: CodeStore): boolean {
    const { rowCount } = this.#store;
    const listed = codes.lists ? codes.lists.count * 32 : 0;
    if (rowCount < this.#options.listsFromRows && listed === 0) return codes.end > 2 * rowCount + this.#options.minRows;
    return codes.end - Math.min(listed, rowCount) > maxLooseShare * codes.end;
  }

  #isOutdated({ facts }: Calibration): boolean {
    if (this.#store.rowCount >= facts.rows * recalibrateGrowth) return true;
    return facts.source === "rows" && this.asked.size === calibrationQueries;
  }

  *#choose(): Generator<void> {
    const rows = this.#store.rowCount;
    this.reason = "codes are being made";
    const sample = spread(this.#store.live, trialRows);
    this.#centroid = yield* this.#mean(sample);
    const trials = yield* this.#try(sample);
    const [best] = trials.toSorted((a, b) => (a.candidates ?? Infinity) - (b.candidates ?? Infinity));
    yield* this.#recode(best!.form);
    this.trials = trials;
    this.#chosenAtRows = rows;
  }

  *#recode(form: CodeForm): Generator<void> {
    const codes = this.#begin(form);
    if (this.#store.rowCount >= this.#options.listsFromRows) yield* this.#fillLists(codes);
    while (this.#encodeSome(codes, this.#store.live)) yield;
    const calibration = yield* this.#calibrate(codes);
    while (this.#encodeSome(codes, this.#store.live)) yield;
    this.#use({ codes, calibration });
    this.#timesMade++;
  }

  #use({ codes, calibration }: Pick<MadeCodes, "codes" | "calibration">): void {
    this.#spareChunks = this.codes?.chunks ?? [];
    if (this.codes?.lists) this.#spareLists.push(this.codes.lists);
    this.#building = undefined;
    this.codes = codes;
    this.calibration = calibration;
  }

  /** Leaves what is being made. */
  #giveUp(): void {
    if (this.#building?.lists) this.#spareLists.push(this.#building.lists);
    this.#building = undefined;
    this.#steps = undefined;
  }

  *#remeasure(codes: CodeStore): Generator<void> {
    this.calibration = yield* this.#calibrate(codes);
    this.#timesMade++;
  }

  *#fillLists(codes: CodeStore): Generator<void> {
    const store = this.#store;
    const slots = store.live.toRows();
    const lists = this.#spareLists.at(-1)!;
    const quantizer = this.#listQuantizer(codes);
    // Every list is full but for the last of a group.
    lists.reset(quantizer, Math.ceil(slots.length / 16) + 1);
    yield* this.#clusters.cluster(slots, quantizer, (members, centre) => {
      const present = members.filter((slot) => store.live.has(slot) && !codes.covered.has(slot));
      if (present.length === 0) return;
      codes.closeBlock();
      for (const slot of present) codes.append(slot);
      lists.add(centre);
    });
    codes.closeBlock();
    this.#spareLists.pop();
    codes.lists = lists;
  }

  #quantizer(form: CodeForm, centroid: Float32Array): Quantizer {
    const workspace = { memory: this.#store.memory, kernels: this.#kernels };
    return new Quantizer(form, this.#store.dimensions, centroid, workspace);
  }

  /** For the centres of lists: of a form that keeps lengths. */
  #listQuantizer({ quantizer }: CodeStore, centroid = this.#centroid): Quantizer {
    return quantizer.form === "sign" ? this.#quantizer("rabitq", centroid) : quantizer;
  }

  #begin(form: CodeForm, centroid = this.#centroid): CodeStore {
    this.#building = new CodeStore(this.#store, this.#quantizer(form, centroid), this.#spareChunks);
    return this.#building;
  }

  /** Encodes some of `slots` that are not; false where all are. */
  #encodeSome(codes: CodeStore, slots: RowBitmap): boolean {
    let some = false;
    for (let word = 0, left = 64; word < slots.words.length && left > 0; word++) {
      let missing = slots.words[word]! & ~(codes.covered.words[word] ?? 0);
      for (; missing !== 0; missing &= missing - 1, left--) {
        codes.append(word * 32 + 31 - Math.clz32(missing & -missing));
        some = true;
      }
    }
    return some;
  }

  *#mean(sample: Uint32Array): Generator<void, Float32Array> {
    const sums = new Float64Array(this.#store.dimensions);
    const vector = new Float32Array(this.#store.dimensions);
    for (const [i, slot] of sample.entries()) {
      this.#store.read(slot, vector, 0);
      for (let j = 0; j < sums.length; j++) sums[j]! += vector[j]!;
      if (i % 256 === 255) yield;
    }
    return Float32Array.from(sums, (sum) => sum / sample.length);
  }

  /** Searches among the sample with each form. */
  *#try(sample: Uint32Array): Generator<void, FormTrial[]> {
    const { form } = this.#options;
    if (form !== "measured" && form !== "none") return [{ form, candidates: undefined }];
    const slots = RowBitmap.of(sample);
    const trials: FormTrial[] = [];
    for (const form of codeForms) {
      const codes = this.#begin(form);
      // What changes hands meanwhile is encoded again: the trial compares forms, and each sees nearly the same vectors.
      while (this.#encodeSome(codes, slots)) yield;
      const { few } = yield* this.#compare(codes, spread(slots, trialQueries));
      trials.push({ form, candidates: few.candidatesFor(trialRecall) });
    }
    return trials;
  }

  *#calibrate(codes: CodeStore): Generator<void, Calibration> {
    const { rowCount: rows, dimensions, onDisk } = this.#store;
    const asked = this.asked.size >= calibrationQueries / 2;
    const sample = asked ? this.asked.all() : spread(codes.covered, calibrationQueries);
    const { few, many, ...measured } = yield* this.#compare(codes, sample);
    return new Calibration(few, many, { ...measured, rows, dimensions, onDisk, lists: codes.lists?.count ?? 0 });
  }
  #compare(codes: CodeStore, sample: Uint32Array | readonly Float32Array[]): Generator<void, Comparison> {
    return compareCodes({ store: this.#store, exact: this.#exact, scan: this.#scan }, codes, sample);
  }
}

/** Up to `count` slots, spread evenly over `slots`. */
export function spread(slots: RowBitmap, count: number): Uint32Array {
  const all = slots.toRows();
  if (all.length <= count) return all;
  return Uint32Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]!);
}
