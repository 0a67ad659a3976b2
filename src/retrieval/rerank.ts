// Reranking: the cross-encoder's logits and the first stage's scores become one order. Logits know nothing of the
// collection's own word frequencies, so the first stage keeps its say.

/** Weights of the two standard scores; the cross-encoder's manifest recommends them. */
export type RerankWeights = { logitWeight: number; firstStageWeight: number };

export type Combined<T> = {
  candidate: T;
  /** Absent for candidates below the depth, which were not scored. `rank` counts from 1. */
  rerank?: { rank: number; logit: number; score: number };
};

// Keeps the division safe where all values are equal; the figures of the bundled reranker were measured with it.
const EPSILON = 1e-6;

/**
 * Orders the first `logits.length` candidates (in first-stage order) by
 *
 *     logitWeight * z(logit) + firstStageWeight * z(first-stage score),   z(x) = (x - mean) / (deviation + 1e-6)
 *
 * over just these candidates, with the population's standard deviation. Ties keep the first stage's order; candidates
 * beyond follow in their order.
 */
export function combine<T extends { score: number }>(
  candidates: readonly T[],
  logits: ArrayLike<number>,
  weights: RerankWeights,
): Combined<T>[] {
  const scored = candidates.slice(0, logits.length);
  const logitScores = standardScores(Array.from(logits).slice(0, scored.length));
  const firstStageScores = standardScores(scored.map(({ score }) => score));
  const reranked = scored
    .map((candidate, i) => ({
      candidate,
      logit: logits[i]!,
      score: weights.logitWeight * logitScores[i]! + weights.firstStageWeight * firstStageScores[i]!,
    }))
    .sort((a, b) => b.score - a.score)
    .map(({ candidate, logit, score }, i) => ({ candidate, rerank: { rank: i + 1, logit, score } }));
  return [...reranked, ...candidates.slice(logits.length).map((candidate) => ({ candidate }))];
}

function standardScores(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / (Math.sqrt(variance) + EPSILON));
}
