// The prefilter's scan: the slots whose codes promise most, for rescoring by their float vectors. One object a thread; it owns
// scratch space in the store's memory.

import type { CodeStore } from "./code-store.js";
import type { Kernels } from "./kernels/kernels.js";
import type { RowBitmap } from "./row-bitmap.js";
import { allocate } from "./shared-memory.js";
import { slotsPerChunk, type VectorStore } from "./vector-store.js";

const wordsPerChunk = slotsPerChunk / 32;
const spillBytes = 128;

export class CodeSearch {
  readonly #store: VectorStore;
  readonly #kernels: Kernels;
  readonly #spill: number;
  readonly #mask: number;
  readonly #tables: number;
  readonly #heap = { address: 0, capacity: 0 };

  constructor(store: VectorStore, kernels: Kernels) {
    this.#store = store;
    this.#kernels = kernels;
    const maskBytes = wordsPerChunk * 4;
    const tableBytes = Math.ceil(store.dimensions / 64) * 64 * 4;
    this.#spill = allocate(store.memory, spillBytes + maskBytes + tableBytes);
    this.#mask = this.#spill + spillBytes;
    this.#tables = this.#mask + maskBytes;
  }

  /** The `count` best of `slots`, which `codes` must cover, best first. */
  best(codes: CodeStore, query: Float32Array, slots: RowBitmap, count: number): Uint32Array {
    const { tables, scale, shift } = codes.quantizer.tablesOf(query);
    const { address, capacity } = this.#fit(count);
    const { buffer } = this.#store.memory;
    new Uint8Array(buffer, this.#tables, tables.length).set(tables);
    const mask = new Uint32Array(buffer, this.#mask, wordsPerChunk);
    let size = 0;
    codes.chunks.forEach((chunk, number) => {
      const first = number * wordsPerChunk;
      mask.fill(0).set(slots.words.subarray(first, first + wordsPerChunk));
      size = this.#kernels.codeTopM(
        chunk,
        codes.quantizer.codeBytes,
        this.#tables,
        scale,
        shift,
        this.#mask,
        wordsPerChunk,
        number * slotsPerChunk,
        this.#spill,
        address,
        address + capacity * 4,
        size,
        count,
      );
    });
    this.#kernels.sortTopK(address, address + capacity * 4, size);
    return new Uint32Array(buffer, address + capacity * 4, size).slice();
  }

  #fit(entries: number): { address: number; capacity: number } {
    if (this.#heap.capacity < entries) {
      this.#heap.capacity = Math.max(8192, 2 ** Math.ceil(Math.log2(entries)));
      this.#heap.address = allocate(this.#store.memory, this.#heap.capacity * 8);
    }
    return this.#heap;
  }
}
