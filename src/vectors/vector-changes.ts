// Changes of an index, one after the other: vectors go into shared memory, or through the search thread to the file; then that thread
// makes them live. All of a change counts or, on error, nothing.

import { setImmediate } from "node:timers/promises";
import type { WorkerClient } from "../threads/worker-client.js";
import { checkPrefixes, checkShape, checkVectors } from "./check-vectors.js";
import type { SearchVerbs } from "./search-worker.js";
import { truncated } from "./truncation.js";
import type { VectorStore } from "./vector-store.js";

/** Floats checked or copied in one go: about 2 ms. */
const sliceFloats = 1 << 20;
/** Rows noted or let go of in one go: about 5 ms. */
const sliceRows = 1 << 16;
/** Floats written to disk in one go: about 2 ms of the searching thread. */
const writtenFloats = 1 << 18;

export class VectorChanges {
  readonly #store: VectorStore;
  readonly #worker: WorkerClient<SearchVerbs>;
  readonly #dimensions: number;
  #last: Promise<void> = Promise.resolve();
  #chunksSent: number;

  /** `store`: its rows are the worker's, as of the last change that the worker confirmed. `dimensions`: of the vectors that are given. */
  constructor(store: VectorStore, worker: WorkerClient<SearchVerbs>, dimensions: number) {
    this.#store = store;
    this.#worker = worker;
    this.#dimensions = dimensions;
    this.#chunksSent = store.chunks.length;
  }

  /** Resolves when the changes that were asked for are done, whether or not they failed. */
  get done(): Promise<void> {
    return this.#last;
  }

  /** Runs `change` after all earlier ones, whether or not they failed. */
  queue(change: () => Promise<void>): Promise<void> {
    const done = this.#last.then(change);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** To be run in the queue. */
  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    await this.#check(rows.length, vectors);
    const slots = this.#store.claim(rows.length);
    try {
      await (this.#store.onDisk ? this.#send(rows, slots, vectors) : this.#write(rows, slots, vectors));
      const sent = rows.slice();
      const transfer = [sent.buffer];
      await this.#worker.call("commit", { chunks: this.#unsentChunks(), rows: sent, slots }, { transfer });
    } catch (error) {
      this.#store.release(slots);
      throw error;
    }
    await inSlices(rows.length, (from, to) => {
      this.#store.release(this.#store.bind(rows.subarray(from, to), slots.subarray(from, to)));
    });
  }

  /** To be run in the queue. */
  async remove(rows: Uint32Array): Promise<void> {
    try {
      await this.#worker.call("remove", rows);
    } finally {
      // Where the file could not be told, they are hidden all the same.
      await inSlices(rows.length, (from, to) => {
        this.#store.release(this.#store.unbind(rows.subarray(from, to)));
      });
    }
  }

  /** The live rows and their slots, between two changes. */
  async liveRows(): Promise<{ rows: Uint32Array; slots: Uint32Array }> {
    let live: { rows: Uint32Array; slots: Uint32Array } = { rows: new Uint32Array(0), slots: new Uint32Array(0) };
    await this.queue(async () => {
      const slots = this.#store.live.toRows();
      const rows = new Uint32Array(slots.length);
      await inSlices(rows.length, (from, to) => {
        for (let i = from; i < to; i++) rows[i] = this.#store.rowOf(slots[i]!);
      });
      live = { rows, slots };
    });
    return live;
  }

  async #check(count: number, vectors: Float32Array): Promise<void> {
    const rowsPerSlice = Math.ceil(sliceFloats / this.#dimensions);
    checkShape(vectors, count, this.#dimensions);
    for (let from = 0; from < count; from += rowsPerSlice) {
      if (from > 0) await setImmediate();
      const to = Math.min(from + rowsPerSlice, count);
      checkVectors(vectors, from, to, this.#dimensions);
      checkPrefixes(vectors, from, to, this.#dimensions, this.#store.dimensions);
    }
  }

  async #write(rows: Uint32Array, slots: Uint32Array, vectors: Float32Array): Promise<void> {
    const rowsPerSlice = Math.ceil(sliceFloats / this.#dimensions);
    for (let from = 0; from < rows.length; from += rowsPerSlice) {
      // Also before the only one: of calls that follow each other at once, answers may come without a turn of the event loop.
      await setImmediate();
      const to = Math.min(from + rowsPerSlice, rows.length);
      const slice = this.#kept(vectors.subarray(from * this.#dimensions, to * this.#dimensions));
      for (let i = from; i < to; i++) this.#store.write(slots[i]!, rows[i]!, slice, i - from);
    }
  }

  async #send(rows: Uint32Array, slots: Uint32Array, vectors: Float32Array): Promise<void> {
    const rowsPerSlice = Math.ceil(writtenFloats / this.#dimensions);
    for (let from = 0; from < rows.length; from += rowsPerSlice) {
      const to = Math.min(from + rowsPerSlice, rows.length);
      const slice = this.#kept(vectors.slice(from * this.#dimensions, to * this.#dimensions));
      const sent = { rows: rows.slice(from, to), slots: slots.slice(from, to), vectors: slice };
      const transfer = [slice.buffer];
      await this.#worker.call("write", { chunks: this.#unsentChunks(), ...sent }, { transfer });
    }
  }

  /** As many of their dimensions as are kept. */
  #kept<V extends Float32Array>(vectors: V): V | Float32Array<ArrayBuffer> {
    const { dimensions } = this.#store;
    return dimensions < this.#dimensions ? truncated(vectors, this.#dimensions, dimensions) : vectors;
  }

  #unsentChunks(): number[] {
    const chunks = this.#store.chunks.slice(this.#chunksSent);
    this.#chunksSent += chunks.length;
    return chunks;
  }
}

/** Calls `work` for every few of `count` rows, with a turn of the event loop between. */
async function inSlices(count: number, work: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < count; from += sliceRows) {
    if (from > 0) await setImmediate();
    work(from, Math.min(from + sliceRows, count));
  }
}
