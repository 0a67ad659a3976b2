// How sure a mean over queries is: the percentile bootstrap over queries (Efron 1979; for retrieval Sakai, SIGIR 2006). Queries
// are drawn with replacement, as if others of their kind had been asked.

import { randomBelow } from "./random.js";

export type Interval = { mean: number; low: number; high: number };

export type BootstrapOptions = {
  /** Share of the resampled means within the interval. Default 0.95. */
  confidence?: number;
  /** Default 10,000. */
  resamples?: number;
  /** The same seed gives the same interval. Default 1. */
  seed?: number;
};

/** Mean of per-query values with its interval; zeros for no values. */
export function bootstrapMean(
  values: readonly number[],
  { confidence = 0.95, resamples = 10_000, seed = 1 }: BootstrapOptions = {},
): Interval {
  const n = values.length;
  if (n === 0) return { mean: 0, low: 0, high: 0 };
  const below = randomBelow(seed);
  const held = Float64Array.from(values);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += held[below(n)]!;
    means[resample] = sum / n;
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  const at = (share: number) => means[Math.min(resamples - 1, Math.floor(share * resamples))]!;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { mean, low: at(tail), high: at(1 - tail) };
}
