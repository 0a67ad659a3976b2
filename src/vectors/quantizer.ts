// One bit a dimension: turns vectors into codes and queries into look-up tables, so that a scan of the codes ranks rows nearly as
// the float vectors do. RaBitQ: Gao & Long, "RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound
// for Approximate Nearest Neighbor Search", SIGMOD 2024. Which form serves an index best is measured (code-upkeep.ts).
//
// A vector v with centroid c and rotation P is kept as the signs s of its rotated rest, and two numbers:
//   r = P (v - c)      s_i = +1 where r_i > 0, else -1      factor = |r|^2 / |r|_1      offset = <v - c, c>
// For a query q with rest p = P (q - c), as P keeps dot products:
//   <v, q> = <v - c, q - c> + <v - c, c> + <c, q>,   <v - c, q - c> = <r, p> ~ factor * <s, p>       (unbiased, theorem 3.2)
// and <c, q> is the same for all rows, so it is left out:
//   score = factor * <s, p> + offset
//
// The query goes in 4 bits a dimension, symmetric about zero, with the step that loses least on a normal
// distribution (0.335 standard deviations; Max, "Quantizing for minimum distortion", 1960):
//   p_i ~ step * (u_i - 7.5),  u_i = clamp(floor(p_i / step) + 8, 0, 15)
//   <s, p> ~ step * (sum_i (s_i > 0 ? u_i : 15 - u_i) - 7.5 * D)
// The sum needs no multiplication: a table holds its part for each of the 16 values of each four bits of a code.

import type { Kernels } from "./kernels/kernels.js";
import { paddedDimensions, Rotation } from "./rotation.js";
import { allocate, type SharedMemory } from "./shared-memory.js";

/**
 * - "sign": signs of the vector as it is; factor 1, offset 0.
 * - "centred": signs about the centroid, with factor and offset.
 * - "rabitq": as "centred", rotated.
 */
export type CodeForm = "sign" | "centred" | "rabitq";
export const codeForms: readonly CodeForm[] = ["sign", "centred", "rabitq"];

/** With the tables, what a scan needs of a query: score = factor * (scale * sum + shift) + offset. */
export type QueryTables = { scale: number; shift: number };

/** A vector of the given dimensions, or its address in the memory, where zeros fill it up to a multiple of 16 floats. */
export type VectorPlace = Float32Array | number;

const normalStep = 0.335;

export class Quantizer {
  readonly form: CodeForm;
  /** Dimension i of a vector is bit i % 8 of byte floor(i / 8) of its code. */
  readonly codeBytes: number;
  /** Of the vector encoded last. */
  factor = 1;
  offset = 0;
  readonly #kernels: Kernels;
  readonly #rotation: Rotation | undefined;
  /** Floats of a vector, and of its rest. */
  readonly #stride: number;
  readonly #padded: number;
  /** Scratch: the centroid; a vector that is given as an array; the rest, and its two sums. */
  readonly #address: { centroid: number; vector: number; rest: number; sums: number };
  readonly #vector: Float32Array;
  readonly #sums: Float32Array;

  /**
   * `centroid`: the mean of the vectors, roughly; the "sign" form takes none. `memory`, which `kernels` work on: some pages of it
   * are taken for good, 64 KiB of 512 dimensions and twice as much in the "rabitq" form.
   */
  constructor(
    form: CodeForm,
    dimensions: number,
    centroid: Float32Array,
    { memory, kernels }: { memory: SharedMemory; kernels: Kernels },
  ) {
    this.form = form;
    this.#kernels = kernels;
    this.#stride = Math.ceil(dimensions / 16) * 16;
    this.#padded = paddedDimensions(dimensions);
    this.codeBytes = this.#padded / 8;
    const strideBytes = this.#stride * 4;
    const start = allocate(memory, 2 * strideBytes + this.#padded * 4 + 8);
    const rest = start + 2 * strideBytes;
    this.#address = {
      centroid: start,
      vector: start + strideBytes,
      rest,
      sums: rest + this.#padded * 4,
    };
    // These stay valid when the memory grows: it grows in place.
    this.#vector = new Float32Array(memory.buffer, this.#address.vector, dimensions);
    this.#sums = new Float32Array(memory.buffer, this.#address.sums, 2);
    if (form !== "sign") new Float32Array(memory.buffer, start, dimensions).set(centroid);
    this.#rotation = form === "rabitq" ? new Rotation(dimensions, { memory, kernels }) : undefined;
  }

  /** Writes the code of `vector` to address `code`, its bytes `step` apart, and leaves its factor and offset here. */
  encode(vector: VectorPlace, code: number, step = 1): void {
    const { centroid, rest, sums } = this.#address;
    this.#kernels.subtract(this.#placed(vector), centroid, this.#stride, rest, this.#padded);
    if (this.form !== "sign") this.offset = this.#kernels.dot(rest, centroid, this.#stride * 4);
    this.#rotation?.apply(rest);
    this.#kernels.encodeSigns(rest, this.#padded, code, step, sums);
    if (this.form === "sign") return;
    // A vector on the centroid has no direction left: its score is its offset.
    this.factor = this.#sums[1]! === 0 ? 0 : this.#sums[0]! / this.#sums[1]!;
  }

  /** Writes the tables of `query`, 32 bytes for each byte of a code, to address `tables`. */
  tablesOf(query: VectorPlace, tables: number): QueryTables {
    const { centroid, rest } = this.#address;
    this.#kernels.subtract(this.#placed(query), centroid, this.#stride, rest, this.#padded);
    this.#rotation?.apply(rest);
    const squares = this.#kernels.dot(rest, rest, this.#padded * 4);
    const step = normalStep * Math.sqrt(squares / this.#padded);
    // On the centroid there is nothing to tell: every step gives level 8.
    const agreement = this.#kernels.queryTables(rest, this.#padded, step > 0 ? step : 1, tables);
    // The step at which the quantised query has the right dot product with the query itself: long values were cut.
    const scale = agreement > 0 ? squares / agreement : 0;
    return { scale, shift: -7.5 * this.#padded * scale };
  }

  /** The address of a vector; one given as an array is copied first. */
  #placed(vector: VectorPlace): number {
    if (typeof vector === "number") return vector;
    this.#vector.set(vector);
    return this.#address.vector;
  }
}
