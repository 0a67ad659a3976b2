// Makes codes and keeps them true, in slices between searches: chooses the form that serves this index's vectors best, encodes
// what is not encoded, and measures how many candidates it takes to find what an exact search finds.
//
// Codes are made once an index has enough rows to gain from them, chosen anew when it has grown by a factor (the centroid is then
// another), and measured anew when it has grown by a smaller one. Nothing waits: rows without a code are scanned exactly.

import { availableParallelism } from "node:os";
import { LodestoneError } from "../errors.js";
import { Calibration, calibrationDepth, calibrationKs, PlaceCurve, placesIn } from "./calibration.js";
import type { CodeSearch } from "./code-search.js";
import { CodeStore } from "./code-store.js";
import type { ExactSearch } from "./exact.js";
import { type CodeForm, codeForms, Quantizer } from "./quantizer.js";
import { RowBitmap } from "./row-bitmap.js";
import type { VectorStore } from "./vector-store.js";

export type CodeOptions = {
  /** "measured": the form that needs the fewest candidates on a sample of the index's vectors. "none": no codes at all. */
  form: CodeForm | "measured" | "none";
  /** Live rows from which codes are made. */
  minRows: number;
  /** Threads that share a large scan, the searching one included. */
  scanThreads: number;
};

/** Below 4096 rows the exact scan takes under 0.4 ms at 512 dimensions. */
export const defaultCodes: CodeOptions = {
  form: "measured",
  minRows: 4096,
  scanThreads: Math.min(4, availableParallelism()),
};

export type FormTrial = { form: CodeForm; candidates: number | undefined };

type Comparison = { few: PlaceCurve; many: PlaceCurve; queries: number };

const recodeGrowth = 4;
const recalibrateGrowth = 2;
const trialRows = 4096;
const trialQueries = 64;
const trialRecall = 0.99;
const calibrationQueries = 200;
/** About 2 ms of exact scan at 512 dimensions. */
const chunksPerSlice = 4;

export class CodeUpkeep {
  /** Codes in use. */
  codes: CodeStore | undefined;
  calibration: Calibration | undefined;
  /** How the forms compared, where they were compared. */
  trials: readonly FormTrial[] = [];
  /** Why there are no codes, or why they are not used yet. */
  reason: string;
  /** Why no more codes are made than there are. */
  stopped: string | undefined;
  readonly #store: VectorStore;
  readonly #exact: ExactSearch;
  readonly #scan: CodeSearch;
  readonly #options: CodeOptions;
  /** Live rows when the form was chosen. */
  #chosenAtRows = 0;
  #building: CodeStore | undefined;
  #spareChunks: number[] = [];
  #steps: Iterator<void> | undefined;

  /** `exact` and `scan` are for this object alone: their searches go on over many slices. */
  constructor(store: VectorStore, exact: ExactSearch, scan: CodeSearch, options: CodeOptions) {
    this.#store = store;
    this.#exact = exact;
    this.#scan = scan;
    this.#options = options;
    this.reason = options.form === "none" ? "codes are switched off" : `codes are made from ${options.minRows} rows on`;
  }

  /** `slot` holds another vector from now on. */
  forget(slot: number): void {
    this.codes?.covered.delete(slot);
    this.#building?.covered.delete(slot);
  }

  /** Works for about `ms`; true where something is left to do. */
  work(ms: number): boolean {
    if (this.stopped !== undefined || this.#options.form === "none") return false;
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
    if (!this.codes || rowCount >= this.#chosenAtRows * recodeGrowth) return this.#recode();
    if (!this.calibration || rowCount >= this.calibration.rows * recalibrateGrowth) return this.#calibrate(this.codes);
    return undefined;
  }

  *#recode(): Generator<void> {
    const rows = this.#store.rowCount;
    if (!this.codes) this.reason = "codes are being made";
    const sample = spread(this.#store.live, trialRows);
    const centroid = yield* this.#mean(sample);
    const trials = yield* this.#try(sample, centroid);
    const [best] = trials.toSorted((a, b) => (a.candidates ?? Infinity) - (b.candidates ?? Infinity));
    const codes = this.#begin(best!.form, centroid);
    while (this.#encodeSome(codes, this.#store.live)) yield;
    this.#spareChunks = this.codes?.chunks ?? [];
    this.codes = codes;
    this.calibration = undefined;
    this.trials = trials;
    this.#chosenAtRows = rows;
    this.#building = undefined;
    this.reason = "the codes have not been measured yet";
  }

  #begin(form: CodeForm, centroid: Float32Array): CodeStore {
    const quantizer = new Quantizer(form, this.#store.dimensions, centroid);
    this.#building = new CodeStore(this.#store, quantizer, this.#spareChunks);
    return this.#building;
  }

  /** Encodes some of `slots` that are not; false where all are. */
  #encodeSome(codes: CodeStore, slots: RowBitmap): boolean {
    let some = false;
    for (let word = 0, left = 64; word < slots.words.length && left > 0; word++) {
      let missing = slots.words[word]! & ~(codes.covered.words[word] ?? 0);
      for (; missing !== 0; missing &= missing - 1, left--) {
        codes.encode(word * 32 + 31 - Math.clz32(missing & -missing));
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
  *#try(sample: Uint32Array, centroid: Float32Array): Generator<void, FormTrial[]> {
    const { form } = this.#options;
    if (form !== "measured" && form !== "none") return [{ form, candidates: undefined }];
    const slots = RowBitmap.of(sample);
    const trials: FormTrial[] = [];
    for (const form of codeForms) {
      const codes = this.#begin(form, centroid);
      // What changes hands meanwhile is encoded again: the trial compares forms, and each sees nearly the same vectors.
      while (this.#encodeSome(codes, slots)) yield;
      const { few } = yield* this.#compare(codes, slots, trialQueries);
      trials.push({ form, candidates: few.candidatesFor(trialRecall) });
    }
    return trials;
  }

  *#calibrate(codes: CodeStore): Generator<void> {
    const rows = this.#store.rowCount;
    const slots = codes.covered.clone().and(this.#store.live);
    const { few, many, queries } = yield* this.#compare(codes, slots, calibrationQueries);
    this.calibration = new Calibration(few, many, queries, rows);
    this.reason = "";
  }

  /** Searches for vectors among `slots` exactly and by code, and compares. Rows that change meanwhile blur the figure a little. */
  *#compare(codes: CodeStore, slots: RowBitmap, queries: number): Generator<void, Comparison> {
    const sample = spread(slots, queries);
    const query = new Float32Array(this.#store.dimensions);
    const [few, many]: [number[], number[]] = [[], []];
    for (const self of sample) {
      this.#store.read(self, query, 0);
      this.#exact.begin(query, calibrationKs.many + 1);
      for (let chunk = 0; chunk < this.#store.chunks.length; chunk += chunksPerSlice) {
        this.#exact.scan(slots, undefined, { from: chunk, to: chunk + chunksPerSlice });
        yield;
      }
      const nearest = Array.from(this.#exact.take().rows, (row) => this.#store.slotOf(row));
      const stillThere = nearest.filter((slot) => slot !== self && slot >= 0 && codes.covered.has(slot));
      const order = this.#scan.best(codes, query, slots, calibrationDepth + 1);
      const places = placesIn(order, stillThere.slice(0, calibrationKs.many), self);
      few.push(...places.slice(0, calibrationKs.few));
      many.push(...places);
      yield;
    }
    return {
      few: new PlaceCurve(calibrationKs.few, few),
      many: new PlaceCurve(calibrationKs.many, many),
      queries: sample.length,
    };
  }
}

/** Up to `count` slots, spread evenly over `slots`. */
function spread(slots: RowBitmap, count: number): Uint32Array {
  const all = slots.toRows();
  if (all.length <= count) return all;
  return Uint32Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]!);
}
