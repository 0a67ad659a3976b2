// A fast random rotation: three rounds of seeded sign flips and Walsh-Hadamard transforms. It spreads what a vector says evenly
// over all dimensions, so that one bit of each is worth the same. Orthogonal: lengths and dot products stay as they are.
//
// Where the padded dimensions are no power of two, each round transforms the first and then the last 2^n of them, which
// overlap (as the RaBitQ library does, github.com/VectorDB-NTU/RaBitQ-Library).

import type { Kernels } from "./kernels/kernels.js";
import { allocate, type SharedMemory } from "./shared-memory.js";

const rounds = 3;
const seed = 0x5eed1bad;

export class Rotation {
  /** Dimensions of a rotated vector: the given ones, padded to a multiple of 64. */
  readonly paddedDimensions: number;
  readonly #kernels: Kernels;
  readonly #block: number;
  readonly #transforms: number;
  /** Address: for each transform the sign of every element of its block, times 1 / sqrt(block), which keeps lengths. */
  readonly #signs: number;

  /** Takes room for the signs from `memory`, for good. */
  constructor(dimensions: number, { memory, kernels }: { memory: SharedMemory; kernels: Kernels }) {
    this.paddedDimensions = paddedDimensions(dimensions);
    this.#kernels = kernels;
    this.#block = 2 ** Math.floor(Math.log2(this.paddedDimensions));
    this.#transforms = this.#block === this.paddedDimensions ? rounds : 2 * rounds;
    this.#signs = allocate(memory, this.#transforms * this.#block * 4);
    const scale = 1 / Math.sqrt(this.#block);
    const random = signsFrom(seed);
    const signs = new Float32Array(memory.buffer, this.#signs, this.#transforms * this.#block);
    for (let i = 0; i < signs.length; i++) signs[i] = random() * scale;
  }

  /** Rotates the vector at address `vector`, of the padded dimensions, in place. */
  apply(vector: number): void {
    const last = vector + (this.paddedDimensions - this.#block) * 4;
    for (let i = 0; i < this.#transforms; i++) {
      const start = i % 2 === 0 ? vector : last;
      this.#kernels.transform(start, this.#signs + i * this.#block * 4, this.#block);
    }
  }
}

export function paddedDimensions(dimensions: number): number {
  return Math.ceil(dimensions / 64) * 64;
}

// xorshift32 (Marsaglia 2003); its highest bit as a sign.
function signsFrom(seed: number): () => 1 | -1 {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state < 0 ? -1 : 1;
  };
}
