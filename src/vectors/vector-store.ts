// The matrix in shared memory: slots in chunks of 4096, so that growing copies nothing. Each thread has a store object
// of its own over the one memory; the owner writes slots and tells the readers which to bind.
//
// Chunk:  4096 vectors x stride elements,  then  4096 x row number u32,  then, in format int8,  4096 x scale f32.
// The stride is the dimensions padded with zeros to a multiple of 16 elements, so that kernels need no tail.
//
// Nothing that a reader may be reading is ever overwritten: a replaced row goes to a fresh slot, and a slot is given out
// again only after the readers have confirmed that they let go of it.
//
// Where vectors lie on disk (vector-file.ts), a chunk in memory is what follows its vectors; the thread that searches reads those.

import { LodestoneError } from "../errors.js";
import type { FileWindow } from "./file-window.js";
import { RowBitmap } from "./row-bitmap.js";
import { allocate, createSharedMemory, maxMemoryBytes, type SharedMemory } from "./shared-memory.js";
import { SlotTable } from "./slot-table.js";
import type { VectorFile } from "./vector-file.js";
import { codecOf, elementBytesOf, type VectorCodec, type VectorFormat } from "./vector-format.js";

/** 8 MiB at 512 dimensions in float32: small beside the memory, large beside the cost of a kernel call. A multiple of 32. */
export const slotsPerChunk = 4096;

/** What another thread needs to read the same vectors: the memory, and where its chunks begin. */
export type StoreHandle = {
  memory: SharedMemory;
  dimensions: number;
  format: VectorFormat;
  chunks: number[];
  onDisk: boolean;
};

/** The file of the vectors, and the window through which one is read at a time. */
export type DiskVectors = { file: VectorFile; window: FileWindow };

/** What a file held already: for each live row its slot. Slots of the first chunks, which are another process's, are never given out. */
export type StoredRows = { rows: Uint32Array; slots: Uint32Array; foreignChunks: number };

export class VectorStore {
  readonly dimensions: number;
  readonly format: VectorFormat;
  /** Elements from one vector to the next. */
  readonly stride: number;
  readonly strideBytes: number;
  readonly memory: SharedMemory;
  readonly onDisk: boolean;
  /** In the thread that reads vectors on disk. */
  readonly disk: DiskVectors | undefined;
  /** Addresses of the chunks; chunk c has the slots from 4096 c. */
  readonly chunks: number[] = [];
  /** Slots that hold the vector of a live row. */
  readonly live = new RowBitmap();
  readonly #table = new SlotTable();
  /** Slots that had a row and are free again. */
  readonly #free: number[] = [];
  #nextSlot = 0;
  #foreignSlots = 0;
  #floats: Float32Array;
  #integers: Uint32Array;
  #codec: VectorCodec;
  /** Where floatsAt() puts a decoded vector: address and view. */
  #decoded: { address: number; vector: Float32Array } | undefined;

  constructor(handle: StoreHandle, disk?: DiskVectors) {
    this.dimensions = handle.dimensions;
    this.format = handle.format;
    this.stride = Math.ceil(handle.dimensions / 16) * 16;
    this.strideBytes = this.stride * elementBytesOf(this.format);
    this.memory = handle.memory;
    this.onDisk = handle.onDisk;
    this.disk = disk;
    this.chunks.push(...handle.chunks);
    this.#floats = new Float32Array(this.memory.buffer);
    this.#integers = new Uint32Array(this.memory.buffer);
    this.#codec = codecOf(this.format, this.memory);
  }

  static create(dimensions: number, format: VectorFormat = "float32", onDisk = false): VectorStore {
    return new VectorStore({ memory: createSharedMemory(), dimensions, format, chunks: [], onDisk });
  }

  handle(): StoreHandle {
    const { memory, dimensions, format, chunks, onDisk } = this;
    return { memory, dimensions, format, chunks, onDisk };
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

  /** Takes over what a file holds, into a store whose chunks are made. Returns the slots of rows that have several: none of them counts. */
  adopt({ rows, slots, foreignChunks }: StoredRows): number[] {
    const doubtful = new Set<number>();
    for (let i = 0; i < rows.length; i++) {
      const before = this.#table.bind(rows[i]!, slots[i]!);
      if (before >= 0) doubtful.add(before).add(slots[i]!);
      this.live.add(slots[i]!);
    }
    for (const slot of doubtful) {
      this.live.delete(slot);
      this.#table.unbind(this.rowOf(slot));
    }
    this.#foreignSlots = foreignChunks * slotsPerChunk;
    this.#nextSlot = Math.max(this.#foreignSlots, this.live.rowLimit);
    for (let slot = this.#nextSlot - 1; slot >= this.#foreignSlots; slot--)
      if (!this.live.has(slot)) this.#free.push(slot);
    return [...doubtful];
  }

  /** Takes `count` slots that nobody reads; INVALID_INPUT where that many do not fit. */
  claim(count: number): Uint32Array {
    const slots = new Uint32Array(count);
    const reused = Math.min(count, this.#free.length);
    const slotLimit = this.#nextSlot + count - reused;
    while (this.chunks.length * slotsPerChunk < slotLimit) this.addChunk();
    for (let i = 0; i < count; i++) slots[i] = i < reused ? this.#free.pop()! : this.#nextSlot++;
    return slots;
  }

  /** Gives back slots that nobody reads any more. */
  release(slots: Iterable<number>): void {
    for (const slot of slots) if (slot >= this.#foreignSlots) this.#free.push(slot);
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

  /** Byte address of a slot's vector, in the store's format; not of one on disk. */
  addressOf(slot: number): number {
    return this.chunks[Math.floor(slot / slotsPerChunk)]! + (slot % slotsPerChunk) * this.strideBytes;
  }

  /**
   * Byte address of a slot's vector as float32, zeros after it up to the stride: the slot itself where that is its format, else a
   * decoded copy, which the next call overwrites. Throws INDEX_DAMAGED where the vector on disk is not the one that was written.
   */
  floatsAt(slot: number): number {
    if (this.format === "float32") return this.#placeOf(slot);
    if (!this.#decoded) {
      const address = allocate(this.memory, this.stride * 4);
      this.#decoded = { address, vector: new Float32Array(this.memory.buffer, address, this.dimensions) };
    }
    this.read(slot, this.#decoded.vector, 0);
    return this.#decoded.address;
  }

  /** Byte address of the row numbers of a chunk's slots. */
  rowNumbersOf(chunk: number): number {
    return this.chunks[chunk]! + this.#vectorBytes;
  }

  /** Byte address of the scales of a chunk's slots, in format int8. */
  scalesOf(chunk: number): number {
    return this.rowNumbersOf(chunk) + slotsPerChunk * 4;
  }

  /** Number of the row in `slot`. */
  rowOf(slot: number): number {
    this.#refresh();
    return this.#integers[this.rowNumbersOf(Math.floor(slot / slotsPerChunk)) / 4 + (slot % slotsPerChunk)]!;
  }

  /** Copies vector `index` of `vectors` into `slot`, for `row`. */
  write(slot: number, row: number, vectors: Float32Array, index: number): void {
    this.label(slot, row, this.encode(vectors, index, this.addressOf(slot)));
  }

  /** Writes vector `index` of `vectors` to an address, as the store keeps vectors. Returns its scale. */
  encode(vectors: Float32Array, index: number, address: number): number {
    this.#refresh();
    return this.#codec.write(address, vectors.subarray(index * this.dimensions, (index + 1) * this.dimensions));
  }

  /** Notes whose vector is in `slot`, and its scale. */
  label(slot: number, row: number, scale: number): void {
    this.#refresh();
    const [chunk, at] = [Math.floor(slot / slotsPerChunk), slot % slotsPerChunk];
    this.#integers[this.rowNumbersOf(chunk) / 4 + at] = row;
    if (this.format === "int8") this.#floats[this.scalesOf(chunk) / 4 + at] = scale;
  }

  /** Copies the vector in `slot`, decoded, to vector `index` of `target`. Throws INDEX_DAMAGED as floatsAt() does. */
  read(slot: number, target: Float32Array, index: number): void {
    // Before the views are made anew: it may make the memory grow.
    const address = this.#placeOf(slot);
    this.#refresh();
    const vector = target.subarray(index * this.dimensions, (index + 1) * this.dimensions);
    const [chunk, at] = [Math.floor(slot / slotsPerChunk), slot % slotsPerChunk];
    const scale = this.format === "int8" ? this.#floats[this.scalesOf(chunk) / 4 + at]! : 1;
    this.#codec.read(address, scale, vector);
  }

  /** Bytes of a chunk's vectors in memory. */
  get #vectorBytes(): number {
    return this.onDisk ? 0 : slotsPerChunk * this.strideBytes;
  }

  get #chunkBytes(): number {
    return this.#vectorBytes + slotsPerChunk * (this.format === "int8" ? 8 : 4);
  }

  #placeOf(slot: number): number {
    return this.disk ? this.disk.window.one(slot) : this.addressOf(slot);
  }

  /** Makes room for 4096 slots more; INVALID_INPUT where they do not fit. */
  addChunk(): void {
    if ((this.chunks.length + 1) * this.#chunkBytes > maxMemoryBytes) {
      const most = Math.floor(maxMemoryBytes / this.#chunkBytes) * slotsPerChunk;
      throw new LodestoneError(
        "INVALID_INPUT",
        `One index holds at most ${most} vectors of ${this.dimensions} dimensions in ${this.format} (4 GiB). Split the ` +
          "library, or use a model of fewer dimensions or a smaller vector format.",
        { detail: { mostRows: most } },
      );
    }
    this.chunks.push(allocate(this.memory, this.#chunkBytes));
  }

  // Growing leaves old views valid but short, also when another thread grew the memory.
  #refresh(): void {
    if (this.#floats.buffer === this.memory.buffer) return;
    this.#floats = new Float32Array(this.memory.buffer);
    this.#integers = new Uint32Array(this.memory.buffer);
    this.#codec = codecOf(this.format, this.memory);
  }
}
