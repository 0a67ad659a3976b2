// When a top score is too low to mean anything, found for each model from two sets of scores: of queries whose document is in
// the index ("relevant") and of queries that have no answer in it ("random"). The threshold lies where the likelihoods of
// the two cross, which is where true positive rate - false positive rate is largest (Youden's J, 1950): of all cuts it makes the
// fewest errors when both kinds are equally frequent.
//
// Scores of random *pairs* are far below the *best* score of a query without an answer, which is a maximum over the index.
// So "random" should hold best scores: of known-item queries with their own document filtered out, or of queries of another
// domain.

import { compareRanks } from "./rank-test.js";

/** Plain JSON. Belongs to a model, and to a size of the index: best scores rise with it. */
export type ConfidenceCalibration = {
  /** Scores below are of low confidence. */
  threshold: number;
  /** Share of relevant scores below the threshold. */
  missRate: number;
  /** Share of random scores at or above it. */
  falseRate: number;
  /** Chance that a relevant score is above a random one. */
  auc: number;
  relevantMean: number;
  randomMean: number;
  relevantCount: number;
  randomCount: number;
  /** Enough scores, and apart enough, to go by. */
  isReliable: boolean;
};

const fewestScores = 20;
const lowestAuc = 0.7;

/** Undefined where either set is empty. */
export function calibrateConfidence(
  relevant: ArrayLike<number>,
  random: ArrayLike<number>,
): ConfidenceCalibration | undefined {
  if (relevant.length === 0 || random.length === 0) return undefined;
  const r = Float64Array.from(relevant).sort();
  const z = Float64Array.from(random).sort();
  const { cut, below, above } = bestCut(r, z);
  const { auc } = compareRanks(z, r);
  return {
    threshold: cut,
    missRate: below / r.length,
    falseRate: above / z.length,
    auc,
    relevantMean: mean(r),
    randomMean: mean(z),
    relevantCount: r.length,
    randomCount: z.length,
    isReliable: Math.min(r.length, z.length) >= fewestScores && auc >= lowestAuc,
  };
}

export function isLowConfidence(topScore: number | undefined, threshold: number): boolean {
  return topScore === undefined || topScore < threshold;
}

/** For a model that nobody has calibrated. */
export const uncalibratedThreshold = 0.65;
/** Share of queries with an answer that is taken to be of low confidence there. */
export const uncalibratedMissRate = 0.1;

// The cut of largest J, halfway between two neighbouring scores; of equally good ones the lowest.
function bestCut(r: Float64Array, z: Float64Array): { cut: number; below: number; above: number } {
  const scores = Float64Array.from(new Set([...r, ...z])).sort();
  let best = { j: 0, cut: scores[0]!, below: 0, above: z.length };
  let below = 0;
  let under = 0;
  for (let i = 1; i < scores.length; i++) {
    while (below < r.length && r[below]! < scores[i]!) below++;
    while (under < z.length && z[under]! < scores[i]!) under++;
    const j = under / z.length - below / r.length;
    if (j > best.j) best = { j, cut: (scores[i - 1]! + scores[i]!) / 2, below, above: z.length - under };
  }
  return best;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
