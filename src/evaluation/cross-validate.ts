// Choosing among settings without fooling oneself: each query is judged with the setting that is best on other queries.

import { shuffled } from "./random.js";
import { type Comparison, comparePaired } from "./significance.js";

export type CrossValidation = {
  /** The setting that is best on all queries; of equal ones the first. */
  chosen: number;
  /** For each query its score with the setting that is best on the other folds. */
  heldOut: number[];
  /** The held-out scores against those of the default. */
  comparison: Comparison;
};

/**
 * k-fold cross-validation of a choice. `scores[s][q]` is what setting s scores on query q; `standard` is the setting that holds
 * unless another one is chosen. The folds are drawn by `seed`. There are two folds at least, and no more than queries.
 */
export function crossValidate(
  scores: readonly (readonly number[])[],
  standard: number,
  { folds = 5, seed = 1 }: { folds?: number; seed?: number } = {},
): CrossValidation {
  const queries = shuffled(
    scores[standard]!.map((_, query) => query),
    seed,
  );
  const heldOut = new Array<number>(queries.length).fill(0);
  for (let fold = 0; fold < folds; fold++) {
    const others = queries.filter((_, i) => i % folds !== fold);
    const best = bestOn(scores, others, standard);
    queries.forEach((query, i) => {
      if (i % folds === fold) heldOut[query] = scores[best]![query]!;
    });
  }
  return {
    chosen: bestOn(scores, queries, standard),
    heldOut,
    comparison: comparePaired(scores[standard]!, heldOut),
  };
}

function bestOn(scores: readonly (readonly number[])[], queries: readonly number[], standard: number): number {
  const sums = scores.map((ofQuery) => queries.reduce((sum, query) => sum + ofQuery[query]!, 0));
  // What is no better than the standard is no reason to leave it.
  return sums.reduce((best, sum, setting) => (sum > sums[best]! + 1e-12 ? setting : best), standard);
}
