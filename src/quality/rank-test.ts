// Whether two sets of scores differ, by ranks alone: Mann & Whitney's U (1947) with the correction for ties.

export type RankComparison = {
  /** Chance that a random score of the second set is above one of the first, ties half: 0.5 for the same distribution. */
  auc: number;
  /** Two-sided, by the normal approximation, which holds from about 8 scores on each side. */
  pValue: number;
  firstCount: number;
  secondCount: number;
};

/** Compares two sets; 0.5 and p = 1 where either is empty. */
export function compareRanks(first: ArrayLike<number>, second: ArrayLike<number>): RankComparison {
  const m = first.length;
  const n = second.length;
  if (m === 0 || n === 0) return { auc: 0.5, pValue: 1, firstCount: m, secondCount: n };
  const pooled = Array.from({ length: m + n }, (_, i) => ({
    score: i < m ? first[i]! : second[i - m]!,
    isSecond: i >= m,
  })).sort((a, b) => a.score - b.score);
  let rankSum = 0;
  let tied = 0;
  for (let start = 0; start < pooled.length; ) {
    let end = start;
    let seconds = 0;
    while (end < pooled.length && pooled[end]!.score === pooled[start]!.score) {
      if (pooled[end++]!.isSecond) seconds++;
    }
    const ties = end - start;
    rankSum += seconds * (start + (ties + 1) / 2);
    tied += ties ** 3 - ties;
    start = end;
  }
  const u = rankSum - (n * (n + 1)) / 2;
  const total = m + n;
  // Var U = m n / 12 * ((N + 1) - sum (t^3 - t) / (N (N - 1))) over groups of t equal scores.
  const variance = ((m * n) / 12) * (total + 1 - tied / (total * (total - 1)));
  const z = variance > 0 ? Math.abs(u - (m * n) / 2) / Math.sqrt(variance) : 0;
  return { auc: u / (m * n), pValue: twoSided(z), firstCount: m, secondCount: n };
}

/** P(|Z| > z) of a standard normal, to 1.2e-7 of itself (Press et al., Numerical Recipes, 6.2: erfc by Chebyshev fitting). */
export function twoSided(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ];
  const polynomial = coefficients.reduce((sum, coefficient) => sum * t + coefficient, 0);
  return Math.min(1, t * Math.exp(-x * x + polynomial));
}
