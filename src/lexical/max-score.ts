// Top k of a disjunction, pruned by block maxima: MaxScore over windows of rows.
//
// Terms stand in one order, by weight, heaviest first. In a window each has a bound, the largest that one of its blocks
// there can give. The last terms whose bounds together do not pass the threshold (the k-th best score so far) cannot
// bring a row among the best: they are looked up for rows that the first ones found, as long as those can still pass.
//
//   Turtle & Flood, "Query evaluation: strategies and optimizations", 1995 (MaxScore)
//   Ding & Suel, "Faster top-k document retrieval using block-max indexes", 2011 (block maxima)
//   Grand, Muir, Ferenczi & Lin, "From MaxScore to Block-Max WAND", 2020, and Lucene's MaxScoreBulkScorer (windows)
//
// Every score is the sum of its terms' parts in that one order, each sum rounded to float32, however it was found; so
// rankings are those of an exhaustive scorer, to the last bit.

import type { BestRows } from "./best-rows.js";
import type { PostingCursor } from "./posting-cursor.js";
import { countBits } from "./row-bits.js";
import type { Segment } from "./segment.js";

/** Rows of a window: a multiple of 32. Their scores stay in the first-level cache. */
const WINDOW = 4096;
const WORDS = WINDOW / 32;
/** Postings that are read one after the other in the time of looking up one row among them. */
const SCANNED_FOR_ONE_LOOKUP = 8;
/** Share of a window's rows that may be found, below which it pays to ask for each posting whether it may. */
const FEW = 1 / 4;

/** What one query asks of one segment. */
export type SegmentQuery = {
  segment: Segment;
  /** Of the terms that the segment has, in the order of all terms, before their first postings. */
  cursors: readonly PostingCursor[];
  /** Weight of each. */
  weights: readonly number[];
  /** Norm by length (bm25.ts); unused for impacts. */
  norms: Float32Array;
  /** min(1, average when the segment was written / average now). */
  boundRatio: number;
  /** Rows that may be found, as bits; words past the end are 0. All bitmaps must agree. */
  masks: readonly Uint32Array[];
};

/** Searches segments one after the other, in the order of their rows. Holds the buffers that all searches share. */
export class MaxScore {
  readonly #scores = new Float32Array(WINDOW);
  /** Rows of the window that have a score. */
  readonly #touched = new Int32Array(WORDS);
  readonly #mask = new Int32Array(WORDS);
  /** Rows of the window that can still pass, from its start. Their scores are not 0, those of all others are. */
  readonly #candidates = new Int32Array(WINDOW);
  #bounds = new Float64Array(16);

  search(query: SegmentQuery, best: BestRows): void {
    const { segment, cursors } = query;
    // A bound is compared with sums that were rounded up to a float once for each term.
    const slack = 1 + (cursors.length + 2) * 2 ** -23;
    if (this.#bounds.length <= cursors.length) this.#bounds = new Float64Array(cursors.length + 1);
    for (let from = segment.firstRow & ~31; from < segment.endRow; from += WINDOW) {
      const to = Math.min(from + WINDOW, segment.endRow);
      const allowed = this.#maskWindow(query.masks, from, to);
      if (allowed === 0) continue;
      this.#boundTerms(query, from, to);
      const limit = best.threshold / slack;
      let essential = 0;
      while (essential < cursors.length && this.#bounds[essential]! > limit) essential++;
      if (essential === 0) continue;
      for (let i = 0; i < essential; i++) {
        if (allowed < FEW * (to - from)) this.#accumulateAllowed(query, i, from);
        else this.#accumulate(query, i, from, to);
      }
      let candidates = this.#collect(this.#bounds[essential]!, limit);
      for (let i = essential; i < cursors.length && candidates > 0; i++) {
        candidates = this.#keep(candidates, this.#bounds[i]!, limit);
        this.#complete(query, i, candidates, from, to, limit);
      }
      this.#offer(candidates, from, best);
    }
  }

  /** Sets the mask of the window; returns how many rows of it may be found. */
  #maskWindow(masks: readonly Uint32Array[], from: number, to: number): number {
    const mask = this.#mask;
    mask.fill(-1);
    if (masks.length === 0) return to - from;
    const first = from >>> 5;
    const words = (to - from + 31) >>> 5;
    for (const given of masks) {
      const known = Math.min(words, Math.max(0, given.length - first));
      for (let i = 0; i < known; i++) mask[i]! &= given[first + i]!;
      mask.fill(0, known);
    }
    return countBits(mask);
  }

  /** bounds[i]: what the terms from i on can give a row of the window together. */
  #boundTerms({ cursors, weights, segment, boundRatio }: SegmentQuery, from: number, to: number): void {
    const bounds = this.#bounds;
    bounds[cursors.length] = 0;
    for (let i = cursors.length - 1; i >= 0; i--) {
      const cursor = cursors[i]!;
      let bound = 0;
      if (cursor.toBlockOf(from) && !cursor.isBeyond(from, to)) {
        if (segment.kind === "impacts") bound = weights[i]! * cursor.largestImpactBefore(to);
        else bound = weights[i]! / (1 + boundRatio * cursor.leastGBefore(to));
      }
      bounds[i] = bounds[i + 1]! + bound;
    }
  }

  /** Adds what a term gives to the rows of the window. */
  #accumulate({ cursors, weights, norms, segment }: SegmentQuery, term: number, from: number, to: number): void {
    const cursor = cursors[term]!;
    const weight = weights[term]!;
    const scores = this.#scores;
    const touched = this.#touched;
    const { lengths, firstRow } = segment;
    const isImpact = segment.kind === "impacts";
    const { rows, values } = cursor;
    if (!cursor.toBlockOf(from)) return;
    do {
      cursor.unpackRows();
      cursor.toRow(from);
      cursor.unpackValues();
      const count = cursor.count;
      let at = cursor.at;
      if (isImpact) {
        for (; at < count; at++) {
          const place = rows[at]! - from;
          if (place >= WINDOW) break;
          scores[place]! += weight * values[at]!;
          touched[place >>> 5]! |= 1 << (place & 31);
        }
      } else {
        for (; at < count; at++) {
          const row = rows[at]!;
          const place = row - from;
          if (place >= WINDOW) break;
          const frequency = values[at]!;
          scores[place]! += (weight * frequency) / (frequency + norms[lengths[row - firstRow]!]!);
          touched[place >>> 5]! |= 1 << (place & 31);
        }
      }
      cursor.at = at;
      if (at < count) return;
    } while (cursor.nextBlock() && cursor.lastRow(cursor.block - 1) < to - 1);
  }

  /** Adds what a term gives to the rows of the window that may be found, if they are few. Passes over blocks without any. */
  #accumulateAllowed({ cursors, weights, norms, segment }: SegmentQuery, term: number, from: number): void {
    const cursor = cursors[term]!;
    const weight = weights[term]!;
    const scores = this.#scores;
    const mask = this.#mask;
    const { lengths, firstRow } = segment;
    const isImpact = segment.kind === "impacts";
    const rows = cursor.rows;
    let next = this.#nextAllowed(0);
    while (next < WINDOW && cursor.toBlockOf(from + next)) {
      cursor.unpackRows();
      cursor.toRow(from + next);
      const count = cursor.count;
      let at = cursor.at;
      for (; at < count; at++) {
        const row = rows[at]!;
        const place = row - from;
        if (place >= WINDOW) break;
        const bit = 1 << (place & 31);
        if ((mask[place >>> 5]! & bit) === 0) continue;
        const value = cursor.valueAt(at);
        scores[place]! += isImpact ? weight * value : (weight * value) / (value + norms[lengths[row - firstRow]!]!);
        this.#touched[place >>> 5]! |= bit;
      }
      cursor.at = at;
      if (at < count) return;
      next = this.#nextAllowed(cursor.lastRow(cursor.block) + 1 - from);
    }
  }

  /** The first place from `place` on that may be found; WINDOW where there is none. */
  #nextAllowed(place: number): number {
    if (place >= WINDOW) return WINDOW;
    let word = place >>> 5;
    let bits = this.#mask[word]! & (-1 << (place & 31));
    while (bits === 0) {
      if (++word === WORDS) return WINDOW;
      bits = this.#mask[word]!;
    }
    return word * 32 + 31 - Math.clz32(bits & -bits);
  }

  /** Makes candidates of the rows that have a score and can still pass. Returns how many. */
  #collect(rest: number, limit: number): number {
    const scores = this.#scores;
    const touched = this.#touched;
    const candidates = this.#candidates;
    let count = 0;
    for (let word = 0; word < WORDS; word++) {
      let bits = touched[word]!;
      if (bits === 0) continue;
      touched[word] = 0;
      const allowed = this.#mask[word]!;
      for (; bits !== 0; bits &= bits - 1) {
        const lowest = bits & -bits;
        const place = word * 32 + 31 - Math.clz32(lowest);
        if (scores[place]! + rest > limit && (allowed & lowest) !== 0) candidates[count++] = place;
        else scores[place] = 0;
      }
    }
    return count;
  }

  /** Keeps the candidates that can still pass. Returns how many. */
  #keep(count: number, rest: number, limit: number): number {
    const scores = this.#scores;
    const candidates = this.#candidates;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const place = candidates[i]!;
      if (scores[place]! + rest > limit) candidates[kept++] = place;
      else scores[place] = 0;
    }
    return kept;
  }

  /** Adds what a term gives to the candidates. */
  #complete(query: SegmentQuery, term: number, candidates: number, from: number, to: number, limit: number): void {
    const cursor = query.cursors[term]!;
    if (candidates === 0 || !cursor.toBlockOf(from + this.#candidates[0]!)) return;
    if (candidates * SCANNED_FOR_ONE_LOOKUP > cursor.postingsBefore(to)) this.#scan(query, term, from, to);
    else this.#lookUp(query, term, candidates, from, limit);
  }

  /** Reads a term's postings in the window. */
  #scan({ cursors, weights, norms, segment }: SegmentQuery, term: number, from: number, to: number): void {
    const cursor = cursors[term]!;
    const weight = weights[term]!;
    const scores = this.#scores;
    const { lengths, firstRow } = segment;
    const isImpact = segment.kind === "impacts";
    const rows = cursor.rows;
    do {
      cursor.unpackRows();
      const count = cursor.count;
      cursor.toRow(from);
      let at = cursor.at;
      for (; at < count; at++) {
        const row = rows[at]!;
        const place = row - from;
        if (place >= WINDOW) break;
        const score = scores[place]!;
        if (score === 0) continue;
        const value = cursor.valueAt(at);
        scores[place] =
          score + (isImpact ? weight * value : (weight * value) / (value + norms[lengths[row - firstRow]!]!));
      }
      cursor.at = at;
      if (at < count) return;
    } while (cursor.nextBlock() && cursor.lastRow(cursor.block - 1) < to - 1);
  }

  /** Looks the candidates up in a term's postings. */
  #lookUp(query: SegmentQuery, term: number, candidates: number, from: number, limit: number): void {
    const { segment, boundRatio, norms } = query;
    const cursor = query.cursors[term]!;
    const weight = query.weights[term]!;
    const scores = this.#scores;
    const rest = this.#bounds[term + 1]!;
    const { lengths, firstRow } = segment;
    const isImpact = segment.kind === "impacts";
    for (let i = 0; i < candidates; i++) {
      const place = this.#candidates[i]!;
      const row = from + place;
      if (!cursor.toBlockOf(row)) return;
      const score = scores[place]!;
      if (cursor.count === 0) {
        const bound = isImpact
          ? weight * cursor.largestImpact(cursor.block)
          : weight / (1 + boundRatio * cursor.leastG(cursor.block));
        if (score + bound + rest <= limit) continue;
        cursor.unpackRows();
      }
      cursor.toRow(row);
      if (cursor.rows[cursor.at] !== row || cursor.at === cursor.count) continue;
      const value = cursor.valueAt(cursor.at);
      scores[place] =
        score + (isImpact ? weight * value : (weight * value) / (value + norms[lengths[row - firstRow]!]!));
    }
  }

  /** Hands over the candidates, whose scores are complete, and clears the window. */
  #offer(candidates: number, from: number, best: BestRows): void {
    const scores = this.#scores;
    for (let i = 0; i < candidates; i++) {
      const place = this.#candidates[i]!;
      const score = scores[place]!;
      scores[place] = 0;
      if (score > best.threshold) best.add(from + place, score);
    }
  }
}
