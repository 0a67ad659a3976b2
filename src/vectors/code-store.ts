// Codes of live rows, in the memory of the vectors, in blocks of 32 as kernels/assembly/codes.ts draws them. A code has a position
// of its own, so that codes of vectors that lie near each other can lie together (code-lists.ts); new ones go to the end.
//
// Chunk of 4096 positions:  128 blocks  (codes, 32 factors, 32 offsets),  then  4096 x row number u32.

import type { CodeLists } from "./code-lists.js";
import type { Quantizer } from "./quantizer.js";
import { RowBitmap } from "./row-bitmap.js";
import { allocate } from "./shared-memory.js";
import { slotsPerChunk, type VectorStore } from "./vector-store.js";

/** Factors and offsets of 32 positions. */
const factorBytes = 256;
const positionsPerChunk = slotsPerChunk;

export class CodeStore {
  readonly quantizer: Quantizer;
  /** Positions whose code is that of a live row. */
  readonly live = new RowBitmap();
  /** Slots that have a position in `live`. */
  readonly covered = new RowBitmap();
  readonly blockBytes: number;
  /** Lists over the first positions, where there are any. */
  lists: CodeLists | undefined;
  readonly #store: VectorStore;
  readonly #chunks: number[];
  #floats: Float32Array;
  #integers: Uint32Array;
  #slots: Uint32Array = new Uint32Array(positionsPerChunk);
  /** For each slot its position, where it is covered. */
  #positions: Uint32Array = new Uint32Array(positionsPerChunk);
  #end = 0;
  #changes = 0;

  /** Takes over `chunks`, the addresses of an earlier store of codes of the same size, which must not be used any more. */
  constructor(store: VectorStore, quantizer: Quantizer, chunks: number[] = []) {
    this.#store = store;
    this.quantizer = quantizer;
    this.#chunks = chunks;
    this.blockBytes = quantizer.codeBytes * 32 + factorBytes;
    this.#floats = new Float32Array(store.memory.buffer);
    this.#integers = new Uint32Array(store.memory.buffer);
  }

  /** Memory of the codes. */
  get bytes(): number {
    return this.#chunks.length * this.#chunkBytes + (this.lists?.bytes ?? 0);
  }

  /** Addresses of the chunks of codes, as many as have been needed. */
  get chunks(): number[] {
    return this.#chunks;
  }

  /** One more than the highest position in use. */
  get end(): number {
    return this.#end;
  }

  /** Counts codes that were made, and those that ended. */
  get changes(): number {
    return this.#changes;
  }

  /** Codes and row numbers of a chunk as they are in memory, views. */
  chunkContents(chunk: number): { codes: Uint8Array; rows: Uint32Array } {
    const { buffer } = this.#store.memory;
    return {
      codes: new Uint8Array(buffer, this.#chunks[chunk]!, (positionsPerChunk / 32) * this.blockBytes),
      rows: new Uint32Array(buffer, this.rowNumbersOf(chunk), positionsPerChunk),
    };
  }

  /** Takes the codes of the next positions, up to 4096, of whole chunks but for the last: nothing is live until it is bound. */
  addContents(codes: Uint8Array, rows: Uint32Array): void {
    const chunk = Math.ceil(this.#end / positionsPerChunk);
    this.#fit(chunk);
    const target = this.chunkContents(chunk);
    target.codes.set(codes);
    target.rows.set(rows);
    this.#end = chunk * positionsPerChunk + rows.length;
  }

  /** Makes the code at `position` that of the vector in `slot`, of a live row. */
  bind(position: number, slot: number): void {
    this.#slots = withRoom(this.#slots, position);
    this.#positions = withRoom(this.#positions, slot);
    this.#slots[position] = slot;
    this.#positions[slot] = position;
    this.live.add(position);
    this.covered.add(slot);
  }

  /** Byte address of the row numbers of a chunk's positions. */
  rowNumbersOf(chunk: number): number {
    return this.#chunks[chunk]! + (positionsPerChunk / 32) * this.blockBytes;
  }

  /** The slot of the vector whose code is at `position`. */
  slotAt(position: number): number {
    return this.#slots[position]!;
  }

  /** Position of a covered slot. */
  positionOf(slot: number): number {
    return this.#positions[slot]!;
  }

  /** The code of `slot` is no longer that of its vector. */
  forget(slot: number): void {
    if (!this.covered.has(slot)) return;
    this.covered.delete(slot);
    this.live.delete(this.#positions[slot]!);
    this.#changes++;
  }

  /** Leaves positions free up to the next block. */
  closeBlock(): void {
    this.#end = Math.ceil(this.#end / 32) * 32;
  }

  /** Makes the code of the vector in `slot`, of a live row, at the next position. Throws INVALID_INPUT where the memory is full. */
  append(slot: number): void {
    const position = this.#end;
    const chunk = Math.floor(position / positionsPerChunk);
    this.#fit(chunk);
    this.#refresh();
    const at = position % positionsPerChunk;
    const block = this.#chunks[chunk]! + Math.floor(at / 32) * this.blockBytes;
    this.quantizer.encode(this.#store.floatsAt(slot), block + (at % 32), 32);
    const factors = (block + this.quantizer.codeBytes * 32) / 4 + (at % 32);
    this.#floats[factors] = this.quantizer.factor;
    this.#floats[factors + 32] = this.quantizer.offset;
    this.#integers[this.rowNumbersOf(chunk) / 4 + at] = this.#store.rowOf(slot);
    this.bind(position, slot);
    this.#end = position + 1;
    this.#changes++;
  }

  get #chunkBytes(): number {
    return (positionsPerChunk / 32) * this.blockBytes + positionsPerChunk * 4;
  }

  #fit(chunk: number): void {
    while (this.#chunks.length <= chunk) this.#chunks.push(allocate(this.#store.memory, this.#chunkBytes));
  }

  #refresh(): void {
    if (this.#floats.buffer === this.#store.memory.buffer) return;
    this.#floats = new Float32Array(this.#store.memory.buffer);
    this.#integers = new Uint32Array(this.#store.memory.buffer);
  }
}

function withRoom(numbers: Uint32Array, index: number): Uint32Array {
  if (index < numbers.length) return numbers;
  const grown = new Uint32Array(Math.max(index + 1, Math.ceil(numbers.length * 1.5)));
  grown.set(numbers);
  return grown;
}
