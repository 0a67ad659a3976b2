// The float32 matrix in shared memory: slots in chunks of 4096, so that growing copies nothing. Each thread has a store object
// of its own over the one memory; the owner writes slots and tells the readers which to bind.
//
// Chunk:  4096 vectors x stride floats,  then  4096 x row number u32.
// The stride is the dimensions padded with zeros to a multiple of 16 floats, so that kernels need no tail.
//
// Nothing that a reader may be reading is ever overwritten: a replaced row goes to a fresh slot, and a slot is given out
// again only after the readers have confirmed that they let go of it.

import { LodestoneError } from "../errors.js";
import { RowBitmap } from "./row-bitmap.js";
import { allocate, createSharedMemory, maxMemoryBytes, type SharedMemory } from "./shared-memory.js";
import { SlotTable } from "./slot-table.js";

/** 8 MiB at 512 dimensions: small beside the memory, large beside the cost of a kernel call. A multiple of 32. */
export const slotsPerChunk = 4096;

/** What another thread needs to read the same vectors: the memory, and where its chunks begin. */
export type StoreHandle = { memory: SharedMemory; dimensions: number; chunks: number[] };

export class VectorStore {
  readonly dimensions: number;
  /** Floats from one vector to the next. */
  readonly stride: number;
  readonly memory: SharedMemory;
  /** Addresses of the chunks; chunk c has the slots from 4096 c. */
  readonly chunks: number[] = [];
  /** Slots that hold the vector of a live row. */
  readonly live = new RowBitmap();
  readonly #table = new SlotTable();
  /** Slots that had a row and are free again. */
  readonly #free: number[] = [];
  #nextSlot = 0;
  #floats: Float32Array;
  #integers: Uint32Array;

  constructor(handle: StoreHandle) {
    this.dimensions = handle.dimensions;
    this.stride = Math.ceil(handle.dimensions / 16) * 16;
    this.memory = handle.memory;
    this.chunks.push(...handle.chunks);
    this.#floats = new Float32Array(this.memory.buffer);
    this.#integers = new Uint32Array(this.memory.buffer);
  }

  static create(dimensions: number): VectorStore {
    return new VectorStore({ memory: createSharedMemory(), dimensions, chunks: [] });
  }

  handle(): StoreHandle {
    return { memory: this.memory, dimensions: this.dimensions, chunks: this.chunks };
  }

  /** Live rows. */
  get rowCount(): number {
    return this.#table.size;
  }

  /** Memory of the chunks. Pages of slots never written are not resident. */
  get bytes(): number {
    return this.chunks.length * this.#chunkBytes;
  }

  /** The slot of a live row, or -1. */
  slotOf(row: number): number {
    return this.#table.slotOf(row);
  }

  /** Live rows, ascending. */
  rows(): Uint32Array {
    return this.#table.rows();
  }

  /** Takes `count` slots that nobody reads; INVALID_INPUT where that many do not fit. */
  claim(count: number): Uint32Array {
    const slots = new Uint32Array(count);
    const reused = Math.min(count, this.#free.length);
    const slotLimit = this.#nextSlot + count - reused;
    while (this.chunks.length * slotsPerChunk < slotLimit) this.chunks.push(this.#allocateChunk());
    for (let i = 0; i < count; i++) slots[i] = i < reused ? this.#free.pop()! : this.#nextSlot++;
    return slots;
  }

  /** Gives back slots that nobody reads any more. */
  release(slots: readonly number[]): void {
    for (const slot of slots) this.#free.push(slot);
  }

  /** Makes each of `rows` live in its slot. Returns the slots of vectors that were replaced. */
  bind(rows: Uint32Array, slots: Uint32Array): number[] {
    const replaced: number[] = [];
    for (let i = 0; i < rows.length; i++) {
      const before = this.#table.bind(rows[i]!, slots[i]!);
      this.live.add(slots[i]!);
      if (before < 0) continue;
      this.live.delete(before);
      replaced.push(before);
    }
    return replaced;
  }

  /** Ends the life of `rows`; those that have none are passed over. Returns their slots. */
  unbind(rows: Uint32Array): number[] {
    const freed: number[] = [];
    for (const row of rows) {
      const slot = this.#table.unbind(row);
      if (slot < 0) continue;
      this.live.delete(slot);
      freed.push(slot);
    }
    return freed;
  }

  /** Byte address of a slot's vector. */
  addressOf(slot: number): number {
    return this.chunks[Math.floor(slot / slotsPerChunk)]! + (slot % slotsPerChunk) * this.stride * 4;
  }

  /** Byte address of the row numbers of a chunk's slots. */
  rowNumbersOf(chunk: number): number {
    return this.chunks[chunk]! + slotsPerChunk * this.stride * 4;
  }

  /** Number of the row in `slot`. */
  rowOf(slot: number): number {
    this.#refresh();
    return this.#integers[this.rowNumbersOf(Math.floor(slot / slotsPerChunk)) / 4 + (slot % slotsPerChunk)]!;
  }

  /** Copies vector `index` of `vectors` into `slot`, for `row`. */
  write(slot: number, row: number, vectors: Float32Array, index: number): void {
    this.#refresh();
    const vector = vectors.subarray(index * this.dimensions, (index + 1) * this.dimensions);
    this.#floats.set(vector, this.addressOf(slot) / 4);
    this.#integers[this.rowNumbersOf(Math.floor(slot / slotsPerChunk)) / 4 + (slot % slotsPerChunk)] = row;
  }

  /** Copies the vector in `slot` to vector `index` of `target`. */
  read(slot: number, target: Float32Array, index: number): void {
    this.#refresh();
    const start = this.addressOf(slot) / 4;
    target.set(this.#floats.subarray(start, start + this.dimensions), index * this.dimensions);
  }

  get #chunkBytes(): number {
    return slotsPerChunk * (this.stride + 1) * 4;
  }

  #allocateChunk(): number {
    if ((this.chunks.length + 1) * this.#chunkBytes > maxMemoryBytes) {
      const most = Math.floor(maxMemoryBytes / this.#chunkBytes) * slotsPerChunk;
      throw new LodestoneError(
        "INVALID_INPUT",
        `One index holds at most ${most} vectors of ${this.dimensions} dimensions (4 GiB). Split the library, or use a ` +
          "model of fewer dimensions.",
        { detail: { mostRows: most } },
      );
    }
    return allocate(this.memory, this.#chunkBytes);
  }

  // Growing leaves old views valid but short, also when another thread grew the memory.
  #refresh(): void {
    if (this.#floats.buffer === this.memory.buffer) return;
    this.#floats = new Float32Array(this.memory.buffer);
    this.#integers = new Uint32Array(this.memory.buffer);
  }
}
