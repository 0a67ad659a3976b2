// The inverted index: segments of postings in the order of their rows, the rows that are alive, statistics that are exact
// at any moment, and the search. It holds everything in memory and does no input or output; what it is made from are
// batches and the buffers of segments.

import { LodestoneError } from "../errors.js";
import { BestRows, type LexicalHits } from "./best-rows.js";
import { averageLength, normsByLength, type Statistics, termWeight } from "./bm25.js";
import { LARGEST_IMPACT } from "./impact-batch.js";
import { LiveSegment } from "./live-segment.js";
import { MaxScore } from "./max-score.js";
import { nextMerge } from "./merge-policy.js";
import { mergeSegments } from "./merge-segments.js";
import { PostingCursor } from "./posting-cursor.js";
import { bitsFrom, hasBit, nextBit, placesOf, setBits } from "./row-bits.js";
import { finished, versionDigest } from "./sections.js";
import { Segment } from "./segment.js";
import { segmentOfBatch } from "./segment-writer.js";
import type { TermBatch, ValueKind } from "./term-batch.js";
import { Vocabulary } from "./vocabulary.js";

export type ImpactIndexOptions = {
  /** Version of the analyser or encoder that makes the terms. */
  version: string;
} & ({ kind: "frequencies" } | { kind: "impacts" /** What an impact of 255 stands for. */; largestWeight: number });

/** A term of a query. `weight`: its occurrences for frequencies, the encoder's weight for impacts; above 0. */
export type QueryTerm = { term: string; weight: number };

export type LexicalSearchOptions = {
  /** Most rows to return, 1 and above. */
  k: number;
  /** Rows that may be found, as the words of a row bitmap; rows past its end are left out. */
  allow?: Uint32Array | undefined;
};

export type SegmentStatus = {
  firstRow: number;
  /** One more than the last row. */
  endRow: number;
  rows: number;
  deadRows: number;
  postings: number;
  bytes: number;
};

type TermPlaces = { weight: number /** Place in each segment's dictionary, or -1. */; places: number[] };

export class ImpactIndex {
  readonly #kind: ValueKind;
  readonly #version: string;
  readonly #step: number;
  #segments: LiveSegment[] = [];
  /** Live rows as bits. */
  #live = new Uint32Array(64);
  #liveRows = 0;
  #liveWords = 0;
  #longest = 0;
  #norms: { average: number; byLength: Float32Array } | undefined;
  #merge: { sources: LiveSegment[]; work: Generator<undefined, Uint8Array> } | undefined;
  readonly #search = new MaxScore();
  readonly #cursors: PostingCursor[] = [];

  constructor(options: ImpactIndexOptions) {
    this.#kind = options.kind;
    this.#version = versionDigest(options.version);
    this.#step = options.kind === "impacts" ? options.largestWeight / LARGEST_IMPACT : 1;
  }

  /** Rows from here on are new. */
  get endRow(): number {
    return this.#segments.at(-1)?.segment.endRow ?? 0;
  }

  get statistics(): Statistics {
    return { rows: this.#liveRows, words: this.#liveWords };
  }

  /** The segments as they stand; `bytes` of `segmentBytes` is what to keep of each. */
  get segments(): SegmentStatus[] {
    return this.#segments.map(({ segment, rows, deadRows }) => {
      const { firstRow, endRow, postings, bytes } = segment;
      return { firstRow, endRow, rows, deadRows, postings, bytes: bytes.length };
    });
  }

  /** The buffer of the segment that begins at a row; it does not change. */
  segmentBytes(firstRow: number): Uint8Array {
    const found = this.#segments.find(({ segment }) => segment.firstRow === firstRow);
    if (found) return found.segment.bytes;
    throw new LodestoneError("NOT_FOUND", `No lexical segment begins at row ${firstRow}.`, { detail: { firstRow } });
  }

  /** Takes the rows of a batch, which come after all that are there. They can be found at once. */
  add(batch: TermBatch): void {
    finished(this.adding(batch));
  }

  /** Like `add`, in slices of some milliseconds; the rows can be found when it is done. Nothing else must be added meanwhile. */
  *adding(batch: TermBatch): Generator<undefined, void> {
    if (batch.version !== this.#version || batch.kind !== this.#kind) throw this.#foreign("batch");
    if (batch.rowCount === 0) return;
    this.#append(new Segment(yield* segmentOfBatch(batch, this.#step)));
  }

  /**
   * Takes a segment as segmentBytes gave it; its rows come after all that are there and are alive until they are removed.
   * Throws INDEX_DAMAGED where the bytes are not as they were, MODEL_VERSION_MISMATCH for another analyser's or encoder's.
   */
  addSegment(bytes: Uint8Array): void {
    const segment = Segment.checked(bytes);
    if (segment.version !== this.#version || segment.kind !== this.#kind || segment.step !== this.#step) {
      throw this.#foreign("segment");
    }
    this.#append(segment);
  }

  #append(segment: Segment): void {
    const { firstRow, lengths, present } = segment;
    if (firstRow < this.endRow) {
      throw new LodestoneError(
        "INVALID_INPUT",
        `The lexical index ends before row ${this.endRow}; it cannot take rows from ${firstRow} on.`,
        { detail: { endRow: this.endRow, firstRow } },
      );
    }
    for (let word = 0; word < present.length; word++) {
      this.#live = setBits(this.#live, firstRow + word * 32, present[word]!);
    }
    const added = this.#liveSegment(segment);
    this.#segments.push(added);
    this.#liveRows += added.rows;
    for (let i = 0; i < lengths.length; i++) {
      if (!hasBit(present, i)) continue;
      this.#liveWords += lengths[i]!;
      if (lengths[i]! > this.#longest) this.#longest = lengths[i]!;
    }
  }

  /** Removes rows; those that are not there are passed over. Returns how many were there. */
  remove(rows: Iterable<number>): number {
    let removed = 0;
    for (const row of rows) {
      if (!hasBit(this.#live, row)) continue;
      const found = this.#segmentOf(row);
      this.#live[row >>> 5]! &= ~(1 << (row & 31));
      found.remove(row);
      this.#liveRows--;
      this.#liveWords -= found.segment.lengths[row - found.segment.firstRow] ?? 0;
      removed++;
    }
    return removed;
  }

  has(row: number): boolean {
    return hasBit(this.#live, row);
  }

  /** Live rows that have a term. */
  documentFrequency(term: string): number {
    return this.#frequencyAt(this.#placesOf(term));
  }

  /** The first live rows that have a term, ascending; with `allow`, of those that it has. */
  rowsOf(term: string, { limit, allow }: { limit: number; allow?: Uint32Array | undefined }): number[] {
    const found: number[] = [];
    for (const { segment } of this.#segments) {
      const place = segment.terms.find(term);
      if (place === -1) continue;
      const cursor = new PostingCursor(segment);
      cursor.open(segment, place);
      // Posting and allowed row take turns in catching up with each other.
      for (let row = segment.firstRow; row >= 0 && cursor.toBlockOf(row); ) {
        cursor.unpackRows();
        cursor.toRow(row);
        const posting = cursor.rows[cursor.at]!;
        if (posting === row && hasBit(this.#live, row) && (!allow || hasBit(allow, row))) {
          if (found.push(row) === limit) return found;
        }
        const next = Math.max(posting, row + 1);
        row = allow ? nextBit(allow, next) : next;
      }
    }
    return found;
  }

  /** What people typed: words, not terms. Sees the index as it is now. */
  vocabulary(): Vocabulary {
    return new Vocabulary(
      this.#segments.map(({ segment }) => segment),
      (term) => this.documentFrequency(term),
    );
  }

  /**
   * The best rows for the terms of a query, best first, ties by row. A term that is given twice counts with both weights.
   * The ranking is that of scoring every row (max-score.ts).
   */
  search(terms: Iterable<QueryTerm>, { k, allow }: LexicalSearchOptions): LexicalHits {
    const best = new BestRows(k);
    const found = this.#weigh(terms);
    const average = averageLength(this.statistics);
    const norms = this.#normsFor(average);
    this.#segments.forEach(({ segment, deadRows }, i) => {
      const here = found.filter(({ places }) => places[i] !== -1);
      if (here.length === 0) return;
      const cursors = here.map(({ places }, at) => {
        this.#cursors[at] ??= new PostingCursor(segment);
        this.#cursors[at]!.open(segment, places[i]!);
        return this.#cursors[at]!;
      });
      const masks: Uint32Array[] = deadRows > 0 ? [this.#live] : [];
      if (allow) masks.push(allow);
      const weights = here.map(({ weight }) => weight);
      const boundRatio = Math.min(1, segment.averageLength / average);
      this.#search.search({ segment, cursors, weights, norms, boundRatio, masks }, best);
    });
    return best.sorted();
  }

  /**
   * Merges segments for about `budgetMs`, at least for one slice. Returns whether there is more to do. Between calls the
   * index can be used and changed.
   */
  maintain(budgetMs: number): boolean {
    const until = performance.now() + budgetMs;
    do {
      this.#merge ??= this.#beginMerge();
      if (!this.#merge) return false;
      const { done, value } = this.#merge.work.next();
      if (done) this.#finishMerge(value);
    } while (performance.now() < until);
    return true;
  }

  #beginMerge(): { sources: LiveSegment[]; work: Generator<undefined, Uint8Array> } | undefined {
    const sizes = this.#segments.map(({ segment, rows, deadRows }) => ({ postings: segment.postings, rows, deadRows }));
    const merge = nextMerge(sizes);
    if (!merge) return undefined;
    const sources = this.#segments.slice(merge.from, merge.to);
    const work = mergeSegments(
      sources.map(({ segment }) => segment),
      this.#live,
    );
    return { sources, work };
  }

  #finishMerge(bytes: Uint8Array): void {
    const { sources } = this.#merge!;
    this.#merge = undefined;
    const segment = new Segment(bytes);
    const merged = this.#liveSegment(segment);
    for (let word = 0; word < segment.present.length; word++) {
      const first = segment.firstRow + word * 32;
      const gone = segment.present[word]! & ~bitsFrom(this.#live, first);
      for (const bit of placesOf(gone)) merged.remove(first + bit);
    }
    const isAlive = merged.rows > merged.deadRows;
    this.#segments.splice(this.#segments.indexOf(sources[0]!), sources.length, ...(isAlive ? [merged] : []));
  }

  #liveSegment(segment: Segment): LiveSegment {
    return new LiveSegment(segment, () => this.#live);
  }

  /** Terms that some live row has, with their weights, heaviest first: the order in which scores are summed. */
  #weigh(terms: Iterable<QueryTerm>): TermPlaces[] {
    const given = new Map<string, number>();
    for (const { term, weight } of terms) if (weight > 0) given.set(term, (given.get(term) ?? 0) + weight);
    const found: TermPlaces[] = [];
    for (const [term, weight] of given) {
      const places = this.#placesOf(term);
      const frequency = this.#frequencyAt(places);
      if (frequency === 0) continue;
      const isImpact = this.#kind === "impacts";
      found.push({ weight: isImpact ? weight * this.#step : termWeight(weight, this.#liveRows, frequency), places });
    }
    return found.sort((a, b) => b.weight - a.weight);
  }

  #placesOf(term: string): number[] {
    return this.#segments.map(({ segment }) => segment.terms.find(term));
  }

  #frequencyAt(places: readonly number[]): number {
    return places.reduce((sum, place, i) => sum + (place === -1 ? 0 : this.#segments[i]!.documentFrequency(place)), 0);
  }

  #normsFor(average: number): Float32Array {
    if (this.#norms?.average !== average || this.#norms.byLength.length <= this.#longest) {
      this.#norms = { average, byLength: normsByLength(this.#longest, average) };
    }
    return this.#norms.byLength;
  }

  #segmentOf(row: number): LiveSegment {
    let low = 0;
    let high = this.#segments.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle]!.segment.firstRow <= row) low = middle;
      else high = middle;
    }
    return this.#segments[low]!;
  }

  #foreign(what: string): LodestoneError {
    return new LodestoneError(
      "MODEL_VERSION_MISMATCH",
      `The ${what} comes from another analyser or encoder than the lexical index. Make it anew from the texts.`,
    );
  }
}
