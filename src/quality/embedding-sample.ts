// A uniform sample of the vectors that went by, in fixed memory: Vitter's algorithm R (ACM TOMS 11, 1985). Samples of two
// streams merge into one of both.
//
// The unit that is sampled is the document: chunks of one document are alike, so a batch of a hundred chunks of five
// documents tells as much about the collection as five vectors, and tests that take it for a hundred raise false alarms.
// `offerDocument` therefore takes one chunk of each document.

import { type Random, seededRandom } from "./random.js";

export type EmbeddingSample = {
  dimensions: number;
  /** Most rows that are held. */
  capacity: number;
  /** Rows held. */
  rows: number;
  /** Rows that were offered. */
  seen: number;
  /** `rows * dimensions` numbers; each row of unit length, or zero. */
  vectors: Float32Array;
  /** Length of each row before it was normalised; none where that is not known. */
  norms: Float32Array;
  randomState: number;
};

export type SamplerOptions = {
  dimensions: number;
  /** Default 512: 1 MB at 512 dimensions. */
  capacity?: number;
  /** Default 1. */
  seed?: number;
};

export class EmbeddingSampler {
  readonly dimensions: number;
  readonly capacity: number;
  readonly #vectors: Float32Array;
  readonly #norms: Float32Array;
  readonly #random: Random;
  #rows = 0;
  #seen = 0;

  constructor({ dimensions, capacity = 512, seed = 1 }: SamplerOptions) {
    this.dimensions = dimensions;
    this.capacity = capacity;
    this.#vectors = new Float32Array(capacity * dimensions);
    this.#norms = new Float32Array(capacity);
    this.#random = seededRandom(seed);
  }

  /** Goes on from a stored sample as if there had been no break. */
  static resume({ dimensions, capacity, rows, seen, vectors, norms, randomState }: EmbeddingSample): EmbeddingSampler {
    const sampler = new EmbeddingSampler({ dimensions, capacity, seed: randomState });
    sampler.#vectors.set(vectors);
    sampler.#norms.set(norms);
    sampler.#rows = rows;
    sampler.#seen = seen;
    return sampler;
  }

  /** Row i is kept with probability capacity / i, in the place of a random one. */
  offer(vector: Float32Array, norm: number): void {
    this.#seen++;
    const slot = this.#rows < this.capacity ? this.#rows++ : this.#random.below(this.#seen);
    if (slot >= this.capacity) return;
    this.#vectors.set(vector, slot * this.dimensions);
    this.#norms[slot] = norm;
  }

  /** Offers one random row of a document's `norms.length` rows; nothing of a document without any. */
  offerDocument(vectors: Float32Array, norms: Float32Array): void {
    if (norms.length === 0) return;
    const row = this.#random.below(norms.length);
    this.offer(vectors.subarray(row * this.dimensions, (row + 1) * this.dimensions), norms[row]!);
  }

  /** A copy of what is held. */
  sample(): EmbeddingSample {
    return {
      dimensions: this.dimensions,
      capacity: this.capacity,
      rows: this.#rows,
      seen: this.#seen,
      vectors: this.#vectors.slice(0, this.#rows * this.dimensions),
      norms: this.#norms.slice(0, this.#rows),
      randomState: this.#random.state,
    };
  }
}

/** A sample of rows that are there already: all of them, or `capacity` random ones. */
export function sampleOf(vectors: Float32Array, options: SamplerOptions & { norms?: Float32Array }): EmbeddingSample {
  const rows = vectors.length / options.dimensions;
  const sampler = new EmbeddingSampler({ ...options, capacity: options.capacity ?? rows });
  for (let row = 0; row < rows; row++) {
    const vector = vectors.subarray(row * options.dimensions, (row + 1) * options.dimensions);
    sampler.offer(vector, options.norms?.[row] ?? lengthOf(vector));
  }
  return sampler.sample();
}

/**
 * A sample of both streams together, of the smaller capacity. Each draw takes from a stream in proportion to how many of its
 * rows are left, as drawing from both streams themselves without replacement would. The samples have the same dimensions.
 */
export function mergeSamples(a: EmbeddingSample, b: EmbeddingSample): EmbeddingSample {
  const { dimensions } = a;
  const capacity = Math.min(a.capacity, b.capacity);
  const random = seededRandom(a.randomState ^ Math.imul(b.randomState, 0x9e3779b1));
  const sources = [a, b].map((sample) => ({
    sample,
    left: sample.seen,
    unused: Array.from({ length: sample.rows }, (_, row) => row),
  }));
  const [first, second] = sources as [(typeof sources)[0], (typeof sources)[0]];
  const rows = Math.min(capacity, a.seen + b.seen);
  const vectors = new Float32Array(rows * dimensions);
  const norms = new Float32Array(rows);
  for (let target = 0; target < rows; target++) {
    const source = random.below(first.left + second.left) < first.left ? first : second;
    source.left--;
    const place = random.below(source.unused.length);
    const row = source.unused[place]!;
    source.unused[place] = source.unused.at(-1)!;
    source.unused.pop();
    vectors.set(source.sample.vectors.subarray(row * dimensions, (row + 1) * dimensions), target * dimensions);
    norms[target] = source.sample.norms[row]!;
  }
  return { dimensions, capacity, rows, seen: a.seen + b.seen, vectors, norms, randomState: random.state };
}

function lengthOf(vector: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}
