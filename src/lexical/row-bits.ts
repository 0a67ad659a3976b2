// Sets of rows as bits: bit r % 32 of word r / 32 stands for row r, as in the bitmaps of filters.

import { withCapacity } from "./with-capacity.js";

export function hasBit(words: Uint32Array, bit: number): boolean {
  return (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
}

/** A set of the rows from 0 up to but without `count`. */
export function firstBits(count: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(count / 32)).fill(0xffffffff);
  if ((count & 31) !== 0) words[words.length - 1] = 2 ** (count & 31) - 1;
  return words;
}

/** 32 bits from any bit on; those past the end are 0. */
export function bitsFrom(words: Uint32Array, bit: number): number {
  const word = bit >>> 5;
  const shift = bit & 31;
  const low = words[word] ?? 0;
  return shift === 0 ? low | 0 : (low >>> shift) | ((words[word + 1] ?? 0) << (32 - shift));
}

/** The first bit from `bit` on that is set; -1 where there is none. */
export function nextBit(words: Uint32Array, bit: number): number {
  let word = bit >>> 5;
  if (word >= words.length) return -1;
  let bits = words[word]! & (-1 << (bit & 31));
  while (bits === 0) {
    if (++word >= words.length) return -1;
    bits = words[word]!;
  }
  return word * 32 + 31 - Math.clz32(bits & -bits);
}

/** ORs 32 bits into `words` from any bit on; returns them, grown where they had to. */
export function setBits(words: Uint32Array<ArrayBuffer>, bit: number, bits: number): Uint32Array<ArrayBuffer> {
  const grown = withCapacity(words, (bit >>> 5) + 2);
  grown[bit >>> 5]! |= bits << (bit & 31);
  if ((bit & 31) !== 0) grown[(bit >>> 5) + 1]! |= bits >>> (32 - (bit & 31));
  return grown;
}

/** The places of the bits that are set in one word, ascending. */
export function placesOf(word: number): number[] {
  const places: number[] = [];
  for (let bits = word; bits !== 0; bits &= bits - 1) places.push(31 - Math.clz32(bits & -bits));
  return places;
}

// Bits of a word, summed in pairs, nibbles and bytes (Warren, Hacker's Delight, section 5-1).
export function countBits(words: Uint32Array | Int32Array): number {
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]! | 0;
    if (word === 0) continue;
    const pairs = word - ((word >>> 1) & 0x55555555);
    const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
    count += Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}
