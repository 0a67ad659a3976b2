// The truth that every recall is measured against: a scan in plain JavaScript, sharing no code with the index. Products are
// summed in double precision. One pass over the rows serves every filter and the state after the deletes.

import { filterShares, isDeleted, partLimit, partOf } from "./row-sets.js";

/** Sets of rows that the nearest are wanted of. */
export const truthSets = ["all", ...filterShares.filter((share) => share < 1).map(shareName), "kept"] as const;

/** Name of the truth set of a filter. */
export function shareName(share: number): string {
  return share === 1 ? "all" : `share ${share}`;
}

export function isInSet(name: string, row: number): boolean {
  if (name === "all") return true;
  if (name === "kept") return !isDeleted(row);
  return partOf(row) < partLimit(Number(name.slice("share ".length)));
}

/** The nearest rows found so far of each query, best first: row numbers and scores. */
export class NearestLists {
  readonly queries: number;
  readonly depth: number;
  readonly rows: Uint32Array;
  readonly scores: Float64Array;
  readonly lengths: Uint32Array;

  constructor(queries: number, depth: number) {
    this.queries = queries;
    this.depth = depth;
    this.rows = new Uint32Array(queries * depth);
    this.scores = new Float64Array(queries * depth).fill(Number.NEGATIVE_INFINITY);
    this.lengths = new Uint32Array(queries);
  }

  /** Keeps `row` where it is among the best; of equal scores the one that came first stays before. */
  offer(query: number, row: number, score: number): void {
    const { depth, rows, scores } = this;
    const start = query * depth;
    let at = start + this.lengths[query]!;
    if (at === start + depth) {
      if (score <= scores[at - 1]!) return;
      at--;
    } else {
      this.lengths[query]!++;
    }
    while (at > start && scores[at - 1]! < score) {
      scores[at] = scores[at - 1]!;
      rows[at] = rows[at - 1]!;
      at--;
    }
    scores[at] = score;
    rows[at] = row;
  }

  /** The score that a row must exceed to be kept. */
  threshold(query: number): number {
    return this.scores[query * this.depth + this.depth - 1]!;
  }
}

/** Scores `rows`, of which the first is row `first`, against every query and offers them to the list of each set. */
export function scanSlice(
  rows: Float32Array,
  first: number,
  queries: Float32Array,
  dimensions: number,
  lists: ReadonlyMap<string, NearestLists>,
): void {
  const rowCount = rows.length / dimensions;
  const queryCount = queries.length / dimensions;
  const named = [...lists];
  const listsOf = Array.from({ length: rowCount }, (_, i) =>
    named.filter(([name]) => isInSet(name, first + i)).map(([, list]) => list),
  );
  const offer = (query: number, i: number, score: number) => {
    for (const list of listsOf[i]!) if (score > list.threshold(query)) list.offer(query, first + i, score);
  };
  // Four queries at a time, so that a row is read once for all four.
  let query = 0;
  for (; query + 4 <= queryCount; query += 4) {
    const q0 = query * dimensions;
    const q1 = q0 + dimensions;
    const q2 = q1 + dimensions;
    const q3 = q2 + dimensions;
    for (let i = 0; i < rowCount; i++) {
      const start = i * dimensions;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let d = 0; d < dimensions; d++) {
        const value = rows[start + d]!;
        s0 += value * queries[q0 + d]!;
        s1 += value * queries[q1 + d]!;
        s2 += value * queries[q2 + d]!;
        s3 += value * queries[q3 + d]!;
      }
      offer(query, i, s0);
      offer(query + 1, i, s1);
      offer(query + 2, i, s2);
      offer(query + 3, i, s3);
    }
  }
  for (; query < queryCount; query++) {
    for (let i = 0; i < rowCount; i++)
      offer(query, i, dot(rows, i * dimensions, queries, query * dimensions, dimensions));
  }
}

export function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, dimensions: number): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) sum += a[aStart + d]! * b[bStart + d]!;
  return sum;
}
