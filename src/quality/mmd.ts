// Maximum mean discrepancy between two samples, with a permutation test (Gretton, Borgwardt, Rasch, Schoelkopf & Smola, "A
// kernel two-sample test", JMLR 13, 2012). With the kernel k(x, y) = exp(-|x - y|^2 / (2 s)) and the unbiased estimate
//
//   MMD^2 = sum_{i != j} k(x_i, x_j) / (m (m - 1)) + sum_{i != j} k(y_i, y_j) / (n (n - 1)) - 2 sum_{i, j} k(x_i, y_j) / (m n).
//
// s is the median of the squared distances within the baseline (the median heuristic), so the figure does not depend on the
// scale of a model's vectors: 0 is the same distribution, and two well separated ones come near sqrt(2 (1 - mean k)).
//
// The kernel matrix is never held. Its rows are made one after the other, and each is added at once to the sums of every
// permutation: with S the rows that a permutation calls "y", R_i the sum of row i and T the sum of all (diagonal left out),
//   A = sum_{i, j in S} k_ij,   B = sum_{i in S} R_i,   so   sum over y, y = A;   x, y = B - A;   x, x = T - 2 B + A.

import type { Rows } from "./moments.js";
import { seededRandom } from "./random.js";

export type MmdResult = {
  /** Unbiased, so it may lie a little below 0. */
  mmdSquared: number;
  /** Square root of the above, 0 where that is negative. */
  mmd: number;
  /** Share of permutations whose MMD^2 is at least as large; the one that was found counts as one of them. */
  pValue: number;
  permutations: number;
};

export type MmdOptions = {
  /** s of the kernel. Default: the median squared distance within the baseline. */
  bandwidth?: number;
  /** Default 200: the smallest p is then 1 / 201. 0 gives p = 1. */
  permutations?: number;
  /** Default 1. */
  seed?: number;
};

// Multiplications between two yields: 2 to 5 ms on one core.
const workPerSlice = 4e6;

/**
 * Compares two samples of at least two rows each and of the same dimensions. A generator, so that the caller can let
 * others have the thread at each yield; `finish` runs it through. Memory: linear in the rows.
 */
export function* mmdSteps(baseline: Rows, current: Rows, options: MmdOptions = {}): Generator<void, MmdResult> {
  const { permutations = 200, seed = 1, bandwidth = medianSquaredDistance(baseline, seed) } = options;
  const { dimensions } = baseline;
  const m = baseline.rows;
  const n = current.rows;
  const total = m + n;
  const pooled = new Float32Array(total * dimensions);
  pooled.set(baseline.vectors.subarray(0, m * dimensions));
  pooled.set(current.vectors.subarray(0, n * dimensions), m * dimensions);
  const squares = squaredLengths(pooled, dimensions);
  // Members of S in ascending order, n to a permutation; the first is the division that was found.
  const members = drawMembers(total, n, permutations, seed);
  yield;
  const seen = new Int32Array(permutations + 1);
  const within = new Float64Array(permutations + 1);
  const rowSums = new Float64Array(total);
  const kernel = new Float64Array(total);
  let work = 0;
  for (let i = 0; i < total; i++) {
    dotsWithEarlier(pooled, dimensions, i, kernel);
    let sum = 0;
    for (let j = 0; j < i; j++) {
      const value = Math.exp(Math.min(0, 2 * kernel[j]! - squares[i]! - squares[j]!) / (2 * bandwidth));
      kernel[j] = value;
      rowSums[j]! += value;
      sum += value;
    }
    rowSums[i]! += sum;
    work += i * dimensions;
    for (let p = 0; p <= permutations; p++) {
      const first = p * n;
      const before = seen[p]!;
      if (before === n || members[first + before] !== i) continue;
      let shared = 0;
      for (let at = first; at < first + before; at++) shared += kernel[members[at]!]!;
      within[p]! += 2 * shared;
      seen[p] = before + 1;
      work += before;
    }
    if (work >= workPerSlice) {
      work = 0;
      yield;
    }
  }
  let all = 0;
  for (const sum of rowSums) all += sum;
  const statistic = (p: number): number => {
    let rows = 0;
    for (let at = p * n; at < (p + 1) * n; at++) rows += rowSums[members[at]!]!;
    const yy = within[p]!;
    const xy = rows - yy;
    const xx = all - 2 * rows + yy;
    return xx / (m * (m - 1)) + yy / (n * (n - 1)) - (2 * xy) / (m * n);
  };
  const mmdSquared = statistic(0);
  let extreme = 1;
  // Sums in another order differ in their last digits.
  for (let p = 1; p <= permutations; p++) if (statistic(p) >= mmdSquared - 1e-12) extreme++;
  return {
    mmdSquared,
    mmd: Math.sqrt(Math.max(0, mmdSquared)),
    pValue: extreme / (permutations + 1),
    permutations,
  };
}

/** Runs a generator to its end without a break. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

// The median of as many random pairs has a standard error of about 1 % of their spread.
const medianPairs = 5000;

/** Median of the squared distances of pairs of different rows, over at most 5,000 random pairs; never 0. */
export function medianSquaredDistance({ dimensions, rows, vectors }: Rows, seed = 1): number {
  const pairs = (rows * (rows - 1)) / 2;
  const distances = new Float64Array(Math.min(pairs, medianPairs));
  const random = seededRandom(seed);
  let at = 0;
  if (pairs <= medianPairs) {
    for (let i = 1; i < rows; i++) {
      for (let j = 0; j < i; j++) distances[at++] = squaredDistance(vectors, dimensions, i, j);
    }
  } else {
    while (at < distances.length) {
      const i = random.below(rows);
      const j = random.below(rows);
      if (i !== j) distances[at++] = squaredDistance(vectors, dimensions, i, j);
    }
  }
  distances.sort();
  const median = distances[distances.length >> 1] ?? 0;
  // More than half of the pairs are equal: any scale will do, and the largest distance is one.
  return median > 0 ? median : distances.at(-1) || 1;
}

function squaredDistance(vectors: Float32Array, dimensions: number, i: number, j: number): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) sum += (vectors[i * dimensions + d]! - vectors[j * dimensions + d]!) ** 2;
  return sum;
}

function squaredLengths(vectors: Float32Array, dimensions: number): Float64Array {
  return Float64Array.from({ length: vectors.length / dimensions }, (_, row) => {
    let sum = 0;
    for (let d = row * dimensions; d < (row + 1) * dimensions; d++) sum += vectors[d]! ** 2;
    return sum;
  });
}

/** out[j] = x_i . x_j for all j < i, four at a time: bound by loads, of which x_i's are shared. */
export function dotsWithEarlier(vectors: Float32Array, dimensions: number, i: number, out: Float64Array): void {
  const start = i * dimensions;
  let j = 0;
  for (; j + 4 <= i; j += 4) {
    const a = j * dimensions;
    const b = a + dimensions;
    const c = b + dimensions;
    const e = c + dimensions;
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumE = 0;
    for (let d = 0; d < dimensions; d++) {
      const value = vectors[start + d]!;
      sumA += value * vectors[a + d]!;
      sumB += value * vectors[b + d]!;
      sumC += value * vectors[c + d]!;
      sumE += value * vectors[e + d]!;
    }
    out[j] = sumA;
    out[j + 1] = sumB;
    out[j + 2] = sumC;
    out[j + 3] = sumE;
  }
  for (; j < i; j++) {
    let sum = 0;
    for (let d = 0; d < dimensions; d++) sum += vectors[start + d]! * vectors[j * dimensions + d]!;
    out[j] = sum;
  }
}

function drawMembers(total: number, n: number, permutations: number, seed: number): Int32Array {
  const random = seededRandom(seed);
  const members = new Int32Array((permutations + 1) * n);
  for (let at = 0; at < n; at++) members[at] = total - n + at;
  const order = Int32Array.from({ length: total }, (_, row) => row);
  for (let p = 1; p <= permutations; p++) {
    // The first n of a partial Fisher-Yates shuffle; it may start from any order.
    for (let at = 0; at < n; at++) {
      const other = at + random.below(total - at);
      const row = order[other]!;
      order[other] = order[at]!;
      order[at] = row;
    }
    members.set(order.subarray(0, n).toSorted(), p * n);
  }
  return members;
}
