// Seeded unit vectors for the tests of this room, and the search that every other one is held to.

export type Random = () => number;

/** Numbers in 0..1 from a seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` unit vectors, one after the other, spread evenly over the sphere. */
export function unitVectors(count: number, dimensions: number, random: Random): Float32Array {
  return normalised(
    Float32Array.from({ length: count * dimensions }, () => gaussian(random)),
    dimensions,
  );
}

/** `count` unit vectors around 40 centres, as embeddings of texts on some topics lie. */
export function clusteredVectors(count: number, dimensions: number, random: Random): Float32Array {
  const centres = unitVectors(40, dimensions, randomFrom(1));
  const vectors = new Float32Array(count * dimensions);
  for (let i = 0; i < count; i++) {
    const centre = Math.floor(random() * 40) * dimensions;
    for (let j = 0; j < dimensions; j++) {
      vectors[i * dimensions + j] = centres[centre + j]! + (0.6 / Math.sqrt(dimensions)) * gaussian(random);
    }
  }
  return normalised(vectors, dimensions);
}

/** Scores of all rows in double precision. */
export function naiveScores(vectors: Float32Array, dimensions: number, query: Float32Array): number[] {
  const scores: number[] = [];
  for (let start = 0; start < vectors.length; start += dimensions) {
    let sum = 0;
    for (let i = 0; i < dimensions; i++) sum += vectors[start + i]! * query[i]!;
    scores.push(sum);
  }
  return scores;
}

/** The `k` best of `rows`, equal scores by row. */
export function naiveTop(scores: number[], rows: Iterable<number>, k: number): number[] {
  return [...rows].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, k);
}

export function vectorAt(vectors: Float32Array, index: number, dimensions: number): Float32Array {
  return vectors.slice(index * dimensions, (index + 1) * dimensions);
}

export function rowsBelow(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row);
}

function normalised(vectors: Float32Array, dimensions: number): Float32Array {
  for (let start = 0; start < vectors.length; start += dimensions) {
    const norm = Math.hypot(...vectors.subarray(start, start + dimensions));
    for (let i = start; i < start + dimensions; i++) vectors[i] = vectors[i]! / norm;
  }
  return vectors;
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
