// A sorted set of strings as UTF-8, front coded: groups of 16, the first of which is written in full, the others without
// what they share with the one before. A string is known by its place in the order.
//
//   offsets: u32 for each group, where it begins in `bytes`
//   bytes:   for each string, in order: shared bytes (varint), own bytes (varint), own bytes      (shared is 0 in a first one)
//
// (Witten, Moffat & Bell, "Managing Gigabytes", 1999, section 4.1.)

import { VarintReader, VarintWriter } from "./varint.js";
import { withCapacity } from "./with-capacity.js";

const GROUP = 16;

export class DictionaryWriter {
  #offsets = new Uint32Array(256);
  readonly #bytes = new VarintWriter();
  #count = 0;
  #last = new Uint8Array(256);
  #lastLength = 0;

  get count(): number {
    return this.#count;
  }

  /** Takes the next string, which comes after the one before. */
  add(string: Uint8Array, length: number): void {
    let shared = 0;
    if (this.#count % GROUP === 0) {
      this.#offsets = withCapacity(this.#offsets, this.#count / GROUP + 1);
      this.#offsets[this.#count / GROUP] = this.#bytes.length;
    } else {
      const most = Math.min(length, this.#lastLength);
      while (shared < most && string[shared] === this.#last[shared]) shared++;
    }
    this.#bytes.write(shared);
    this.#bytes.write(length - shared);
    this.#bytes.writeBytes(string, shared, length);
    this.#last = withCapacity(this.#last, length);
    for (let i = shared; i < length; i++) this.#last[i] = string[i]!;
    this.#lastLength = length;
    this.#count++;
  }

  finish(): { offsets: Uint32Array; bytes: Uint8Array } {
    return {
      offsets: this.#offsets.subarray(0, Math.ceil(this.#count / GROUP)),
      bytes: this.#bytes.finish(),
    };
  }
}

export class Dictionary {
  constructor(
    readonly offsets: Uint32Array,
    readonly bytes: Uint8Array,
    readonly count: number,
  ) {}

  /** Place of a string, or -1. */
  find(string: string): number {
    const key = Buffer.from(string);
    const group = this.#groupOf(key);
    const reader = new VarintReader(this.bytes, this.offsets[group] ?? 0);
    const end = Math.min(this.count, (group + 1) * GROUP);
    // Bytes that the key shares with the string before, which comes before the key.
    let common = 0;
    for (let index = group * GROUP; index < end; index++) {
      const shared = reader.read();
      const own = reader.read();
      const at = reader.at;
      reader.at = at + own;
      // It differs from the string before only behind where that differs from the key.
      if (shared > common) continue;
      // It differs from the string before where the key does not: it comes after both.
      if (shared < common) return -1;
      let same = 0;
      const most = Math.min(own, key.length - common);
      while (same < most && this.bytes[at + same] === key[common + same]) same++;
      if (same === own && common + same === key.length) return index;
      common += same;
      // The key ends first, or goes on with a lower byte.
      if (common === key.length || (same < own && this.bytes[at + same]! > key[common]!)) return -1;
    }
    return -1;
  }

  /** A cursor at the first string that is not before `key`; its index is `count` where there is none. */
  seek(key: Uint8Array): DictionaryCursor {
    const cursor = new DictionaryCursor(this);
    cursor.toGroup(this.#groupOf(key));
    while (cursor.index < this.count && compareBytes(cursor.bytes, cursor.length, key, key.length) < 0) cursor.next();
    return cursor;
  }

  /** The string at a place. */
  at(index: number): string {
    const cursor = new DictionaryCursor(this);
    cursor.toGroup(Math.floor(index / GROUP));
    while (cursor.index < index) cursor.next();
    return cursor.string();
  }

  /** The last group whose first string is not after the key; the first group where there is none. */
  #groupOf(key: Uint8Array): number {
    const { offsets, bytes } = this;
    let low = 0;
    let high = offsets.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      const reader = new VarintReader(bytes, offsets[middle]! + 1);
      const length = reader.read();
      const at = reader.at;
      const most = Math.min(length, key.length);
      let same = 0;
      while (same < most && bytes[at + same] === key[same]) same++;
      const isAfter = same < most ? bytes[at + same]! > key[same]! : length > key.length;
      if (isAfter) high = middle;
      else low = middle;
    }
    return low;
  }

  *strings(): Generator<string> {
    for (const cursor = new DictionaryCursor(this); cursor.next(); ) yield cursor.string();
  }
}

/** Walks a dictionary; `next` goes to the first string first. */
export class DictionaryCursor {
  /** UTF-8 of the current string in its first `length` bytes. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(64);
  length = 0;
  index = -1;
  readonly #dictionary: Dictionary;
  readonly #reader: VarintReader;

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary;
    this.#reader = new VarintReader(dictionary.bytes, 0);
  }

  /** Goes to the first string of a group; behind the end where there is no such group. */
  toGroup(group: number): void {
    this.#reader.at = this.#dictionary.offsets[group] ?? 0;
    this.index = Math.min(group * GROUP, this.#dictionary.count) - 1;
    this.length = 0;
    this.next();
  }

  /** Goes to the next string; false, and index = count, behind the last. */
  next(): boolean {
    if (this.index < this.#dictionary.count) this.index++;
    if (this.index === this.#dictionary.count) return false;
    const reader = this.#reader;
    const bytes = reader.bytes;
    const shared = reader.read();
    const own = reader.read();
    const at = reader.at;
    if (shared + own > this.bytes.length) this.bytes = withCapacity(this.bytes, shared + own);
    const target = this.bytes;
    for (let i = 0; i < own; i++) target[shared + i] = bytes[at + i]!;
    this.length = shared + own;
    reader.at = at + own;
    return true;
  }

  /** Goes to the next string that does not begin as this one does, in its first `length` bytes; false behind the last. */
  leave(length: number): boolean {
    const reader = this.#reader;
    for (;;) {
      // What a string shares with the one before need not be unpacked to be passed over.
      while (++this.index % GROUP !== 0 && this.index < this.#dictionary.count) {
        const start = reader.at;
        if (reader.read() < length) {
          reader.at = start;
          this.index--;
          return this.next();
        }
        const own = reader.read();
        reader.at += own;
      }
      let group = this.index / GROUP;
      if (this.index >= this.#dictionary.count || !this.#beginsAlike(group, length)) {
        this.index--;
        return this.next();
      }
      while (this.#beginsAlike(group + 1, length)) group++;
      this.toGroup(group);
    }
  }

  /** Whether a group is there and its first string has the first `length` bytes of the current one. */
  #beginsAlike(group: number, length: number): boolean {
    const { offsets, bytes } = this.#dictionary;
    if (group >= offsets.length) return false;
    const reader = new VarintReader(bytes, offsets[group]! + 1);
    if (reader.read() < length) return false;
    for (let i = 0; i < length; i++) if (bytes[reader.at + i] !== this.bytes[i]) return false;
    return true;
  }

  string(): string {
    return Buffer.from(this.bytes.buffer, 0, this.length).toString("utf8");
  }
}

/** Below 0, 0 or above 0 as a comes before b, is b or comes after b. */
export function compareBytes(a: Uint8Array, aLength: number, b: Uint8Array, bLength: number): number {
  const length = Math.min(aLength, bLength);
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}

/** A dictionary of strings that are sorted by code point. */
export function dictionaryOf(strings: Iterable<string>): { offsets: Uint32Array; bytes: Uint8Array } {
  const writer = new DictionaryWriter();
  for (const string of strings) {
    const bytes = Buffer.from(string);
    writer.add(bytes, bytes.length);
  }
  return writer.finish();
}
