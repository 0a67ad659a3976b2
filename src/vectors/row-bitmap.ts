// A set of row numbers as one bit a row: filters and, over slots instead of rows, live masks and deltas. Bit r % 32 of word r / 32 stands for row r.

import { LodestoneError } from "../errors.js";

/** A growable set of row numbers (0..2^32-1), dense: it takes an eighth of a byte for each row up to its highest. */
export class RowBitmap implements Iterable<number> {
  #words: Uint32Array;
  #changes = 0;

  constructor(capacityRows = 0) {
    this.#words = new Uint32Array(Math.ceil(capacityRows / 32));
  }

  static of(rows: Iterable<number>): RowBitmap {
    const bitmap = new RowBitmap();
    for (const row of rows) bitmap.add(row);
    return bitmap;
  }

  /** All rows below `rowCount`. */
  static below(rowCount: number): RowBitmap {
    const bitmap = new RowBitmap(rowCount);
    bitmap.#words.fill(0xffffffff);
    if (rowCount % 32 !== 0) bitmap.#words[bitmap.#words.length - 1] = 2 ** (rowCount % 32) - 1;
    return bitmap;
  }

  /** Takes over `words`, which the caller must not change afterwards. */
  static fromWords(words: Uint32Array): RowBitmap {
    const bitmap = new RowBitmap();
    bitmap.#words = words;
    return bitmap;
  }

  /** Reads what toBytes wrote. Throws INVALID_INPUT where the length is not one of whole words. */
  static fromBytes(bytes: Uint8Array): RowBitmap {
    if (bytes.length % 4 !== 0) {
      throw new LodestoneError(
        "INVALID_INPUT",
        `A row bitmap is a whole number of 4-byte words; ${bytes.length} bytes were given.`,
      );
    }
    // Copied: the bytes of a SQLite blob or a file slice need not begin at a multiple of 4.
    return RowBitmap.fromWords(new Uint32Array(Uint8Array.from(bytes).buffer));
  }

  /** The words in this machine's byte order, trailing zeros left out. */
  toBytes(): Uint8Array {
    return new Uint8Array(this.#words.slice(0, this.#usedWords()).buffer);
  }

  /** Counts up with every change that is made by a method. */
  get changes(): number {
    return this.#changes;
  }

  /** The words, not a copy, to be read only. Words past the end are zero. */
  get words(): Uint32Array {
    return this.#words;
  }

  add(row: number): void {
    const word = row >>> 5;
    if (word >= this.#words.length) this.#grow(word + 1);
    this.#words[word]! |= 1 << (row & 31);
    this.#changes++;
  }

  delete(row: number): void {
    const word = row >>> 5;
    if (word < this.#words.length) this.#words[word]! &= ~(1 << (row & 31));
    this.#changes++;
  }

  has(row: number): boolean {
    return (((this.#words[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1;
  }

  /** Keeps the rows that are in `other` too. */
  and(other: RowBitmap): this {
    const words = this.#words;
    const others = other.#words;
    const shared = Math.min(words.length, others.length);
    for (let i = 0; i < shared; i++) words[i]! &= others[i]!;
    words.fill(0, shared);
    this.#changes++;
    return this;
  }

  /** Adds the rows of `other`. */
  or(other: RowBitmap): this {
    const used = other.#usedWords();
    if (used > this.#words.length) this.#grow(used);
    for (let i = 0; i < used; i++) this.#words[i]! |= other.#words[i]!;
    this.#changes++;
    return this;
  }

  /** Drops the rows of `other`. */
  andNot(other: RowBitmap): this {
    const shared = Math.min(this.#words.length, other.#words.length);
    for (let i = 0; i < shared; i++) this.#words[i]! &= ~other.#words[i]!;
    this.#changes++;
    return this;
  }

  count(): number {
    const words = this.#words;
    let rows = 0;
    for (let i = 0; i < words.length; i++) rows += popcount(words[i]! | 0);
    return rows;
  }

  /** Words that hold a row: blocks of 32 that a scan has to visit. */
  countBlocks(): number {
    const words = this.#words;
    let blocks = 0;
    for (let i = 0; i < words.length; i++) if ((words[i]! | 0) !== 0) blocks++;
    return blocks;
  }

  /** One more than the highest row; 0 when empty. */
  get rowLimit(): number {
    const used = this.#usedWords();
    return used === 0 ? 0 : used * 32 - Math.clz32(this.#words[used - 1]!);
  }

  clone(): RowBitmap {
    return RowBitmap.fromWords(this.#words.slice());
  }

  /** Ascending. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (let word = 0; word < this.#words.length; word++) {
      for (let bits = this.#words[word]!; bits !== 0; bits &= bits - 1) yield word * 32 + lowestBit(bits);
    }
  }

  /** The rows, ascending. */
  toRows(): Uint32Array {
    const rows = new Uint32Array(this.count());
    let at = 0;
    for (let word = 0; word < this.#words.length; word++) {
      for (let bits = this.#words[word]!; bits !== 0; bits &= bits - 1) rows[at++] = word * 32 + lowestBit(bits);
    }
    return rows;
  }

  #usedWords(): number {
    let used = this.#words.length;
    while (used > 0 && this.#words[used - 1] === 0) used--;
    return used;
  }

  #grow(minWords: number): void {
    const words = new Uint32Array(Math.max(minWords, Math.ceil(this.#words.length * 1.5)));
    words.set(this.#words);
    this.#words = words;
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

// Bits of a word, summed in pairs, nibbles and bytes (Warren, Hacker's Delight, section 5-1).
function popcount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
