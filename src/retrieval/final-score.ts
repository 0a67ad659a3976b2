// The score that is shown: 0..1, falling along the final ranking. It compares hits of one answer, not answers.

import { type Fusion, maxFusedScore } from "./fuse.js";

/** What the scale needs to know of one candidate, in final order. */
export type RankedScore = {
  /** Fused score. */
  fused: number;
  /** Combined score of the reranker; absent below its depth. */
  reranked?: number;
};

/**
 * Shown scores of a ranking. Without a reranker: the fused score as a share of the best possible one. With it: the
 * combined scores are stretched linearly onto the range that the reranked candidates' fused scores span, so that the
 * candidates below the depth, which keep their fused score, follow without a jump.
 */
export function finalScores(ranking: readonly RankedScore[], fusion: Fusion): number[] {
  const best = maxFusedScore(fusion);
  const reranked = ranking.filter(({ reranked }) => reranked !== undefined);
  const fusedRange = rangeOf(reranked.map(({ fused }) => fused / best));
  const combinedRange = rangeOf(reranked.map(({ reranked }) => reranked!));
  const combinedSpread = combinedRange.high - combinedRange.low;
  const fusedSpread = fusedRange.high - fusedRange.low;
  let ceiling = 1;
  return ranking.map(({ fused, reranked }) => {
    const share = reranked === undefined || combinedSpread === 0 ? 1 : (reranked - combinedRange.low) / combinedSpread;
    const score = reranked === undefined ? fused / best : fusedRange.low + share * fusedSpread;
    // Rounding must not let a later hit show a higher score than an earlier one.
    ceiling = Math.min(ceiling, Math.max(0, score));
    return ceiling;
  });
}

function rangeOf(values: readonly number[]): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}
