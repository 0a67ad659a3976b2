// What walks of a graph were measured to find, and from that how many candidates (ef) a wanted recall takes. Measured with queries
// that were asked, or with vectors made from the index's own while there are too few of those, against the exact search.

import { calibrationKs, lossUsed, type QuerySource } from "./calibration.js";
import type { ExactSearch } from "./exact.js";
import type { RowBitmap } from "./row-bitmap.js";
import type { VectorStore } from "./vector-store.js";

/** What is measured: below, walks find too little; above, scans of codes take less. */
export const measuredEfs = [32, 64, 128, 256, 512];
/** About 2 ms of exact scan at 512 dimensions. */
const chunksPerSlice = 4;

const neighboursAsked = 10;

export type GraphPoint = { ef: number; recallAt10: number; recallAt100: number };

/** What was measured over `queries` searches when `rows` rows of the graph were live. */
export type GraphCalibrationStatus = {
  queries: number;
  /** Whose: of searches that were made, or of rows of the index. */
  source: QuerySource;
  rows: number;
  curve: GraphPoint[];
};

export class GraphCalibration {
  readonly #status: GraphCalibrationStatus;

  constructor(status: GraphCalibrationStatus) {
    this.#status = status;
  }

  get source(): QuerySource {
    return this.#status.source;
  }

  status(): GraphCalibrationStatus {
    return this.#status;
  }

  /** The smallest measured ef that safely reaches `recall` for `k` results, or what follows from it; undefined where none does. */
  efFor(recall: number, k: number): number | undefined {
    const few = this.#smallest(recall, ({ recallAt10 }) => recallAt10);
    if (few === undefined || k <= calibrationKs.few) return few;
    const many = this.#smallest(recall, ({ recallAt100 }) => recallAt100);
    if (many === undefined) return undefined;
    if (k >= calibrationKs.many) return Math.ceil((many / calibrationKs.many) * k);
    // Grows as a power of k between the two.
    const share = Math.log(k / calibrationKs.few) / Math.log(calibrationKs.many / calibrationKs.few);
    return Math.ceil(few * (Math.max(few, many) / few) ** share);
  }

  #smallest(recall: number, measured: (point: GraphPoint) => number): number | undefined {
    const { curve, source } = this.#status;
    const safe = 1 - (1 - recall) * lossUsed[source];
    const reaching = (wanted: number) => curve.find((point) => measured(point) >= wanted);
    return (reaching(safe) ?? reaching(recall))?.ef;
  }
}

export type GraphMeasurement = {
  store: VectorStore;
  /** For this measurement alone: its searches go on over many slices. */
  exact: ExactSearch;
  /** Queries, or slots whose vectors are the queries. */
  sample: Uint32Array | readonly Float32Array[];
  /** Slots of live rows whose vectors are those in the graph. */
  usable(): RowBitmap;
  /** Slots among the `ef` nearest of the graph. */
  walk(query: Float32Array, ef: number): ArrayLike<number>;
};

/** Searches what is usable of a graph, exactly and by walks, in slices. Rows that change meanwhile blur the figures a little. */
export function* measureGraph({
  store,
  exact,
  sample,
  usable,
  walk,
}: GraphMeasurement): Generator<void, GraphCalibration> {
  const rows = usable().count();
  const found = measuredEfs.map((ef) => ({ ef, few: 0, many: 0 }));
  const wanted = { few: 0, many: 0 };
  for (const [i, one] of sample.entries()) {
    const next = sample[(i + 1) % sample.length];
    const near = { store, exact, usable, walk };
    const query = typeof one === "number" ? queryBeside(one, typeof next === "number" ? next : one, near) : one;
    const slots = usable();
    exact.begin(query, calibrationKs.many);
    for (let chunk = 0; chunk < store.chunks.length; chunk += chunksPerSlice) {
      exact.scan(slots, undefined, { from: chunk, to: chunk + chunksPerSlice });
      yield;
    }
    const held = usable();
    const nearest = Array.from(exact.take().rows, (row) => store.slotOf(row)).filter(
      (slot) => slot >= 0 && held.has(slot),
    );
    wanted.few += Math.min(nearest.length, calibrationKs.few);
    wanted.many += nearest.length;
    for (const point of found) {
      const met = new Set(Array.from(walk(query, point.ef)));
      const places = nearest.map((slot, place) => (met.has(slot) ? place : -1)).filter((place) => place >= 0);
      point.few += places.filter((place) => place < calibrationKs.few).length;
      point.many += places.length;
      yield;
    }
  }
  const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);
  return new GraphCalibration({
    ...{ queries: sample.length, source: sample instanceof Uint32Array ? "rows" : "searches", rows },
    curve: found.map(({ ef, few, many }) => ({
      ef,
      recallAt10: share(few, wanted.few),
      recallAt100: share(many, wanted.many),
    })),
  });
}

/**
 * A query as far from the row in `slot` as its nearest neighbour is, in the direction of another row. The row's own vector would not
 * do: a walk meets the row itself, whose links are its neighbours, and with 32 candidates found 0.999 where queries get 0.943.
 */
function queryBeside(slot: number, other: number, near: Omit<GraphMeasurement, "sample">): Float32Array {
  const { store, exact, usable, walk } = near;
  const vector = new Float32Array(store.dimensions);
  const away = new Float32Array(store.dimensions);
  store.read(slot, vector, 0);
  store.read(other, away, 0);
  exact.begin(vector, 1);
  const held = usable();
  exact.offer(Array.from(walk(vector, neighboursAsked)).filter((met) => met !== slot && held.has(met)));
  const cosine = Math.min(1, exact.take().scores[0] ?? 1);
  const along = away.reduce((sum, x, i) => sum + x * vector[i]!, 0);
  const across = away.map((x, i) => x - along * vector[i]!);
  const length = Math.hypot(...across);
  // There is no direction where all rows are alike.
  if (length < 1e-3) return vector;
  return vector.map((x, i) => cosine * x + (Math.sqrt(1 - cosine * cosine) / length) * across[i]!);
}
