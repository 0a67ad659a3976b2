// Merges segments of neighbouring rows into one, without the rows that are gone. A merge runs in slices of well under a
// millisecond; segments do not change, so nobody notices before the new one takes their place.

import { compareBytes, type Dictionary, DictionaryCursor, DictionaryWriter } from "./dictionary.js";
import { PostingCursor } from "./posting-cursor.js";
import { bitsFrom, setBits } from "./row-bits.js";
import type { Segment } from "./segment.js";
import { SegmentWriter } from "./segment-writer.js";
import { withCapacity } from "./with-capacity.js";

const SLICE_POSTINGS = 10_000;
const SLICE_WORDS = 2000;
const GONE = 0xffffffff;

/** `segments` in the order of their rows, of one kind, version and step; `live` rows as bits. Returns the new buffer. */
export function* mergeSegments(
  segments: readonly Segment[],
  live: Uint32Array,
): Generator<undefined, Uint8Array<ArrayBuffer>> {
  const { kind, version, step, firstRow } = segments[0]!;
  const rowSpan = segments.at(-1)!.endRow - firstRow;
  // Taken now: rows that go while the merge runs are masked like those of any segment.
  const present = presentRows(segments, live, firstRow, rowSpan);
  const lengths = new Uint16Array(kind === "frequencies" ? rowSpan : 0);
  for (const segment of segments)
    lengths.set(segment.lengths, kind === "frequencies" ? segment.firstRow - firstRow : 0);
  // To grow an array of a hundred megabytes would take longer than a slice may.
  const packedWords = segments.reduce((sum, { packed }) => sum + packed.length, 0);
  const writer = new SegmentWriter({ kind, version, firstRow, rowSpan, present, lengths, step, packedWords });
  const newTerms = segments.map(({ terms }) => new Uint32Array(terms.count).fill(GONE));
  const cursor = new PostingCursor(segments[0]!);
  let rows = new Int32Array(4096);
  let values = new Int32Array(4096);
  let sinceYield = 0;
  for (const union = new UnionCursor(segments.map(({ terms }) => terms)); union.next(); ) {
    let count = 0;
    for (const source of union.sources) {
      const segment = segments[source]!;
      cursor.open(segment, union.indexIn(source));
      for (; cursor.block < cursor.endBlock; cursor.nextBlock()) {
        cursor.unpackRows();
        cursor.unpackValues();
        rows = withCapacity(rows, count + cursor.count);
        values = withCapacity(values, count + cursor.count);
        for (let i = 0; i < cursor.count; i++) {
          const row = cursor.rows[i]! - firstRow;
          rows[count] = row;
          values[count] = cursor.values[i]!;
          count += (present[row >>> 5]! >>> (row & 31)) & 1;
        }
      }
      if (count > 0) newTerms[source]![union.indexIn(source)] = writer.termCount;
    }
    // A term that is gone from its first segment may live on in a later one.
    if (count > 0) writer.term(union.bytes, union.length, rows, values, 0, count);
    sinceYield += count;
    if (sinceYield > SLICE_POSTINGS) {
      sinceYield = 0;
      yield;
    }
  }
  return yield* writer.finish(yield* mergeWords(segments, newTerms));
}

function presentRows(segments: readonly Segment[], live: Uint32Array, firstRow: number, rowSpan: number): Uint32Array {
  const words = Math.ceil(rowSpan / 32);
  let present = new Uint32Array(words + 1);
  for (const segment of segments) {
    for (let word = 0; word < segment.present.length; word++) {
      const row = segment.firstRow + word * 32;
      present = setBits(present, row - firstRow, segment.present[word]! & bitsFrom(live, row));
    }
  }
  return present.subarray(0, words);
}

function* mergeWords(segments: readonly Segment[], newTerms: readonly Uint32Array[]) {
  const dictionary = new DictionaryWriter();
  let terms = new Uint32Array(1024);
  let occurrences = new Uint32Array(1024);
  for (const union = new UnionCursor(segments.map(({ words }) => words)); union.next(); ) {
    let term = GONE;
    let count = 0;
    for (const source of union.sources) {
      const index = union.indexIn(source);
      const own = newTerms[source]![segments[source]!.wordTerms[index]!]!;
      if (own === GONE) continue;
      term = own;
      count += segments[source]!.wordOccurrences[index]!;
    }
    if (term === GONE) continue;
    const word = dictionary.count;
    terms = withCapacity(terms, word + 1);
    occurrences = withCapacity(occurrences, word + 1);
    terms[word] = term;
    occurrences[word] = Math.min(GONE, count);
    dictionary.add(union.bytes, union.length);
    if (word % SLICE_WORDS === 0) yield;
  }
  return {
    dictionary: dictionary.finish(),
    terms: terms.subarray(0, dictionary.count),
    occurrences: occurrences.subarray(0, dictionary.count),
  };
}

/** Walks several dictionaries as one sorted set. */
export class UnionCursor {
  /** Numbers of the dictionaries that have the current string, ascending. */
  readonly sources: number[] = [];
  readonly #cursors: DictionaryCursor[];
  readonly #ends: number[];

  constructor(dictionaries: readonly Dictionary[]) {
    this.#cursors = dictionaries.map((dictionary) => new DictionaryCursor(dictionary));
    this.#ends = dictionaries.map(({ count }) => count);
    for (const cursor of this.#cursors) cursor.next();
  }

  /** Goes to the next string, the first one first; false behind the last. */
  next(): boolean {
    for (const source of this.sources) this.#cursors[source]!.next();
    this.sources.length = 0;
    for (let i = 0; i < this.#cursors.length; i++) {
      const cursor = this.#cursors[i]!;
      if (cursor.index === this.#ends[i]) continue;
      const first = this.sources[0];
      if (first !== undefined) {
        const found = this.#cursors[first]!;
        const order = compareBytes(cursor.bytes, cursor.length, found.bytes, found.length);
        if (order > 0) continue;
        if (order < 0) this.sources.length = 0;
      }
      this.sources.push(i);
    }
    return this.sources.length > 0;
  }

  get bytes(): Uint8Array {
    return this.#cursors[this.sources[0]!]!.bytes;
  }

  get length(): number {
    return this.#cursors[this.sources[0]!]!.length;
  }

  string(): string {
    return this.#cursors[this.sources[0]!]!.string();
  }

  /** Place of the current string in one of `sources`. */
  indexIn(source: number): number {
    return this.#cursors[source]!.index;
  }
}
