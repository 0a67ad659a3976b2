// One bit a dimension: turns vectors into codes and queries into look-up tables, so that a scan of the codes ranks rows nearly as
// the float vectors do. RaBitQ: Gao & Long, "RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound
// for Approximate Nearest Neighbor Search", SIGMOD 2024. Which form serves an index best is measured (code-upkeep.ts).
//
// A vector v with centroid c and rotation P is kept as the signs s of its rotated rest, and two numbers:
//   r = P (v - c)      s_i = +1 where r_i > 0, else -1      factor = |r|^2 / |r|_1      offset = <v - c, c>
// For a query q with rest p = P (q - c):
//   <v, q> = <v - c, q - c> + <v - c, c> + <c, q>,   <v - c, q - c> = <r, p> ~ factor * <s, p>       (unbiased, theorem 3.2)
// and <c, q> is the same for all rows, so it is left out:
//   score = factor * <s, p> + offset
// The query goes in 4 bits a dimension, symmetric about zero, with the step that loses least on a normal
// distribution (0.335 standard deviations; Max, "Quantizing for minimum distortion", 1960):
//   p_i ~ step * (u_i - 7.5),  u_i in 0..15
//   <s, p> ~ step * (sum_i (s_i > 0 ? u_i : 15 - u_i) - 7.5 * D)
// The sum needs no multiplication: a table holds its part for each of the 16 values of each four bits of a code.

import { paddedDimensions, Rotation } from "./rotation.js";

/**
 * - "sign": signs of the vector as it is; factor 1, offset 0.
 * - "centred": signs about the centroid, with factor and offset.
 * - "rabitq": as "centred", rotated.
 */
export type CodeForm = "sign" | "centred" | "rabitq";
export const codeForms: readonly CodeForm[] = ["sign", "centred", "rabitq"];

/** What a scan needs of a query: `tables` for each four bits of a code, and score = factor * (scale * sum + shift) + offset. */
export type QueryTables = { tables: Uint8Array; scale: number; shift: number };

const queryLevels = 16;
const normalStep = 0.335;

export class Quantizer {
  readonly form: CodeForm;
  /** Dimension i of a vector is bit i % 8 of byte floor(i / 8) of its code. */
  readonly codeBytes: number;
  /** Of the vector encoded last. */
  factor = 1;
  offset = 0;
  readonly #centroid: Float32Array;
  readonly #rotation: Rotation | undefined;
  readonly #rest: Float32Array;

  /** `centroid`: the mean of the vectors, roughly; the "sign" form takes none. */
  constructor(form: CodeForm, dimensions: number, centroid: Float32Array) {
    this.form = form;
    this.#rest = new Float32Array(paddedDimensions(dimensions));
    this.codeBytes = this.#rest.length / 8;
    this.#centroid = form === "sign" ? new Float32Array(dimensions) : centroid;
    this.#rotation = form === "rabitq" ? new Rotation(dimensions) : undefined;
  }

  /** Writes the code of `vector` to `code`, and leaves its factor and offset here. */
  encode(vector: Float32Array, code: Uint8Array): void {
    const rest = this.#restOf(vector);
    const plain = this.form === "sign";
    let sumOfSquares = 0;
    let sumOfSizes = 0;
    for (let byte = 0; byte < this.codeBytes; byte++) {
      let bits = 0;
      for (let bit = 0; bit < 8; bit++) {
        const value = rest[byte * 8 + bit]!;
        if (value > 0) bits |= 1 << bit;
        sumOfSquares += value * value;
        sumOfSizes += Math.abs(value);
      }
      code[byte] = bits;
    }
    if (plain) return;
    // A vector on the centroid has no direction left: its score is its offset.
    this.factor = sumOfSizes === 0 ? 0 : sumOfSquares / sumOfSizes;
    this.offset = 0;
    for (let i = 0; i < vector.length; i++) this.offset += (vector[i]! - this.#centroid[i]!) * this.#centroid[i]!;
  }

  tablesOf(query: Float32Array): QueryTables {
    const rest = this.#restOf(query);
    let squares = 0;
    for (const value of rest) squares += value * value;
    const step = normalStep * Math.sqrt(squares / rest.length);
    const levels = new Uint8Array(rest.length).fill(queryLevels / 2);
    let agreement = 0;
    for (let i = 0; i < rest.length; i++) {
      if (step > 0) levels[i] = Math.max(0, Math.min(queryLevels - 1, Math.floor(rest[i]! / step) + queryLevels / 2));
      agreement += rest[i]! * (levels[i]! - 7.5);
    }
    // The step at which the quantised query has the right dot product with the query itself: long values were cut.
    const scale = agreement > 0 ? squares / agreement : 0;
    return { tables: tablesOf(levels), scale, shift: -7.5 * rest.length * scale };
  }

  #restOf(vector: Float32Array): Float32Array {
    this.#rest.fill(0);
    for (let i = 0; i < vector.length; i++) this.#rest[i] = vector[i]! - this.#centroid[i]!;
    this.#rotation?.apply(this.#rest);
    return this.#rest;
  }
}

// Table t, 16 bytes, serves bits 4 t to 4 t + 3: entry n is the sum over them of bit set in n ? u : 15 - u. At most 60.
function tablesOf(levels: Uint8Array): Uint8Array {
  const tables = new Uint8Array(levels.length * 4);
  for (let first = 0; first < levels.length; first += 4) {
    for (let nibble = 0; nibble < 16; nibble++) {
      let sum = 0;
      for (let bit = 0; bit < 4; bit++) {
        const level = levels[first + bit]!;
        sum += (nibble >>> bit) & 1 ? level : queryLevels - 1 - level;
      }
      tables[first * 4 + nibble] = sum;
    }
  }
  return tables;
}
