// Numbers for strings of UTF-16 units, given out in order of first sight: an open hash table over one pool of units, so
// that a token that was seen before costs neither a string nor an allocation. Memory bounds it: what is compared before
// the units themselves lies in one slot of 16 bytes.

import { withCapacity } from "./with-capacity.js";

// A slot: hash, number, start in the pool, length; a length of 0 marks a free one.
const SLOT = 4;

export class WordMemo {
  #slots = new Int32Array(SLOT << 14);
  #pool = new Uint16Array(1 << 16);
  #poolLength = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of units[from..to), which is not empty, or -1. `hash` is any 32-bit hash of them. */
  find(units: Uint16Array, from: number, to: number, hash: number): number {
    const slots = this.#slots;
    const pool = this.#pool;
    const mask = slots.length - 1;
    const length = to - from;
    for (let slot = (spread(hash) * SLOT) & mask; slots[slot + 3] !== 0; slot = (slot + SLOT) & mask) {
      if (slots[slot] !== hash || slots[slot + 3] !== length) continue;
      const start = slots[slot + 2]!;
      let i = 0;
      while (i < length && pool[start + i] === units[from + i]) i++;
      if (i === length) return slots[slot + 1]!;
    }
    return -1;
  }

  /** Takes in units[from..to), which `find` did not find. */
  insert(units: Uint16Array, from: number, to: number, hash: number): number {
    const id = this.#size++;
    const start = this.#poolLength;
    this.#poolLength += to - from;
    this.#pool = withCapacity(this.#pool, this.#poolLength);
    this.#pool.set(units.subarray(from, to), start);
    if (this.#size * 2 * SLOT > this.#slots.length) this.#widen();
    this.#place(hash, id, start, to - from);
    return id;
  }

  #widen(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += SLOT) {
      if (old[slot + 3] !== 0) this.#place(old[slot]!, old[slot + 1]!, old[slot + 2]!, old[slot + 3]!);
    }
  }

  #place(hash: number, id: number, start: number, length: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (spread(hash) * SLOT) & mask;
    while (slots[slot + 3] !== 0) slot = (slot + SLOT) & mask;
    slots[slot] = hash;
    slots[slot + 1] = id;
    slots[slot + 2] = start;
    slots[slot + 3] = length;
  }
}

// The low bits of a product hold little of the high bits of its factors. At most 28 bits, for they are multiplied.
function spread(hash: number): number {
  return (hash ^ (hash >>> 15)) & 0xfffffff;
}
