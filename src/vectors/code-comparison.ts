// What searches by code find of what exact searches find, in slices: where each of the true results lies among the candidates, and how
// far its list is. Calibration and the choice of a form are made of it.

import {
  calibrationDepth,
  calibrationKs,
  deepResults,
  placesIn,
  type QuerySource,
  RecallCurve,
  type Sighting,
} from "./calibration.js";
import type { CodeSearch } from "./code-search.js";
import type { CodeStore } from "./code-store.js";
import type { ExactBatch } from "./exact-batch.js";
import type { VectorStore } from "./vector-store.js";

export type Comparison = {
  few: RecallCurve;
  many: RecallCurve;
  queries: number;
  source: QuerySource;
  /** Of lists, ascending. */
  gaps: Float32Array;
  /** Of the lists that hold the deepest of the true results, ascending. */
  deepGaps: Float32Array;
};

/** Gaps of lists that are kept of one search. */
const quantileCount = 256;
/** Of the deep results every tenth is looked up. */
const deepStep = 10;

/**
 * Searches the rows that have a code, exactly and by code, for `sample`: queries, or slots from whose vectors queries are made. Rows
 * that change meanwhile blur the figure a little. `exact` and `scan` are for this alone: the searches go on over many slices.
 */
export function* compareCodes(
  { store, exact, scan }: { store: VectorStore; exact: ExactBatch; scan: CodeSearch },
  codes: CodeStore,
  sample: Uint32Array | readonly Float32Array[],
): Generator<void, Comparison> {
  const asked = sample instanceof Uint32Array ? between(store, sample) : sample.map((query) => ({ query, of: [] }));
  const queries = asked.map(({ query }) => query);
  const depth = codes.lists ? deepResults : calibrationKs.many;
  const exactly = yield* exact.search(queries, depth + 2, () => codes.covered);
  const [few, many]: [Sighting[], Sighting[]] = [[], []];
  const [gaps, deepGaps]: [number[], number[]] = [[], []];
  for (const [i, { query, of }] of asked.entries()) {
    const nearest = Array.from(exactly[i]!.rows, (row) => store.slotOf(row)).filter(
      (slot) => !of.includes(slot) && slot >= 0 && codes.covered.has(slot),
    );
    const wanted = nearest.slice(0, calibrationKs.many);
    const places = placesIn(scan.best(codes, query, { count: calibrationDepth + of.length }), wanted, of);
    yield;
    const listGaps = codes.lists?.gapsOf(query) ?? new Float32Array(0);
    // What is in no list has no gap either.
    const gapOf = (slot: number) => listGaps[Math.floor(codes.positionOf(slot) / 32)] ?? -Infinity;
    const sightings = wanted.map((slot, rank): Sighting => ({ place: places[rank]!, gap: gapOf(slot) }));
    gaps.push(...quantilesOf(listGaps));
    if (codes.lists) for (let j = 0; j < nearest.length; j += deepStep) deepGaps.push(gapOf(nearest[j]!));
    few.push(...sightings.slice(0, calibrationKs.few));
    many.push(...sightings);
    yield;
  }
  return {
    few: new RecallCurve(calibrationKs.few, few),
    many: new RecallCurve(calibrationKs.many, many),
    queries: sample.length,
    source: sample instanceof Uint32Array ? "rows" : "searches",
    gaps: Float32Array.from(gaps).sort(),
    deepGaps: Float32Array.from(deepGaps).sort(),
  };
}

/**
 * Queries half-way between two rows, and the slots of the two. Rows lie nearer to rows than questions do: over 10,000 passages,
 * recall@10 0.99 took 93 candidates with questions, 66 with rows and 112 with these (103, 63 and 78 over 5,000; 86, 79 and 131
 * over 40,000).
 */
function between(store: VectorStore, sample: Uint32Array): { query: Float32Array; of: number[] }[] {
  const other = new Float32Array(store.dimensions);
  return Array.from(sample, (slot, i) => {
    const second = sample[(i + (sample.length >>> 1)) % sample.length]!;
    const query = new Float32Array(store.dimensions);
    store.read(slot, query, 0);
    store.read(second, other, 0);
    let squares = 0;
    for (let j = 0; j < query.length; j++) squares += (query[j]! + other[j]!) ** 2;
    const of = squares > 1e-6 ? [slot, second] : [slot];
    for (let j = 0; of.length > 1 && j < query.length; j++) query[j] = (query[j]! + other[j]!) / Math.sqrt(squares);
    return { query, of };
  });
}

/** Values of a distribution, evenly spaced by rank: all of few, some of many. */
function quantilesOf(values: Float32Array): Float32Array {
  const ascending = values.slice().sort();
  if (ascending.length <= quantileCount) return ascending;
  return Float32Array.from({ length: quantileCount }, (_, i) => {
    return ascending[Math.floor(((i + 0.5) * ascending.length) / quantileCount)]!;
  });
}
