// How far an honest sample strays from its baseline by chance alone, found by bootstrap on the baseline (Efron &
// Tibshirani, "An introduction to the bootstrap", 1993, chapter 16), so that thresholds fit the model and the collection.
//
// One replicate draws, with replacement, a baseline of the full size and a current sample of n rows, both from the
// baseline's rows, and computes the four statistics of a health report on the pair. Both are drawn, because the baseline at
// hand is itself only a sample: without its part of the variance thresholds for large n would be far too tight. The current
// sample grows row by row, so one replicate serves every size of the grid.
//
// The thresholds hold together: each statistic gets the same rank r of its replicates as threshold, and r is the
// largest for which at most `alarmRate` of the replicates exceed any of the five limits (single-step max-T of Westfall &
// Young 1993, on ranks). `alarmRate` is half of the 1 in 100 that is promised: the rest pays for the baseline not being the
// whole collection, and for the chance of the replicates.

import type { EmbeddingSample } from "./embedding-sample.js";
import { dotsWithEarlier, medianSquaredDistance } from "./mmd.js";
import { coherence, meanOf } from "./moments.js";
import { seededRandom } from "./random.js";

/** Limits for samples of `rows` rows, that an honest one exceeds in any of them with about `alarmRate`. */
export type ChanceLimits = {
  rows: number;
  /** Cosine distance of the means. */
  meanDistance: number;
  mmdSquared: number;
  /** Fall and rise of the coherence below and above the baseline's, both as positive numbers. */
  coherenceFall: number;
  coherenceRise: number;
  /** |mean norm / baseline's mean norm - 1|. */
  normDrift: number;
};

/** Plain JSON. Belongs to the baseline it was made from. */
export type HealthCalibration = {
  baselineRows: number;
  /** s of the kernel, see mmd.ts. */
  bandwidth: number;
  coherence: number;
  meanNorm: number;
  alarmRate: number;
  replicates: number;
  /** By ascending rows. */
  limits: ChanceLimits[];
};

export type CalibrationOptions = {
  /** Share of honest samples that may exceed any limit, above 0. Default 0.005. */
  alarmRate?: number;
  /** Default 2000. At least 5 / alarmRate of them are needed for limits that are no mere maximum. */
  replicates?: number;
  /** Largest current sample to make limits for; larger ones are judged by these. Default: the baseline's rows. */
  maxRows?: number;
  /** Default 1. */
  seed?: number;
};

/** A baseline of fewer rows says too little about its own spread. */
export const fewestBaselineRows = 64;
/** Smaller samples are not judged. */
export const fewestRows = 16;

const statistics = ["meanDistance", "mmdSquared", "coherenceFall", "coherenceRise", "normDrift"] as const;

/**
 * Limits from a baseline; undefined for one of fewer than 64 rows. Yields after each few replicates (2 to 5 ms). Memory:
 * two square matrices over the baseline's rows (2 MB at 512).
 */
export function* calibrateHealthSteps(
  baseline: EmbeddingSample,
  { alarmRate = 0.005, replicates = 2000, maxRows = baseline.rows, seed = 1 }: CalibrationOptions = {},
): Generator<void, HealthCalibration | undefined> {
  if (baseline.rows < fewestBaselineRows) return undefined;
  const bandwidth = medianSquaredDistance(baseline, seed);
  const matrices = yield* matricesOf(baseline, bandwidth);
  const sizes = sizesUpTo(Math.max(fewestRows, maxRows));
  // One array a size and statistic, of one value a replicate.
  const values = sizes.map(() => statistics.map(() => new Float64Array(replicates)));
  const draw = replicateDrawer(baseline, matrices, sizes, seed);
  for (let replicate = 0; replicate < replicates; replicate++) {
    draw((size, ...found) => {
      for (const [i, value] of found.entries()) values[size]![i]![replicate] = value;
    });
    if (replicate % 4 === 3) yield;
  }
  const limits = sizes.map((rows, size): ChanceLimits => {
    const [meanDistance, mmdSquared, coherenceFall, coherenceRise, normDrift] = jointLimits(values[size]!, alarmRate);
    return {
      rows,
      meanDistance: meanDistance!,
      mmdSquared: mmdSquared!,
      coherenceFall: coherenceFall!,
      coherenceRise: coherenceRise!,
      normDrift: normDrift!,
    };
  });
  return {
    baselineRows: baseline.rows,
    bandwidth,
    coherence: coherence(baseline),
    meanNorm: meanOf(baseline.norms),
    alarmRate,
    replicates,
    limits,
  };
}

/**
 * Limits for a sample of `rows` rows: between two sizes linear in 1 / sqrt(rows), in which the limits of coherence and norms
 * are straight and those of means and MMD^2 convex, so that none comes out too tight. Beyond the ends, those of the ends.
 */
export function limitsFor({ limits }: HealthCalibration, rows: number): ChanceLimits {
  const above = limits.findIndex((limit) => limit.rows >= rows);
  if (above === -1) return limits.at(-1)!;
  const upper = limits[above]!;
  const lower = limits[above - 1];
  if (!lower || upper.rows === rows) return upper;
  const place = (value: number) => 1 / Math.sqrt(value);
  const share = (place(rows) - place(lower.rows)) / (place(upper.rows) - place(lower.rows));
  const between = { ...upper, rows };
  for (const name of statistics) between[name] = lower[name] + share * (upper[name] - lower[name]);
  return between;
}

function sizesUpTo(maxRows: number): number[] {
  const sizes: number[] = [];
  for (let size = fewestRows; size < maxRows; size *= 2) sizes.push(size);
  return [...sizes, maxRows];
}

type Matrices = { cosines: Float32Array; kernel: Float32Array };

function* matricesOf({ dimensions, rows, vectors }: EmbeddingSample, bandwidth: number): Generator<void, Matrices> {
  const cosines = new Float32Array(rows * rows);
  const kernel = new Float32Array(rows * rows);
  const dots = new Float64Array(rows);
  const squares = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let d = i * dimensions; d < (i + 1) * dimensions; d++) squares[i]! += vectors[d]! ** 2;
    dotsWithEarlier(vectors, dimensions, i, dots);
    dots[i] = squares[i]!;
    for (let j = 0; j <= i; j++) {
      cosines[i * rows + j] = cosines[j * rows + i] = dots[j]!;
      const distance = Math.max(0, squares[i]! + squares[j]! - 2 * dots[j]!);
      kernel[i * rows + j] = kernel[j * rows + i] = Math.exp(-distance / (2 * bandwidth));
    }
    if (i % 16 === 15) yield;
  }
  return { cosines, kernel };
}

type ReplicateSink = (
  size: number,
  meanDistance: number,
  mmdSquared: number,
  coherenceFall: number,
  coherenceRise: number,
  normDrift: number,
) => void;

function replicateDrawer({ rows, norms }: EmbeddingSample, matrices: Matrices, sizes: number[], seed: number) {
  const random = seededRandom(seed);
  // Without norms there is no drift of them.
  const normOf = (row: number) => norms[row] ?? 1;
  const { cosines, kernel } = matrices;
  const largest = sizes.at(-1)!;
  const counts = new Float64Array(rows);
  // Sums over the drawn baseline, for each row of the real one.
  const cosineSums = new Float64Array(rows);
  const kernelSums = new Float64Array(rows);
  const drawn = new Int32Array(largest);

  return (sink: ReplicateSink) => {
    counts.fill(0);
    let baselineNorms = 0;
    for (let i = 0; i < rows; i++) {
      const row = random.below(rows);
      counts[row]!++;
      baselineNorms += normOf(row);
    }
    cosineSums.fill(0);
    kernelSums.fill(0);
    for (let i = 0; i < rows; i++) {
      const count = counts[i]!;
      if (count === 0) continue;
      for (let j = 0, at = i * rows; j < rows; j++, at++) {
        cosineSums[j]! += count * cosines[at]!;
        kernelSums[j]! += count * kernel[at]!;
      }
    }
    // Sums over pairs of draws; a draw with itself is no pair, two draws of one row are.
    let baselineCosines = 0;
    let baselineKernel = 0;
    let baselineSelf = 0;
    for (let i = 0; i < rows; i++) {
      baselineCosines += counts[i]! * cosineSums[i]!;
      baselineKernel += counts[i]! * kernelSums[i]!;
      baselineSelf += counts[i]! * cosines[i * rows + i]!;
    }
    const baselinePairs = rows * (rows - 1);
    const baselineCoherence = (baselineCosines - baselineSelf) / baselinePairs;

    let cosinesWithin = 0;
    let kernelWithin = 0;
    let self = 0;
    let cosinesAcross = 0;
    let kernelAcross = 0;
    let normSum = 0;
    for (let n = 0, size = 0; n < largest; ) {
      const row = random.below(rows);
      const start = row * rows;
      for (let at = 0; at < n; at++) {
        cosinesWithin += 2 * cosines[start + drawn[at]!]!;
        kernelWithin += 2 * kernel[start + drawn[at]!]!;
      }
      drawn[n++] = row;
      self += cosines[start + row]!;
      cosinesAcross += cosineSums[row]!;
      kernelAcross += kernelSums[row]!;
      normSum += normOf(row);
      if (n !== sizes[size]) continue;
      const pairs = n * (n - 1);
      const lengths = Math.sqrt(baselineCosines * (cosinesWithin + self));
      const change = cosinesWithin / pairs - baselineCoherence;
      sink(
        size++,
        lengths > 0 ? 1 - cosinesAcross / lengths : 1,
        (baselineKernel - rows) / baselinePairs + kernelWithin / pairs - (2 * kernelAcross) / (rows * n),
        -change,
        change,
        baselineNorms > 0 ? Math.abs(normSum / n / (baselineNorms / rows) - 1) : 0,
      );
    }
  };
}

/** For each statistic the value that at most a share of the replicates exceeds, such that they do so together at most `alarmRate`. */
function jointLimits(values: readonly Float64Array[], alarmRate: number): number[] {
  const replicates = values[0]!.length;
  const allowed = Math.floor(alarmRate * replicates);
  const descending = values.map((series) => series.toSorted().reverse());
  // The best rank (0: the largest of all) that each replicate has in any statistic.
  const best = new Float64Array(replicates).fill(replicates);
  for (const [i, series] of values.entries()) {
    for (let replicate = 0; replicate < replicates; replicate++) {
      best[replicate] = Math.min(best[replicate]!, rankIn(descending[i]!, series[replicate]!));
    }
  }
  // A replicate exceeds the limits of rank r when it stands before r somewhere: the largest r that `allowed` of them do.
  const rank = best.toSorted()[allowed] ?? replicates - 1;
  return descending.map((series) => series[Math.min(rank, replicates - 1)]!);
}

/** How many values of a descending series are at least as large as `value`, less one: equal values share the last rank. */
function rankIn(descending: Float64Array, value: number): number {
  let low = 0;
  let high = descending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (descending[middle]! >= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
