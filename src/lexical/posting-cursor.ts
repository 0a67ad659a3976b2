// A place in one term's postings in one segment, moving forward. Blocks are unpacked when a row in them is asked for.

import { packedWords, unpack, unpackAscending, unpackOne } from "./bit-packing.js";
import { BLOCK, type Segment } from "./segment.js";

export class PostingCursor {
  /** Unpacked rows of the current block, and values of it where they were asked for. */
  readonly rows = new Int32Array(BLOCK);
  readonly values = new Int32Array(BLOCK);
  /** The current block; `endBlock` behind the last. */
  block = 0;
  endBlock = 0;
  /** Index in the current block of the next posting. */
  at = 0;
  /** Postings in the current block; 0 until it is unpacked. */
  count = 0;
  #segment: Segment;
  #firstRow = 0;
  #firstBlock = 0;
  #postings = 0;
  #valuesOf = -1;
  readonly #float = new Float32Array(1);
  readonly #floatBits = new Uint32Array(this.#float.buffer);

  constructor(segment: Segment) {
    this.#segment = segment;
  }

  /** Takes up a term of a segment, before its first posting. */
  open(segment: Segment, term: number): void {
    this.#segment = segment;
    this.#firstRow = segment.firstRow;
    this.#firstBlock = segment.firstBlocks[term]!;
    this.#postings = segment.documentFrequencies[term]!;
    this.block = this.#firstBlock;
    this.endBlock = segment.firstBlocks[term + 1]!;
    this.at = 0;
    this.count = 0;
    this.#valuesOf = -1;
  }

  /** Moves to the block in which `row` or the first posting after it lies; false behind the last. */
  toBlockOf(row: number): boolean {
    const lasts = this.#segment.blockLasts;
    const local = row - this.#firstRow;
    let block = this.block;
    if (block === this.endBlock) return false;
    if (lasts[block]! >= local) return true;
    // Gallop, then halve.
    let step = 1;
    let low = block;
    block++;
    while (block < this.endBlock && lasts[block]! < local) {
      low = block;
      step *= 2;
      block = Math.min(this.endBlock, block + step);
    }
    let high = block;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (lasts[middle]! < local) low = middle;
      else high = middle;
    }
    this.block = high;
    this.count = 0;
    this.at = 0;
    return high < this.endBlock;
  }

  nextBlock(): boolean {
    this.count = 0;
    this.at = 0;
    return ++this.block < this.endBlock;
  }

  /** Unpacks the rows of the current block. */
  unpackRows(): void {
    if (this.count > 0) return;
    const { blockLasts, blockWords, blockWidths, packed } = this.#segment;
    const block = this.block;
    const before = block === this.#firstBlock ? -1 : blockLasts[block - 1]!;
    this.count = Math.min(BLOCK, this.#postings - (block - this.#firstBlock) * BLOCK);
    const bits = blockWidths[block]! & 255;
    unpackAscending(packed, blockWords[block]!, bits, this.count, before + this.#firstRow, this.rows);
  }

  /** Unpacks the values of the current block, whose rows are unpacked. */
  unpackValues(): void {
    if (this.#valuesOf === this.block) return;
    this.#valuesOf = this.block;
    const { blockWords, blockWidths, packed } = this.#segment;
    const widths = blockWidths[this.block]!;
    const start = blockWords[this.block]! + packedWords(this.count, widths & 255);
    unpack(packed, start, widths >>> 8, this.count, 1, this.values);
  }

  /** The value at `at` in the current block, whose rows are unpacked. */
  valueAt(at: number): number {
    const { blockWords, blockWidths, packed } = this.#segment;
    const widths = blockWidths[this.block]!;
    const start = blockWords[this.block]! + packedWords(this.count, widths & 255);
    return unpackOne(packed, start, widths >>> 8, at) + 1;
  }

  /** Moves `at` to the first posting of the current block, whose rows are unpacked, that is not before `row`. */
  toRow(row: number): void {
    const rows = this.rows;
    let low = this.at;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rows[middle]! < row) low = middle + 1;
      else high = middle;
    }
    this.at = low;
  }

  /** Last row of a block. */
  lastRow(block: number): number {
    return this.#segment.blockLasts[block]! + this.#firstRow;
  }

  /** At most how many postings from the current block on come before `end`, in whole blocks. */
  postingsBefore(end: number): number {
    let block = this.block;
    while (this.lastRow(block) < end - 1 && block + 1 < this.endBlock) block++;
    return (block - this.block + 1) * BLOCK;
  }

  /** Whether the next posting from `row` on is known not to come before `end`; the current block is the one of `row`. */
  isBeyond(row: number, end: number): boolean {
    if (this.count === 0) return false;
    this.toRow(row);
    return this.at < this.count && this.rows[this.at]! >= end;
  }

  /** At most the least g (bm25.ts) of a block's postings under the average with which it was written. */
  leastG(block: number): number {
    this.#floatBits[0] = this.#segment.blockBounds[block]! << 16;
    return this.#float[0]!;
  }

  largestImpact(block: number): number {
    return this.#segment.blockBounds[block]!;
  }

  /** leastG of the current block and of those after it that may hold rows before `end`. */
  leastGBefore(end: number): number {
    let least = this.leastG(this.block);
    for (let block = this.block; this.lastRow(block) < end - 1 && ++block < this.endBlock; ) {
      const g = this.leastG(block);
      if (g < least) least = g;
    }
    return least;
  }

  /** largestImpact likewise. */
  largestImpactBefore(end: number): number {
    let largest = this.largestImpact(this.block);
    for (let block = this.block; this.lastRow(block) < end - 1 && ++block < this.endBlock; ) {
      const impact = this.largestImpact(block);
      if (impact > largest) largest = impact;
    }
    return largest;
  }
}
