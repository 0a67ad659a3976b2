// Vectors of a file in memory, for as long as the kernels look at them: a chunk for a scan, a batch of candidates for rescoring, or one
// vector. Every vector that is handed out was held against its crc32. One reader each: what it holds is gone with the next call.

import { Scratch } from "./scratch.js";
import type { SharedMemory } from "./shared-memory.js";
import type { VectorFile } from "./vector-file.js";
import { slotsPerChunk } from "./vector-store.js";

/** Reading so many bytes more takes less than another call: 2 µs, where memory is copied at 10 GB/s. */
const skippedBytes = 16_384;
/** What is read in one call, so that it is still in the processor's cache when its checksums are worked out. */
const readBytes = 1 << 18;
const batchBytes = 1 << 21;
/** Vectors read ahead where one is asked for after the other. */
const aheadBytes = 1 << 16;

export class FileWindow {
  readonly #file: VectorFile;
  readonly #memory: SharedMemory;
  readonly #strideBytes: number;
  readonly #chunkScratch: Scratch;
  readonly #batchScratch: Scratch;
  readonly #aheadScratch: Scratch;
  /** Which chunk is in memory, as of how many writes, and which of its places. */
  readonly #chunk = { number: -1, writes: 0, places: new Uint32Array(slotsPerChunk / 32) };
  readonly #ahead = { from: 0, to: 0, writes: 0, last: -2 };

  constructor(file: VectorFile, memory: SharedMemory) {
    this.#file = file;
    this.#memory = memory;
    this.#strideBytes = file.layout.strideBytes;
    this.#chunkScratch = new Scratch(memory);
    this.#batchScratch = new Scratch(memory);
    this.#aheadScratch = new Scratch(memory);
  }

  /** The address of a chunk of which the places in `mask` are in memory, each where it would be if all were. Throws INDEX_DAMAGED. */
  chunk(number: number, mask: Uint32Array): number {
    const address = this.#chunkScratch.fit(slotsPerChunk * this.#strideBytes);
    const held = this.#chunk;
    if (held.number !== number || held.writes !== this.#file.writes) {
      held.number = number;
      held.writes = this.#file.writes;
      held.places.fill(0);
    }
    const isWanted = (at: number) => (((mask[at >>> 5]! & ~held.places[at >>> 5]!) >>> (at & 31)) & 1) === 1;
    for (let at = 0; at < slotsPerChunk; at++) {
      if ((at & 31) === 0 && (mask[at >>> 5]! & ~held.places[at >>> 5]!) === 0) {
        at += 31;
        continue;
      }
      if (!isWanted(at)) continue;
      let last = at;
      for (let next = at + 1; next < slotsPerChunk; next++) {
        if ((next - last) * this.#strideBytes > skippedBytes) break;
        if ((next - at + 1) * this.#strideBytes > readBytes) break;
        if (isWanted(next)) last = next;
      }
      const count = last - at + 1;
      const bytes = this.#view(address + at * this.#strideBytes, count);
      this.#file.read(number * slotsPerChunk + at, count, bytes);
      for (let place = at; place <= last; place++) {
        if (isWanted(place)) this.#check(number * slotsPerChunk + place, bytes, place - at);
      }
      at = last;
    }
    for (let i = 0; i < held.places.length; i++) held.places[i]! |= mask[i]!;
    return address;
  }

  /**
   * Brings the vectors of `slots` (ascending) into memory, from number `from` on and as many as there is room for, and writes their
   * addresses to the start of `addresses`. Returns the number of the first that is not there. Throws INDEX_DAMAGED.
   */
  batch(slots: Uint32Array, from: number, addresses: Uint32Array): number {
    const capacity = Math.max(batchBytes, readBytes + this.#strideBytes);
    const start = this.#batchScratch.fit(capacity);
    let used = 0;
    let next = from;
    while (next < slots.length) {
      const first = slots[next]!;
      const chunkEnd = first - (first % slotsPerChunk) + slotsPerChunk;
      let end = next + 1;
      for (; end < slots.length && slots[end]! < chunkEnd; end++) {
        if ((slots[end]! - slots[end - 1]!) * this.#strideBytes > skippedBytes) break;
        if ((slots[end]! - first + 1) * this.#strideBytes > readBytes) break;
      }
      const count = slots[end - 1]! - first + 1;
      if (used + count * this.#strideBytes > capacity) break;
      const bytes = this.#view(start + used, count);
      this.#file.read(first, count, bytes);
      for (; next < end; next++) {
        const at = slots[next]! - first;
        this.#check(slots[next]!, bytes, at);
        addresses[next - from] = start + used + at * this.#strideBytes;
      }
      used += count * this.#strideBytes;
    }
    return next;
  }

  /** The address of one vector. Throws INDEX_DAMAGED. */
  one(slot: number): number {
    const ahead = this.#ahead;
    const most = Math.max(1, Math.floor(aheadBytes / this.#strideBytes));
    const address = this.#aheadScratch.fit(most * this.#strideBytes);
    if (slot < ahead.from || slot >= ahead.to || ahead.writes !== this.#file.writes) {
      const inOrder = slot > ahead.last && slot - ahead.last < most / 2;
      const count = inOrder ? Math.min(most, slotsPerChunk - (slot % slotsPerChunk)) : 1;
      ahead.to = ahead.from;
      this.#file.read(slot, count, this.#view(address, count));
      ahead.from = slot;
      ahead.to = slot + count;
      ahead.writes = this.#file.writes;
    }
    ahead.last = slot;
    this.#check(slot, this.#view(address, most), slot - ahead.from);
    return address + (slot - ahead.from) * this.#strideBytes;
  }

  #view(address: number, count: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, address, count * this.#strideBytes);
  }

  #check(slot: number, bytes: Uint8Array, at: number): void {
    this.#file.check(slot, bytes.subarray(at * this.#strideBytes, (at + 1) * this.#strideBytes));
  }
}
