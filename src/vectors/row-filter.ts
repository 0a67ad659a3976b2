// From a filter's row bitmap to the places that a search may look at: slots of vectors, positions of codes. Owns scratch space in
// the store's memory.

import type { Kernels } from "./kernels/kernels.js";
import { RowBitmap } from "./row-bitmap.js";
import { Scratch } from "./scratch.js";
import type { SharedMemory } from "./shared-memory.js";
import { slotsPerChunk } from "./vector-store.js";

const wordsPerChunk = slotsPerChunk / 32;

/** Chunks of 4096 places, each with its row number. */
export type Places = {
  /** Places of live rows. */
  readonly live: RowBitmap;
  readonly chunks: readonly number[];
  /** Byte address of the row numbers of a chunk's places. */
  rowNumbersOf(chunk: number): number;
};

export class RowFilter {
  readonly #kernels: Kernels;
  /** Words of a chunk's live places, then of those that the filter allows. */
  readonly #chunk: Scratch;
  readonly #filter: Scratch;

  constructor(memory: SharedMemory, kernels: Kernels) {
    this.#kernels = kernels;
    this.#chunk = new Scratch(memory);
    this.#filter = new Scratch(memory);
  }

  /** The live ones of `places` whose rows are in `rows`. */
  placesOf(rows: RowBitmap, places: Places): RowBitmap {
    const filterWords = Math.ceil(rows.rowLimit / 32);
    const filter = this.#filter.integers(filterWords);
    filter.set(rows.words.subarray(0, filterWords));
    const chunkWords = this.#chunk.integers(2 * wordsPerChunk);
    const live = chunkWords.byteOffset;
    const target = live + wordsPerChunk * 4;
    const allowed = new RowBitmap(places.chunks.length * slotsPerChunk);
    for (let chunk = 0; chunk < places.chunks.length; chunk++) {
      const first = chunk * wordsPerChunk;
      chunkWords.fill(0, 0, wordsPerChunk);
      chunkWords.set(places.live.words.subarray(first, first + wordsPerChunk));
      const numbers = places.rowNumbersOf(chunk);
      this.#kernels.allowedSlots(numbers, live, wordsPerChunk, filter.byteOffset, filterWords, target);
      allowed.words.set(chunkWords.subarray(wordsPerChunk), first);
    }
    return allowed;
  }
}
