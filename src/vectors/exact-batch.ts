// Exact scans for many queries at once, in slices: each chunk of vectors is brought near once and scored against all queries, where one
// query after the other would read everything as often as there are queries. Owns scratch space in the store's memory.

import type { Found } from "./exact.js";
import type { Kernels } from "./kernels/kernels.js";
import type { RowBitmap } from "./row-bitmap.js";
import { Scratch } from "./scratch.js";
import { type Heap, VectorScorer } from "./vector-scorer.js";
import { slotsPerChunk, type VectorStore } from "./vector-store.js";

const wordsPerChunk = slotsPerChunk / 32;
/** About 2 ms at 512 dimensions. */
const scansPerSlice = 8;
/** 512 vectors from disk: under a millisecond. */
const broughtWords = 16;

export class ExactBatch {
  readonly #store: VectorStore;
  readonly #kernels: Kernels;
  readonly #scorer: VectorScorer;
  readonly #mask: Scratch;
  readonly #heaps: Scratch;

  constructor(store: VectorStore, kernels: Kernels) {
    this.#store = store;
    this.#kernels = kernels;
    this.#scorer = new VectorScorer(store, kernels);
    this.#mask = new Scratch(store.memory);
    this.#heaps = new Scratch(store.memory);
  }

  /**
   * The `k` best of `slots` for each of `queries`. What `slots` returns is asked for anew for each chunk: rows that change meanwhile are
   * seen in some chunks and not in others. Throws INDEX_DAMAGED.
   */
  *search(queries: readonly Float32Array[], k: number, slots: () => RowBitmap): Generator<void, Found[]> {
    const start = this.#heaps.fit(queries.length * k * 8);
    const heaps = queries.map((_, i): Heap => {
      return { scores: start + i * k * 8, rows: start + i * k * 8 + k * 4, size: 0, k };
    });
    for (let chunk = 0; chunk < this.#store.chunks.length; chunk++) {
      if (this.#store.onDisk) yield* this.#bring(chunk, slots);
      for (const [i, query] of queries.entries()) {
        if (i > 0 && i % scansPerSlice === 0) yield;
        const mask = this.#maskOf(chunk, slots(), 0, wordsPerChunk);
        if (mask === undefined) continue;
        this.#scorer.prepare(query);
        this.#scorer.scan(chunk, mask, wordsPerChunk, heaps[i]!);
      }
      yield;
    }
    return heaps.map((heap) => this.#take(heap));
  }

  *#bring(chunk: number, slots: () => RowBitmap): Generator<void> {
    for (let from = 0; from < wordsPerChunk; from += broughtWords) {
      const mask = this.#maskOf(chunk, slots(), from, from + broughtWords);
      if (mask === undefined) continue;
      this.#scorer.bring(chunk, mask, wordsPerChunk);
      yield;
    }
  }

  /** The address of a chunk's words of `slots`, 0 but for those from `from` to `to`; undefined where there are none. */
  #maskOf(chunk: number, { words }: RowBitmap, from: number, to: number): number | undefined {
    const mask = this.#mask.integers(wordsPerChunk).fill(0);
    let any = 0;
    for (let word = from; word < to; word++) {
      mask[word] = words[chunk * wordsPerChunk + word] ?? 0;
      any |= mask[word]!;
    }
    return any === 0 ? undefined : mask.byteOffset;
  }

  #take({ scores, rows, size }: Heap): Found {
    this.#kernels.sortTopK(scores, rows, size);
    const { buffer } = this.#store.memory;
    return {
      scores: new Float32Array(buffer, scores, size).slice(),
      rows: new Uint32Array(buffer, rows, size).slice(),
    };
  }
}
