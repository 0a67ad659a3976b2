// BM25 over posting lists, term at a time into one array of scores, and the best rows out of it.
//
//   score(d) = sum over query terms t:  n_q(t) * idf(t) * tf (k1 + 1) / (tf + k1 (1 - b + b |d| / avg|d|))
//   idf(t)   = ln(1 + (N - df + 0.5) / (df + 0.5))
//
// Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; the idf is Lucene's, never
// negative. n_q counts a term's occurrences in the query.

import type { LexicalTotals, PostingList } from "./postings.js";

const K1 = 1.2;
const B = 0.75;

export type LexicalHits = { rows: Uint32Array<ArrayBuffer>; scores: Float32Array<ArrayBuffer> };

export class Bm25 {
  readonly #totals: LexicalTotals;
  readonly #norms: Float32Array;
  readonly #scores: Float32Array;

  /** `lengths`: terms of each row. */
  constructor(totals: LexicalTotals, lengths: Uint32Array) {
    this.#totals = totals;
    const average = totals.rows === 0 ? 1 : totals.terms / totals.rows;
    this.#norms = Float32Array.from(lengths, (length) => K1 * (1 - B + (B * length) / average));
    this.#scores = new Float32Array(lengths.length);
  }

  /** The best `limit` rows for weighted terms, best first, ties by row; with `allow`, of the rows that it accepts. */
  search(
    terms: readonly { list: PostingList; count: number }[],
    limit: number,
    allow: ((row: number) => boolean) | undefined,
  ): LexicalHits {
    const scores = this.#scores;
    for (const { list, count } of terms) this.#add(list, count);
    const best = new BestRows(limit);
    for (let row = 0; row < scores.length; row++) {
      const score = scores[row]!;
      if (score === 0) continue;
      scores[row] = 0;
      if (best.admits(score) && (!allow || allow(row))) best.add(row, score);
    }
    return best.sorted();
  }

  #add({ rows, frequencies }: PostingList, count: number): void {
    const scores = this.#scores;
    const norms = this.#norms;
    const documents = rows.length;
    const idf = Math.log(1 + (this.#totals.rows - documents + 0.5) / (documents + 0.5));
    const weight = count * idf * (K1 + 1);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const frequency = frequencies[i]!;
      scores[row]! += (weight * frequency) / (frequency + norms[row]!);
    }
  }
}

// A heap with the worst kept row at its root; of equal scores the later row is worse. Rows come in ascending order.
class BestRows {
  readonly #scores: Float32Array<ArrayBuffer>;
  readonly #rows: Uint32Array<ArrayBuffer>;
  #size = 0;

  constructor(readonly limit: number) {
    this.#scores = new Float32Array(limit);
    this.#rows = new Uint32Array(limit);
  }

  admits(score: number): boolean {
    return this.#size < this.limit || score > this.#scores[0]!;
  }

  add(row: number, score: number): void {
    if (this.#size < this.limit) this.#siftUp(this.#size++, row, score);
    else this.#siftDown(row, score);
  }

  sorted(): LexicalHits {
    const order = Array.from({ length: this.#size }, (_, i) => i).sort(
      (a, b) => this.#scores[b]! - this.#scores[a]! || this.#rows[a]! - this.#rows[b]!,
    );
    return {
      rows: Uint32Array.from(order, (i) => this.#rows[i]!),
      scores: Float32Array.from(order, (i) => this.#scores[i]!),
    };
  }

  #isWorse(score: number, row: number, than: number): boolean {
    return score < this.#scores[than]! || (score === this.#scores[than]! && row > this.#rows[than]!);
  }

  #siftUp(start: number, row: number, score: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(score, row, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#place(at, row, score);
  }

  #siftDown(row: number, score: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#isWorse(this.#scores[child + 1]!, this.#rows[child + 1]!, child)) child++;
      if (this.#isWorse(score, row, child)) break;
      this.#move(child, at);
      at = child;
    }
    this.#place(at, row, score);
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#rows[from]!, this.#scores[from]!);
  }

  #place(at: number, row: number, score: number): void {
    this.#scores[at] = score;
    this.#rows[at] = row;
  }
}
