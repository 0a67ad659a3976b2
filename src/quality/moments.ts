// What a set of vectors is like in one pass: mean, coherence, mean norm.

export type Rows = { dimensions: number; rows: number; vectors: Float32Array };

/** Mean vector; zeros for no rows. */
export function meanVector({ dimensions, rows, vectors }: Rows): Float64Array {
  const mean = new Float64Array(dimensions);
  if (rows === 0) return mean;
  for (let start = 0; start < rows * dimensions; start += dimensions) {
    for (let d = 0; d < dimensions; d++) mean[d]! += vectors[start + d]!;
  }
  for (let d = 0; d < dimensions; d++) mean[d]! /= rows;
  return mean;
}

/** 1 - cos(a, b), 0..2; 1 where one of the two is zero, 0 where both are. */
export function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let d = 0; d < a.length; d++) {
    dot += a[d]! * b[d]!;
    squaresA += a[d]! ** 2;
    squaresB += b[d]! ** 2;
  }
  if (squaresA === 0 || squaresB === 0) return squaresA === squaresB ? 0 : 1;
  return 1 - dot / Math.sqrt(squaresA * squaresB);
}

/**
 * Mean cosine over all pairs of two different rows, in time linear in the rows: for unit vectors
 *   |sum x_i|^2 = sum |x_i|^2 + sum_{i != j} x_i . x_j,   so the mean over the n (n - 1) pairs is (|sum|^2 - n) / (n (n - 1)).
 * Rows are of unit length or zero; a zero row has no direction and is left out. 1 for fewer than two rows.
 */
export function coherence(sample: Rows): number {
  const pointing = sample.rows - countZeroRows(sample);
  if (pointing < 2) return 1;
  let squares = 0;
  for (const value of meanVector(sample)) squares += (value * sample.rows) ** 2;
  return (squares - pointing) / (pointing * (pointing - 1));
}

/** Rows that are all zero: texts in which the model saw nothing. */
export function countZeroRows({ dimensions, rows, vectors }: Rows): number {
  let zeros = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * dimensions;
    let d = 0;
    while (d < dimensions && vectors[start + d] === 0) d++;
    if (d === dimensions) zeros++;
  }
  return zeros;
}

/** Arithmetic mean; 0 for none. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}
