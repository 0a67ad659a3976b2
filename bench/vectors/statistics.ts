// Figures from samples: percentiles by nearest rank, and what many rounds say together.

export type LatencySummary = { queries: number; meanMs: number; p50Ms: number; p95Ms: number; p99Ms: number };

/** The smallest sample that at least `share` (0..1) of all samples do not exceed. NaN of none. */
export function percentile(samples: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(samples: ArrayLike<number>): number {
  return percentile(samples, 0.5);
}

export function summariseLatency(samplesMs: ArrayLike<number>): LatencySummary {
  const samples = Float64Array.from(samplesMs);
  return {
    queries: samples.length,
    meanMs: samples.reduce((sum, ms) => sum + ms, 0) / samples.length,
    p50Ms: percentile(samples, 0.5),
    p95Ms: percentile(samples, 0.95),
    p99Ms: percentile(samples, 0.99),
  };
}

/** The median over rounds of each figure: one round that the machine disturbed does not count. */
export function medianOfRounds(rounds: readonly LatencySummary[]): LatencySummary {
  const over = (figure: (round: LatencySummary) => number) => median(rounds.map(figure));
  return {
    queries: rounds.reduce((sum, { queries }) => sum + queries, 0),
    meanMs: over(({ meanMs }) => meanMs),
    p50Ms: over(({ p50Ms }) => p50Ms),
    p95Ms: over(({ p95Ms }) => p95Ms),
    p99Ms: over(({ p99Ms }) => p99Ms),
  };
}
