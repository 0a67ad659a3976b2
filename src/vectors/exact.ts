// The exact scan, and the rescoring that every other way of searching ends in: both feed one list of the k best. One object
// a thread; it owns scratch space in the store's memory.
//
//   begin(query, k)   then any of   scan(slots), offer(slots)   then   take()

import type { Kernels } from "./kernels/kernels.js";
import type { RowBitmap } from "./row-bitmap.js";
import { allocate } from "./shared-memory.js";
import { slotsPerChunk, type VectorStore } from "./vector-store.js";

/** Rows with their scores, highest score first, at equal scores the lower row first. */
export type Found = { rows: Uint32Array; scores: Float32Array };

const wordsPerChunk = slotsPerChunk / 32;

/** Grows by doubling; what it leaves behind is at most what it holds. */
type Scratch = { address: number; capacity: number };

export class ExactSearch {
  readonly #store: VectorStore;
  readonly #kernels: Kernels;
  readonly #query: number;
  readonly #mask: number;
  readonly #heap: Scratch = { address: 0, capacity: 0 };
  readonly #candidates: Scratch = { address: 0, capacity: 0 };
  #k = 0;
  #size = 0;

  constructor(store: VectorStore, kernels: Kernels) {
    this.#store = store;
    this.#kernels = kernels;
    this.#query = allocate(store.memory, store.stride * 4 + wordsPerChunk * 4);
    this.#mask = this.#query + store.stride * 4;
  }

  /** Starts a search for the `k` (at least 1) best rows. */
  begin(query: Float32Array, k: number): void {
    this.#fit(this.#heap, k);
    this.#k = k;
    this.#size = 0;
    new Float32Array(this.#store.memory.buffer, this.#query, query.length).set(query);
  }

  /**
   * Scores the slots in `slots` (live ones), without those of `except`, in the chunks of `range` or in all. Reads each vector
   * once; memory is the bound.
   */
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
      if (any === 0) continue;
      this.#size = this.#kernels.dotTopK(
        this.#store.chunks[chunk]!,
        this.#store.stride * 4,
        this.#store.rowNumbersOf(chunk),
        this.#query,
        this.#mask,
        wordsPerChunk,
        this.#heap.address,
        this.#heap.address + this.#heap.capacity * 4,
        this.#size,
        this.#k,
      );
    }
  }

  /** Scores the given slots, which must be live and not have been offered yet. */
  offer(slots: ArrayLike<number>): void {
    if (slots.length === 0) return;
    const { address, capacity } = this.#fit(this.#candidates, slots.length);
    const rows = address + capacity * 4;
    const scratch = new Uint32Array(this.#store.memory.buffer);
    for (let i = 0; i < slots.length; i++) {
      scratch[address / 4 + i] = this.#store.addressOf(slots[i]!);
      // Not rowOf(): it looks at the memory's buffer each time, which costs more than the look-up.
      const numbers = this.#store.rowNumbersOf(Math.floor(slots[i]! / slotsPerChunk));
      scratch[rows / 4 + i] = scratch[numbers / 4 + (slots[i]! % slotsPerChunk)]!;
    }
    this.#size = this.#kernels.dotTopKOf(
      address,
      rows,
      slots.length,
      this.#store.stride * 4,
      this.#query,
      this.#heap.address,
      this.#heap.address + this.#heap.capacity * 4,
      this.#size,
      this.#k,
    );
  }

  take(): Found {
    const { address, capacity } = this.#heap;
    this.#kernels.sortTopK(address, address + capacity * 4, this.#size);
    const { buffer } = this.#store.memory;
    return {
      scores: new Float32Array(buffer, address, this.#size).slice(),
      rows: new Uint32Array(buffer, address + capacity * 4, this.#size).slice(),
    };
  }

  /** Makes room for `entries` pairs of 4-byte values. */
  #fit(scratch: Scratch, entries: number): Scratch {
    if (scratch.capacity < entries) {
      scratch.capacity = Math.max(8192, 2 ** Math.ceil(Math.log2(entries)));
      scratch.address = allocate(this.#store.memory, scratch.capacity * 8);
    }
    return scratch;
  }
}
