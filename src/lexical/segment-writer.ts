// Writes a segment term by term.

import { bitsFor, pack, packedWords } from "./bit-packing.js";
import { averageLength, normsByLength } from "./bm25.js";
import { DictionaryWriter, dictionaryOf } from "./dictionary.js";
import { hasBit } from "./row-bits.js";
import { writeSections } from "./sections.js";
import { BLOCK, SEGMENT } from "./segment.js";
import type { TermBatch, ValueKind } from "./term-batch.js";
import { withCapacity } from "./with-capacity.js";

export type SegmentRows = {
  kind: ValueKind;
  /** Digest of the analyser's or encoder's version. */
  version: string;
  firstRow: number;
  rowSpan: number;
  /** Rows whose postings come. */
  present: Uint32Array;
  lengths: Uint16Array;
  /** Weight of one unit of value. */
  step: number;
  /** About how many words the packed postings will take. */
  packedWords?: number;
};

export class SegmentWriter {
  readonly #rows: SegmentRows;
  readonly #average: number;
  readonly #norms: Float32Array;
  readonly #terms = new DictionaryWriter();
  #documentFrequencies = new Uint32Array(256);
  #firstBlocks = new Uint32Array(256);
  #blocks = 0;
  #blockLasts = new Uint32Array(256);
  #blockWords = new Uint32Array(256);
  #blockBounds = new Uint16Array(256);
  #blockWidths = new Uint16Array(256);
  #packed: Int32Array<ArrayBuffer>;
  #packedLength = 0;
  #postings = 0;
  readonly #gaps = new Int32Array(BLOCK);
  readonly #values = new Int32Array(BLOCK);
  readonly #float = new Float32Array(1);
  readonly #floatBits = new Uint32Array(this.#float.buffer);

  constructor(rows: SegmentRows) {
    this.#rows = rows;
    this.#packed = new Int32Array(rows.packedWords ?? 1024);
    const statistics = { rows: 0, words: 0 };
    let longest = 0;
    for (let row = 0; row < rows.lengths.length; row++) {
      if (!hasBit(rows.present, row)) continue;
      const length = rows.lengths[row]!;
      statistics.rows++;
      statistics.words += length;
      if (length > longest) longest = length;
    }
    this.#average = averageLength(statistics);
    this.#norms = normsByLength(longest, this.#average);
  }

  /** Terms so far: the next one gets this number. */
  get termCount(): number {
    return this.#terms.count;
  }

  /** Takes the next term by code point and its postings: rows from the first row on, ascending, and values. */
  term(name: Uint8Array, length: number, rows: ArrayLike<number>, values: ArrayLike<number>, from: number, to: number) {
    const term = this.#terms.count;
    this.#terms.add(name, length);
    this.#documentFrequencies = withCapacity(this.#documentFrequencies, term + 1);
    this.#firstBlocks = withCapacity(this.#firstBlocks, term + 2);
    this.#documentFrequencies[term] = to - from;
    this.#firstBlocks[term] = this.#blocks;
    let before = -1;
    for (let start = from; start < to; start += BLOCK) {
      const end = Math.min(to, start + BLOCK);
      this.#block(rows, values, start, end, before);
      before = rows[end - 1]!;
    }
    this.#firstBlocks[term + 1] = this.#blocks;
    this.#postings += to - from;
  }

  /** Lays out the buffer, in slices of some milliseconds. `words` are those of a batch or a merge, sorted. */
  *finish(words: {
    dictionary: { offsets: Uint32Array; bytes: Uint8Array };
    terms: Uint32Array;
    occurrences: Uint32Array;
  }): Generator<undefined, Uint8Array<ArrayBuffer>> {
    const { kind, version, firstRow, rowSpan, present, lengths, step } = this.#rows;
    const terms = this.#terms.count;
    const blocks = this.#blocks;
    const { offsets, bytes } = this.#terms.finish();
    const facts = [firstRow, rowSpan, terms, words.terms.length, this.#postings, this.#average, step];
    this.#packed = withCapacity(this.#packed, this.#packedLength + 1);
    return yield* writeSections({ ...SEGMENT, kind, version }, [
      Float64Array.from(facts),
      present,
      lengths,
      offsets,
      bytes,
      this.#documentFrequencies.subarray(0, terms),
      this.#firstBlocks.subarray(0, terms + 1),
      this.#blockLasts.subarray(0, blocks),
      this.#blockWords.subarray(0, blocks),
      this.#blockBounds.subarray(0, blocks),
      this.#blockWidths.subarray(0, blocks),
      this.#packed.subarray(0, this.#packedLength + 1),
      words.dictionary.offsets,
      words.dictionary.bytes,
      words.terms,
      words.occurrences,
    ]);
  }

  #block(rows: ArrayLike<number>, values: ArrayLike<number>, start: number, end: number, before: number): void {
    const count = end - start;
    const gaps = this.#gaps;
    let last = before;
    for (let i = 0; i < count; i++) {
      const row = rows[start + i]!;
      gaps[i] = row - last - 1;
      this.#values[i] = values[start + i]! - 1;
      last = row;
    }
    const rowBits = bitsFor(gaps, count);
    const valueBits = bitsFor(this.#values, count);
    const block = this.#blocks++;
    this.#blockLasts = withCapacity(this.#blockLasts, block + 1);
    this.#blockWords = withCapacity(this.#blockWords, block + 1);
    this.#blockBounds = withCapacity(this.#blockBounds, block + 1);
    this.#blockWidths = withCapacity(this.#blockWidths, block + 1);
    this.#blockLasts[block] = last;
    this.#blockWords[block] = this.#packedLength;
    this.#blockWidths[block] = rowBits | (valueBits << 8);
    this.#blockBounds[block] = this.#boundOf(rows, values, start, end);
    const rowWords = packedWords(count, rowBits);
    const length = rowWords + packedWords(count, valueBits);
    this.#packed = withCapacity(this.#packed, this.#packedLength + length);
    pack(gaps, count, rowBits, this.#packed, this.#packedLength);
    pack(this.#values, count, valueBits, this.#packed, this.#packedLength + rowWords);
    this.#packedLength += length;
  }

  #boundOf(rows: ArrayLike<number>, values: ArrayLike<number>, start: number, end: number): number {
    if (this.#rows.kind === "impacts") {
      let largest = 0;
      for (let i = start; i < end; i++) if (values[i]! > largest) largest = values[i]!;
      return largest;
    }
    let least = Number.POSITIVE_INFINITY;
    const { lengths } = this.#rows;
    for (let i = start; i < end; i++) {
      const g = this.#norms[lengths[rows[i]!]!]! / values[i]!;
      if (g < least) least = g;
    }
    // The high half of a positive float is that float rounded down, which a lower bound may be.
    this.#float[0] = least;
    return this.#floatBits[0]! >>> 16;
  }
}

const SLICE_POSTINGS = 20_000;

/** A batch as a segment of its own, in slices of some milliseconds. `step`: weight of one unit of value. */
export function* segmentOfBatch(batch: TermBatch, step: number): Generator<undefined, Uint8Array<ArrayBuffer>> {
  const { kind, version, firstRow, rowCount: rowSpan, present, lengths, rows, values, termStarts } = batch;
  const writer = new SegmentWriter({ kind, version, firstRow, rowSpan, present, lengths, step });
  const name = new Uint8Array(4096);
  const encoder = new TextEncoder();
  let sliceEnd = SLICE_POSTINGS;
  for (const [i, term] of batch.terms.entries()) {
    const { written } = encoder.encodeInto(term, name);
    const end = termStarts[i + 1]!;
    writer.term(name, written, rows, values, termStarts[i]!, end);
    if (end < sliceEnd) continue;
    sliceEnd = end + SLICE_POSTINGS;
    yield;
  }
  return yield* writer.finish({
    dictionary: dictionaryOf(batch.words),
    terms: batch.wordTerms,
    occurrences: batch.wordOccurrences,
  });
}
