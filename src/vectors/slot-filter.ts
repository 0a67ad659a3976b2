// From a filter's row bitmap to the slots that a search may look at. Owns scratch space in the store's memory.

import type { Kernels } from "./kernels/kernels.js";
import { RowBitmap } from "./row-bitmap.js";
import { allocate } from "./shared-memory.js";
import { slotsPerChunk, type VectorStore } from "./vector-store.js";

const wordsPerChunk = slotsPerChunk / 32;

export class SlotFilter {
  readonly #store: VectorStore;
  readonly #kernels: Kernels;
  /** Words of a chunk's live slots, then of those that the filter allows. */
  readonly #chunk: number;
  readonly #filter = { address: 0, words: 0 };

  constructor(store: VectorStore, kernels: Kernels) {
    this.#store = store;
    this.#kernels = kernels;
    this.#chunk = allocate(store.memory, wordsPerChunk * 8);
  }

  /** The live slots whose rows are in `rows`. */
  slotsOf(rows: RowBitmap): RowBitmap {
    const store = this.#store;
    const filterWords = Math.ceil(rows.rowLimit / 32);
    const filter = this.#fit(filterWords);
    const integers = new Uint32Array(store.memory.buffer);
    integers.set(rows.words.subarray(0, filterWords), filter / 4);
    const allowed = new RowBitmap(store.chunks.length * slotsPerChunk);
    const live = this.#chunk / 4;
    for (let chunk = 0; chunk < store.chunks.length; chunk++) {
      const first = chunk * wordsPerChunk;
      const words = store.live.words.subarray(first, first + wordsPerChunk);
      integers.fill(0, live, live + wordsPerChunk);
      integers.set(words, live);
      const target = this.#chunk + wordsPerChunk * 4;
      this.#kernels.allowedSlots(store.rowNumbersOf(chunk), this.#chunk, wordsPerChunk, filter, filterWords, target);
      allowed.words.set(integers.subarray(target / 4, target / 4 + wordsPerChunk), first);
    }
    return allowed;
  }

  #fit(words: number): number {
    if (this.#filter.words < words) {
      this.#filter.words = Math.max(2 * this.#filter.words, words, 16384);
      this.#filter.address = allocate(this.#store.memory, this.#filter.words * 4);
    }
    return this.#filter.address;
  }
}
