// Vectors for tests: points on the sphere around a centre, seeded.

import { type EmbeddingSample, sampleOf } from "../../src/quality/index.js";
import { seededRandom } from "../../src/quality/random.js";

export type Cloud = {
  rows: number;
  dimensions?: number;
  /** Direction of the centre: the axis of this number. */
  axis?: number;
  /** Weight of the centre beside noise of length 1. */
  pull?: number;
  /** Length of each row before it was normalised. */
  norm?: number;
  seed: number;
};

export function cloud({ rows, dimensions = 16, axis = 0, pull = 0.7, norm = 1, seed }: Cloud): EmbeddingSample {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const vectors = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++) {
    const vector = Float64Array.from({ length: dimensions }, () => normal() / Math.sqrt(dimensions));
    vector[axis]! += pull;
    const length = Math.hypot(...vector);
    vectors.set(
      vector.map((value) => value / length),
      row * dimensions,
    );
  }
  return sampleOf(vectors, { dimensions, norms: new Float32Array(rows).fill(norm) });
}
