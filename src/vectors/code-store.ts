// The codes of the store's slots, in the same shared memory: one chunk of codes for each chunk of vectors, in blocks of 32 slots
// as kernels/assembly/codes.ts draws them. Codes are made from the vectors whenever they are wanted and never written to a file.

import type { Quantizer } from "./quantizer.js";
import { RowBitmap } from "./row-bitmap.js";
import { allocate } from "./shared-memory.js";
import { slotsPerChunk, type VectorStore } from "./vector-store.js";

/** Factors and offsets of 32 slots. */
const factorBytes = 256;

export class CodeStore {
  readonly quantizer: Quantizer;
  /** Slots whose code is that of the vector they hold. */
  readonly covered = new RowBitmap();
  readonly blockBytes: number;
  readonly #store: VectorStore;
  readonly #chunks: number[];
  readonly #vector: Float32Array;
  readonly #code: Uint8Array;
  #bytes: Uint8Array;
  #floats: Float32Array;

  /** Takes over `chunks`, the addresses of an earlier store of codes of the same size, which must not be used any more. */
  constructor(store: VectorStore, quantizer: Quantizer, chunks: number[] = []) {
    this.#store = store;
    this.quantizer = quantizer;
    this.#chunks = chunks;
    this.blockBytes = quantizer.codeBytes * 32 + factorBytes;
    this.#vector = new Float32Array(store.dimensions);
    this.#code = new Uint8Array(quantizer.codeBytes);
    this.#bytes = new Uint8Array(store.memory.buffer);
    this.#floats = new Float32Array(store.memory.buffer);
  }

  /** Memory of the codes. */
  get bytes(): number {
    return this.#chunks.length * this.#chunkBytes;
  }

  /** Addresses of the chunks of codes, as many as have been needed. */
  get chunks(): number[] {
    return this.#chunks;
  }

  /** Makes the code of the vector in `slot`. Throws INVALID_INPUT where the memory is full. */
  encode(slot: number): void {
    const chunk = Math.floor(slot / slotsPerChunk);
    while (this.#chunks.length <= chunk) this.#chunks.push(allocate(this.#store.memory, this.#chunkBytes));
    if (this.#bytes.buffer !== this.#store.memory.buffer) {
      this.#bytes = new Uint8Array(this.#store.memory.buffer);
      this.#floats = new Float32Array(this.#store.memory.buffer);
    }
    this.#store.read(slot, this.#vector, 0);
    this.quantizer.encode(this.#vector, this.#code);
    const block = this.#chunks[chunk]! + Math.floor((slot % slotsPerChunk) / 32) * this.blockBytes;
    const row = slot % 32;
    for (let i = 0; i < this.#code.length; i++) this.#bytes[block + i * 32 + row] = this.#code[i]!;
    const factors = (block + this.#code.length * 32) / 4 + row;
    this.#floats[factors] = this.quantizer.factor;
    this.#floats[factors + 32] = this.quantizer.offset;
    this.covered.add(slot);
  }

  get #chunkBytes(): number {
    return (slotsPerChunk / 32) * this.blockBytes;
  }
}
