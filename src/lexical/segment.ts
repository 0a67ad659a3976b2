// A segment: the postings of a range of rows, immutable, in one buffer. Everything here is a view of that buffer.
//
// Sections (see sections.ts for the header); T terms, B blocks, W words:
//    0  facts f64 x 7: first row, row span, T, W, postings, avg|d| when it was written, weight of one unit of value
//    1  bit for each row of the span whose postings are here u32
//    2  lengths u16 x span, none for impacts
//    3  terms: dictionary offsets   4  dictionary bytes
//    5  document frequency u32 x T      6  first block u32 x (T + 1)
//    7  last row of a block, from the first row on, u32 x B     8  where its words begin in section 11, u32 x B
//    9  its bound u16 x B: high half of the least g (bm25.ts) as float32, or the largest impact
//   10  widths u16 x B: bits of a row gap, and of a value << 8
//   11  postings i32: for each block of 128 (a term's last one has the rest) gaps of rows less one, then values less one,
//       each packed from a word's start (bit-packing.ts); one word of padding
//   12  words: dictionary offsets  13  dictionary bytes  14  term u32 x W  15  occurrences u32 x W
// BAKED IN: k1 and b (bounds), the block size, the rules of the analyser (version).

import { Dictionary } from "./dictionary.js";
import { checkSections, Sections } from "./sections.js";
import type { ValueKind } from "./term-batch.js";

export const SEGMENT = { magic: "LLEX", format: 1 } as const;
export const BLOCK = 128;

/** Throws INDEX_DAMAGED unless the bytes are as a SegmentWriter made them. */
export function checkSegment(bytes: Uint8Array): void {
  checkSections(bytes, SEGMENT, "lexical segment");
}

export class Segment {
  readonly bytes: Uint8Array;
  readonly kind: ValueKind;
  /** Digest of the analyser's or encoder's version. */
  readonly version: string;
  readonly firstRow: number;
  /** One more than the last row. */
  readonly endRow: number;
  readonly postings: number;
  /** Average length at the time of writing, which the bounds are for. */
  readonly averageLength: number;
  /** Weight of one unit of value; 1 for frequencies. */
  readonly step: number;
  /** Rows whose postings are here: bit i of word i / 32 for row firstRow + i. */
  readonly present: Uint32Array;
  readonly lengths: Uint16Array;
  readonly terms: Dictionary;
  readonly documentFrequencies: Uint32Array;
  /** Blocks of term t: [firstBlocks[t], firstBlocks[t + 1]). */
  readonly firstBlocks: Uint32Array;
  readonly blockLasts: Uint32Array;
  readonly blockWords: Uint32Array;
  readonly blockBounds: Uint16Array;
  readonly blockWidths: Uint16Array;
  readonly packed: Int32Array;
  readonly words: Dictionary;
  readonly wordTerms: Uint32Array;
  readonly wordOccurrences: Uint32Array;

  /** A segment that was kept somewhere. Throws INDEX_DAMAGED unless its bytes are as a SegmentWriter made them. */
  static checked(bytes: Uint8Array): Segment {
    checkSegment(bytes);
    return new Segment(bytes);
  }

  /** What a SegmentWriter has just written. */
  constructor(bytes: Uint8Array) {
    const sections = new Sections(bytes);
    this.bytes = sections.bytes;
    this.kind = sections.kind;
    this.version = sections.version;
    const facts = sections.float64(0);
    const [firstRow, span, terms, words, postings, average, step] = facts;
    this.firstRow = firstRow!;
    this.endRow = firstRow! + span!;
    this.postings = postings!;
    this.averageLength = average!;
    this.step = step!;
    this.present = sections.uint32(1);
    this.lengths = sections.uint16(2);
    this.terms = new Dictionary(sections.uint32(3), sections.uint8(4), terms!);
    this.documentFrequencies = sections.uint32(5);
    this.firstBlocks = sections.uint32(6);
    this.blockLasts = sections.uint32(7);
    this.blockWords = sections.uint32(8);
    this.blockBounds = sections.uint16(9);
    this.blockWidths = sections.uint16(10);
    this.packed = sections.int32(11);
    this.words = new Dictionary(sections.uint32(12), sections.uint8(13), words!);
    this.wordTerms = sections.uint32(14);
    this.wordOccurrences = sections.uint32(15);
  }
}
