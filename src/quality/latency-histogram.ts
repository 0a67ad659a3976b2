// Latencies counted in buckets whose width grows with the value, as in Gil Tene's HdrHistogram: any quantile to 1.6 %, from
// 0.01 ms to 84 s, in fixed memory, and two histograms add up by adding their counts.
//
// BAKED IN to stored minutes (query-window.ts): unit and layout. In units of 0.01 ms, values below 64 have a bucket each; every
// further octave [2^e, 2^(e+1)), e = 6..22, is cut into 32. Longer times count in the last bucket.

const unitsPerMs = 100;
const linearBuckets = 64;
const bucketsPerOctave = 32;
const lastExponent = 22;

export const bucketCount = linearBuckets + (lastExponent - 5) * bucketsPerOctave;

/** The bucket of a latency; one below 0 counts as 0. */
export function bucketOf(latencyMs: number): number {
  const units = Math.floor(Math.max(0, latencyMs) * unitsPerMs);
  if (units < linearBuckets) return units;
  if (units >= 2 ** (lastExponent + 1)) return bucketCount - 1;
  const exponent = 31 - Math.clz32(units);
  return linearBuckets + (exponent - 6) * bucketsPerOctave + (units >> (exponent - 5)) - bucketsPerOctave;
}

/** Lowest latency of a bucket, and the lowest of the next one. */
export function bucketBoundsMs(bucket: number): { fromMs: number; toMs: number } {
  if (bucket < linearBuckets) return { fromMs: bucket / unitsPerMs, toMs: (bucket + 1) / unitsPerMs };
  const octave = Math.floor((bucket - linearBuckets) / bucketsPerOctave);
  const width = 2 ** (octave + 1);
  const from = (((bucket - linearBuckets) % bucketsPerOctave) + bucketsPerOctave) * width;
  return { fromMs: from / unitsPerMs, toMs: (from + width) / unitsPerMs };
}

/** The value at or below which `share` (0..1) of the counted ones lie, by nearest rank: the middle of its bucket. 0 for none. */
export function quantileMs(counts: ArrayLike<number>, share: number): number {
  let total = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) total += counts[bucket]!;
  if (total === 0) return 0;
  const rank = Math.max(1, Math.ceil(share * total));
  let below = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    below += counts[bucket]!;
    if (below < rank) continue;
    const { fromMs, toMs } = bucketBoundsMs(bucket);
    return (fromMs + toMs) / 2;
  }
  return 0;
}
