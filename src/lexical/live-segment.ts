// A segment in use: which of its rows are gone, and how many rows a term still has.

import { PostingCursor } from "./posting-cursor.js";
import { countBits, hasBit } from "./row-bits.js";
import type { Segment } from "./segment.js";
import { withCapacity } from "./with-capacity.js";

/** Of one term: how many of the first `seen` rows that are gone had it. */
type GoneCount = { seen: number; rows: number };

const MAX_KEPT_COUNTS = 20_000;

export class LiveSegment {
  readonly segment: Segment;
  /** Rows whose postings are in the segment. */
  readonly rows: number;
  readonly #live: () => Uint32Array;
  /** Rows that are gone but whose postings are here, in the order in which they went. */
  #gone = new Uint32Array(16);
  #goneCount = 0;
  readonly #counts = new Map<number, GoneCount>();
  readonly #cursor: PostingCursor;

  /** `live` gives the live rows of the index as bits. */
  constructor(segment: Segment, live: () => Uint32Array) {
    this.segment = segment;
    this.rows = countBits(segment.present);
    this.#live = live;
    this.#cursor = new PostingCursor(segment);
  }

  get deadRows(): number {
    return this.#goneCount;
  }

  /** Notes that a row, which the segment has, is gone. */
  remove(row: number): void {
    this.#gone = withCapacity(this.#gone, this.#goneCount + 1);
    this.#gone[this.#goneCount++] = row;
  }

  /** Live rows that have a term, by its place in the segment's dictionary. */
  documentFrequency(term: number): number {
    const all = this.segment.documentFrequencies[term]!;
    if (this.#goneCount === 0) return all;
    let known = this.#counts.get(term);
    if (known?.seen === this.#goneCount) return all - known.rows;
    const fresh = this.#goneCount - (known?.seen ?? 0);
    const rows = fresh > all ? this.#countAll(term) : (known?.rows ?? 0) + this.#countFresh(term, known?.seen ?? 0);
    if (this.#counts.size >= MAX_KEPT_COUNTS) this.#counts.clear();
    known = { seen: this.#goneCount, rows };
    this.#counts.set(term, known);
    return all - rows;
  }

  /** Reads the whole list: for many rows that are gone. */
  #countAll(term: number): number {
    const live = this.#live();
    const cursor = this.#cursor;
    let count = 0;
    cursor.open(this.segment, term);
    for (; cursor.block < cursor.endBlock; cursor.nextBlock()) {
      cursor.unpackRows();
      for (let i = 0; i < cursor.count; i++) if (!hasBit(live, cursor.rows[i]!)) count++;
    }
    return count;
  }

  /** Looks up the rows that have gone since `seen`. */
  #countFresh(term: number, seen: number): number {
    const cursor = this.#cursor;
    let count = 0;
    cursor.open(this.segment, term);
    for (const row of this.#gone.slice(seen, this.#goneCount).sort()) {
      if (!cursor.toBlockOf(row)) break;
      cursor.unpackRows();
      cursor.toRow(row);
      if (cursor.at < cursor.count && cursor.rows[cursor.at] === row) count++;
    }
    return count;
  }
}
