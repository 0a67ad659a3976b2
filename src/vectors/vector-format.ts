// How one vector lies in memory: three stored formats, each with its writer and its reader.
//
//   float32   elements as they come
//   float16   IEEE 754 half precision, rounded to nearest, ties to even
//   int8      b_i = round(127 v_i / max |v|), and one scale for the vector:   v ~ scale * b,  scale = 1 / |b|
//
// The scale of int8 gives the stored vector unit length, so that its dot product with a unit query is their cosine. Against max |v| / 127,
// the other natural choice, it lowered the error of the ten best cosines by a tenth at 512 dimensions and by a sixth at 128.

import type { SharedMemory } from "./shared-memory.js";

export type VectorFormat = "float32" | "float16" | "int8";
/** BAKED IN: files name a format by its place here. */
export const vectorFormats: readonly VectorFormat[] = ["float32", "float16", "int8"];

/** Writes and reads vectors of one format. Its arrays are views of the memory, to be made anew when that has grown. */
export type VectorCodec = {
  /** Writes a unit vector to byte address `address`. Returns its scale, 1 where the format has none. */
  write(address: number, vector: Float32Array): number;
  /** Reads `target.length` elements. */
  read(address: number, scale: number, target: Float32Array): void;
};

export function elementBytesOf(format: VectorFormat): 1 | 2 | 4 {
  switch (format) {
    case "float32":
      return 4;
    case "float16":
      return 2;
    case "int8":
      return 1;
    default:
      return format satisfies never;
  }
}

export function codecOf(format: VectorFormat, memory: SharedMemory): VectorCodec {
  switch (format) {
    case "float32":
      return new Float32Codec(memory);
    case "float16":
      return new Float16Codec(memory);
    case "int8":
      return new Int8Codec(memory);
    default:
      return format satisfies never;
  }
}

class Float32Codec implements VectorCodec {
  readonly #floats: Float32Array;

  constructor(memory: SharedMemory) {
    this.#floats = new Float32Array(memory.buffer);
  }

  write(address: number, vector: Float32Array): number {
    this.#floats.set(vector, address / 4);
    return 1;
  }

  read(address: number, _scale: number, target: Float32Array): void {
    target.set(this.#floats.subarray(address / 4, address / 4 + target.length));
  }
}

class Float16Codec implements VectorCodec {
  readonly #halves: Uint16Array;
  readonly #one = new Float32Array(1);
  readonly #oneBits = new Uint32Array(this.#one.buffer);

  constructor(memory: SharedMemory) {
    this.#halves = new Uint16Array(memory.buffer);
  }

  write(address: number, vector: Float32Array): number {
    const start = address / 2;
    for (let i = 0; i < vector.length; i++) {
      this.#one[0] = vector[i]!;
      this.#halves[start + i] = halfOf(this.#oneBits[0]!);
    }
    return 1;
  }

  read(address: number, _scale: number, target: Float32Array): void {
    const start = address / 2;
    for (let i = 0; i < target.length; i++) {
      const half = this.#halves[start + i]!;
      // Sign, then exponent and fraction where a float has them; the exponent's bias is 15 instead of 127.
      this.#oneBits[0] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
      target[i] = this.#one[0]! * 2 ** 112;
    }
  }
}

/** The half nearest to the float with these bits, whose size is below 65520. */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  // The smallest normal half is 2^-14, float exponent 113. 13 bits of the fraction go; half of the last one kept, less one where
  // that is even, is added first: it carries up to the exponent where it has to.
  if (size >= 113 << 23) return sign | ((size - (112 << 23) + 0xfff + ((size >>> 13) & 1)) >>> 13);
  // Below, halves are multiples of 2^-24. The exponent says how far the fraction, with its leading one, is shifted to count them.
  const exponent = size >>> 23;
  const shift = 126 - exponent;
  if (shift > 24) return sign;
  const fraction = (size & 0x7fffff) | 0x800000;
  const rest = fraction & ((1 << shift) - 1);
  const whole = fraction >>> shift;
  const tie = 1 << (shift - 1);
  return sign | (whole + (rest > tie || (rest === tie && whole & 1) ? 1 : 0));
}

class Int8Codec implements VectorCodec {
  readonly #bytes: Int8Array;

  constructor(memory: SharedMemory) {
    this.#bytes = new Int8Array(memory.buffer);
  }

  write(address: number, vector: Float32Array): number {
    // Indexes and a truncating conversion: with an iterator and Math.round this took five times as long.
    let largest = 0;
    for (let i = 0; i < vector.length; i++) {
      const size = Math.abs(vector[i]!);
      if (size > largest) largest = size;
    }
    const step = 127 / largest;
    let squares = 0;
    for (let i = 0; i < vector.length; i++) {
      const byte = ((vector[i]! * step + 128.5) | 0) - 128;
      this.#bytes[address + i] = byte;
      squares += byte * byte;
    }
    return 1 / Math.sqrt(squares);
  }

  read(address: number, scale: number, target: Float32Array): void {
    for (let i = 0; i < target.length; i++) target[i] = this.#bytes[address + i]! * scale;
  }
}
