// Scores stored vectors against one query: prepares the query as the kernels of the store's format want it, and calls them. Owns
// scratch space in the store's memory.

import { FileWindow } from "./file-window.js";
import type { Kernels } from "./kernels/kernels.js";
import { allocate } from "./shared-memory.js";
import { slotsPerChunk, type VectorStore } from "./vector-store.js";

/** The k best so far: addresses of scores and rows, and how many there are. */
export type Heap = { scores: number; rows: number; size: number; k: number };

/** The largest sum of |u_i| over a query in format int8: times 127 it still is below 2^31. */
const int8QueryLimit = Math.floor((2 ** 31 - 1) / 127);

export class VectorScorer {
  readonly #store: VectorStore;
  readonly #kernels: Kernels;
  readonly #query: number;
  readonly #floats: Float32Array;
  readonly #integers: Int16Array;
  #queryScale = 1;
  readonly #window: FileWindow | undefined;
  /** Addresses of candidates' vectors, their row numbers and their scales. */
  readonly #candidates = { address: 0, capacity: 0 };

  constructor(store: VectorStore, kernels: Kernels) {
    this.#store = store;
    this.#kernels = kernels;
    this.#window = store.disk && new FileWindow(store.disk.file, store.memory);
    this.#query = allocate(store.memory, store.stride * 4);
    // These stay valid when the memory grows: it grows in place.
    this.#floats = new Float32Array(store.memory.buffer, this.#query, store.dimensions);
    this.#integers = new Int16Array(store.memory.buffer, this.#query, store.dimensions);
  }

  /** The query that is scored from now on, of unit length. */
  prepare(query: Float32Array): void {
    const { format, dimensions } = this.#store;
    switch (format) {
      case "float32":
        this.#floats.set(query);
        break;
      case "float16":
        // See kernels/assembly/dot-float16.ts.
        for (let i = 0; i < dimensions; i++) this.#floats[i] = query[i]! * 2 ** 112;
        break;
      case "int8":
        this.#prepareIntegers(query);
        break;
      default:
        format satisfies never;
    }
  }

  /** Brings slots of a chunk into memory, so that a scan of more of them finds them there: some hundred take less than a millisecond. */
  bring(chunk: number, mask: number, words: number): void {
    this.#window?.chunk(chunk, new Uint32Array(this.#store.memory.buffer, mask, words));
  }

  /** Offers the slots of a chunk whose bit is set in the `words` words at `mask`. Reads each vector once. Throws INDEX_DAMAGED. */
  scan(chunk: number, mask: number, words: number, heap: Heap): void {
    const { format, strideBytes } = this.#store;
    const vectors = this.#window
      ? this.#window.chunk(chunk, new Uint32Array(this.#store.memory.buffer, mask, words))
      : this.#store.chunks[chunk]!;
    const rows = this.#store.rowNumbersOf(chunk);
    const where = [mask, words, heap.scores, heap.rows, heap.size, heap.k] as const;
    switch (format) {
      case "float32":
        heap.size = this.#kernels.dotTopK(vectors, strideBytes, rows, this.#query, ...where);
        break;
      case "float16":
        heap.size = this.#kernels.float16TopK(vectors, strideBytes, rows, this.#query, ...where);
        break;
      case "int8": {
        const scales = this.#store.scalesOf(chunk);
        heap.size = this.#kernels.int8TopK(vectors, strideBytes, rows, scales, this.#query, this.#queryScale, ...where);
        break;
      }
      default:
        format satisfies never;
    }
  }

  /** Offers the given slots. Throws INDEX_DAMAGED. */
  offer(slots: ArrayLike<number>, heap: Heap): void {
    if (this.#window) this.#offerFrom(this.#window, Uint32Array.from(slots).sort(), heap);
    else this.#offer(slots, undefined, heap);
  }

  /** In the order of the file, as many at a time as the window takes. */
  #offerFrom(window: FileWindow, slots: Uint32Array, heap: Heap): void {
    const addresses = new Uint32Array(slots.length);
    for (let from = 0; from < slots.length; ) {
      const to = window.batch(slots, from, addresses);
      this.#offer(slots.subarray(from, to), addresses, heap);
      from = to;
    }
  }

  /** `vectors`: addresses of their vectors, where they are not those of the store. */
  #offer(slots: ArrayLike<number>, vectors: Uint32Array | undefined, heap: Heap): void {
    const { format, strideBytes } = this.#store;
    const { addresses, rows, scales } = this.#list(slots, vectors);
    const where = [heap.scores, heap.rows, heap.size, heap.k] as const;
    const { length } = slots;
    switch (format) {
      case "float32":
        heap.size = this.#kernels.dotTopKOf(addresses, rows, length, strideBytes, this.#query, ...where);
        break;
      case "float16":
        heap.size = this.#kernels.float16TopKOf(addresses, rows, length, strideBytes, this.#query, ...where);
        break;
      case "int8": {
        const query = [this.#query, this.#queryScale] as const;
        heap.size = this.#kernels.int8TopKOf(addresses, rows, scales, length, strideBytes, ...query, ...where);
        break;
      }
      default:
        format satisfies never;
    }
  }

  // u_i = round(f q_i), scale 1 / f. With f sum |q_i| <= limit - D / 2, the sum of |u_i| stays within the limit: each rounds up by
  // at most a half.
  #prepareIntegers(query: Float32Array): void {
    let largest = 0;
    let sum = 0;
    for (const value of query) {
      largest = Math.max(largest, Math.abs(value));
      sum += Math.abs(value);
    }
    const factor = Math.min(32767 / largest, (int8QueryLimit - query.length / 2) / sum);
    for (let i = 0; i < query.length; i++) this.#integers[i] = Math.round(query[i]! * factor);
    this.#queryScale = 1 / factor;
  }

  #list(
    slots: ArrayLike<number>,
    vectors: Uint32Array | undefined,
  ): { addresses: number; rows: number; scales: number } {
    const store = this.#store;
    if (this.#candidates.capacity < slots.length) {
      // Grows by doubling; what it leaves behind is at most what it holds.
      this.#candidates.capacity = Math.max(4096, 2 ** Math.ceil(Math.log2(slots.length)));
      this.#candidates.address = allocate(store.memory, this.#candidates.capacity * 12);
    }
    const { address, capacity } = this.#candidates;
    const place = { addresses: address, rows: address + capacity * 4, scales: address + capacity * 8 };
    const scratch = new Uint32Array(store.memory.buffer);
    for (let i = 0; i < slots.length; i++) {
      const [chunk, at] = [Math.floor(slots[i]! / slotsPerChunk), slots[i]! % slotsPerChunk];
      scratch[place.addresses / 4 + i] = vectors ? vectors[i]! : store.addressOf(slots[i]!);
      // Not rowOf(): it looks at the memory's buffer each time, which costs more than the look-up.
      scratch[place.rows / 4 + i] = scratch[store.rowNumbersOf(chunk) / 4 + at]!;
      if (store.format === "int8") scratch[place.scales / 4 + i] = scratch[store.scalesOf(chunk) / 4 + at]!;
    }
    return place;
  }
}
