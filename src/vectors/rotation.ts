// A fast random rotation: three rounds of seeded sign flips and Walsh-Hadamard transforms. It spreads what a vector says evenly
// over all dimensions, so that one bit of each is worth the same. Orthogonal: lengths and dot products stay as they are.
//
// Where the padded dimensions are no power of two, each round transforms the first and then the last 2^n of them, which
// overlap (as the RaBitQ library does, github.com/VectorDB-NTU/RaBitQ-Library).

const rounds = 3;
const seed = 0x5eed1bad;

export class Rotation {
  /** Dimensions of a rotated vector: the given ones, padded to a multiple of 64. */
  readonly paddedDimensions: number;
  readonly #block: number;
  /** For each transform the sign of every element of its block, times 1 / sqrt(block), which keeps lengths. */
  readonly #signs: Float32Array[] = [];

  constructor(dimensions: number) {
    this.paddedDimensions = paddedDimensions(dimensions);
    this.#block = 2 ** Math.floor(Math.log2(this.paddedDimensions));
    const scale = 1 / Math.sqrt(this.#block);
    const random = signsFrom(seed);
    const transforms = this.#block === this.paddedDimensions ? rounds : 2 * rounds;
    for (let i = 0; i < transforms; i++) {
      this.#signs.push(Float32Array.from({ length: this.#block }, () => random() * scale));
    }
  }

  /** Rotates `vector`, of the padded dimensions, in place. */
  apply(vector: Float32Array): void {
    const last = vector.subarray(this.paddedDimensions - this.#block);
    const first = vector.subarray(0, this.#block);
    const whole = this.#block === this.paddedDimensions;
    this.#signs.forEach((signs, i) => {
      transform(whole || i % 2 === 0 ? first : last, signs);
    });
  }
}

export function paddedDimensions(dimensions: number): number {
  return Math.ceil(dimensions / 64) * 64;
}

// v <- H (signs * v), H the Walsh-Hadamard matrix in its natural order: log2(n) passes of n / 2 butterflies, of which the first
// two are taken together.
function transform(vector: Float32Array, signs: Float32Array): void {
  const { fround } = Math;
  const size = vector.length;
  for (let i = 0; i < size; i += 4) {
    const a = fround(vector[i]! * signs[i]!);
    const b = fround(vector[i + 1]! * signs[i + 1]!);
    const c = fround(vector[i + 2]! * signs[i + 2]!);
    const d = fround(vector[i + 3]! * signs[i + 3]!);
    const ab = fround(a + b);
    const cd = fround(c + d);
    const amb = fround(a - b);
    const cmd = fround(c - d);
    vector[i] = ab + cd;
    vector[i + 1] = amb + cmd;
    vector[i + 2] = ab - cd;
    vector[i + 3] = amb - cmd;
  }
  for (let half = 4; half < size; half *= 2) {
    for (let start = 0; start < size; start += 2 * half) {
      for (let i = start, j = start + half; i < start + half; i++, j++) {
        const a = vector[i]!;
        const b = vector[j]!;
        vector[i] = a + b;
        vector[j] = a - b;
      }
    }
  }
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
