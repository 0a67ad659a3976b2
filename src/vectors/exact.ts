// The exact scan, and the rescoring that every other way of searching ends in: both feed one list of the k best. One object
// a thread; it owns scratch space in the store's memory.
//
//   begin(query, k)   then any of   scan(slots), offer(slots)   then   take()

import type { Kernels } from "./kernels/kernels.js";
import type { RowBitmap } from "./row-bitmap.js";
import { allocate } from "./shared-memory.js";
import { type Heap, VectorScorer } from "./vector-scorer.js";
import { slotsPerChunk, type VectorStore } from "./vector-store.js";

/** Rows with their scores, highest score first, at equal scores the lower row first. */
export type Found = { rows: Uint32Array; scores: Float32Array };

const wordsPerChunk = slotsPerChunk / 32;

export class ExactSearch {
  readonly #store: VectorStore;
  readonly #kernels: Kernels;
  readonly #scorer: VectorScorer;
  readonly #mask: number;
  readonly #heap: Heap = { scores: 0, rows: 0, size: 0, k: 0 };
  #capacity = 0;

  constructor(store: VectorStore, kernels: Kernels) {
    this.#store = store;
    this.#kernels = kernels;
    this.#scorer = new VectorScorer(store, kernels);
    this.#mask = allocate(store.memory, wordsPerChunk * 4);
  }

  /** Starts a search for the `k` (at least 1) best rows. */
  begin(query: Float32Array, k: number): void {
    if (this.#capacity < k) {
      // Grows by doubling; what it leaves behind is at most what it holds.
      this.#capacity = Math.max(8192, 2 ** Math.ceil(Math.log2(k)));
      this.#heap.scores = allocate(this.#store.memory, this.#capacity * 8);
      this.#heap.rows = this.#heap.scores + this.#capacity * 4;
    }
    this.#heap.k = k;
    this.#heap.size = 0;
    this.#scorer.prepare(query);
  }

  /** Scores the slots in `slots` (live ones), without those of `except`, in the chunks of `range` or in all. */
  scan(slots: RowBitmap, except?: RowBitmap, range: { from: number; to: number } = { from: 0, to: Infinity }): void {
    const mask = new Uint32Array(this.#store.memory.buffer, this.#mask, wordsPerChunk);
    const end = Math.min(range.to, this.#store.chunks.length);
    for (let chunk = range.from; chunk < end; chunk++) {
      let any = 0;
      for (let i = 0; i < wordsPerChunk; i++) {
        const word = chunk * wordsPerChunk + i;
        mask[i] = (slots.words[word] ?? 0) & ~(except?.words[word] ?? 0);
        any |= mask[i]!;
      }
      if (any !== 0) this.#scorer.scan(chunk, this.#mask, wordsPerChunk, this.#heap);
    }
  }

  /** Scores the given slots, which must be live and not have been offered yet. */
  offer(slots: ArrayLike<number>): void {
    if (slots.length > 0) this.#scorer.offer(slots, this.#heap);
  }

  take(): Found {
    const { scores, rows, size } = this.#heap;
    this.#kernels.sortTopK(scores, rows, size);
    const { buffer } = this.#store.memory;
    return {
      scores: new Float32Array(buffer, scores, size).slice(),
      rows: new Uint32Array(buffer, rows, size).slice(),
    };
  }
}
