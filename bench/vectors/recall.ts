// Recall against the ground truth. A row counts as right when it is among the true k nearest or exactly as near as the last
// of them: real text has duplicates, and which of two equals comes first is nobody's error.

import { closeSync, openSync, readSync } from "node:fs";
import { dot, isInSet } from "./exact-scan.js";
import type { GroundTruth, Nearest } from "./ground-truth.js";
import { noRow } from "./process-protocol.js";
import { readAll, type VectorSet } from "./vector-file.js";

/** Single precision is good to about 6e-8 for sums near 1; the scan sums in double precision. */
const tie = 1e-6;

export type Score = { right: number; wanted: number };

export type RecallMeter = {
  /** How many of the k nearest among the rows of `set` were found. */
  scoreOf(set: string, query: number, found: Uint32Array): Score;
  close(): void;
};

export async function openRecallMeter(vectors: VectorSet, truth: GroundTruth): Promise<RecallMeter> {
  const { dimensions, path } = vectors.rows;
  const queries = await readAll(vectors.queries);
  const file = openSync(path, "r");
  const vector = new Float32Array(dimensions);
  const similarity = (query: number, row: number) => {
    readSync(file, new Uint8Array(vector.buffer), 0, dimensions * 4, row * dimensions * 4);
    return dot(vector, 0, queries, query * dimensions, dimensions);
  };
  return {
    scoreOf: (set, query, found) =>
      scoreFound(
        truth.of(set, query),
        found,
        (row) => isInSet(set, row),
        (row) => similarity(query, row),
      ),
    close: () => closeSync(file),
  };
}

/** `similarity` is asked only for rows that the truth does not list although it ends in a tie. */
export function scoreFound(
  truth: Nearest,
  found: Uint32Array,
  isAllowed: (row: number) => boolean,
  similarity: (row: number) => number,
): Score {
  const wanted = Math.min(found.length, truth.rows.length);
  if (wanted === 0) return { right: 0, wanted: 0 };
  const least = truth.scores[wanted - 1]! - tie;
  const scores = new Map(Array.from(truth.rows, (row, i) => [row, truth.scores[i]!]));
  const listEndsInTie = truth.scores.at(-1)! >= least;
  let right = 0;
  for (const row of new Set(found)) {
    if (row === noRow) continue;
    const score = scores.get(row) ?? (listEndsInTie && isAllowed(row) ? similarity(row) : Number.NEGATIVE_INFINITY);
    if (score >= least) right++;
  }
  return { right: Math.min(right, wanted), wanted };
}
