// The best k rows seen: a heap with the worst kept row at its root. Of equal scores the later row is worse.

export type LexicalHits = { rows: Uint32Array<ArrayBuffer>; scores: Float32Array<ArrayBuffer> };

export class BestRows {
  /** A row with this score or less, and after those offered so far, is not among the best. 0 while there is room. */
  threshold = 0;
  readonly #scores: Float32Array<ArrayBuffer>;
  readonly #rows: Uint32Array<ArrayBuffer>;
  #size = 0;

  constructor(readonly limit: number) {
    this.#scores = new Float32Array(limit);
    this.#rows = new Uint32Array(limit);
  }

  /** Takes a row that comes after all others and whose score is above the threshold. */
  add(row: number, score: number): void {
    if (this.#size < this.limit) this.#siftUp(this.#size++, row, score);
    else this.#siftDown(row, score);
    if (this.#size === this.limit) this.threshold = this.#scores[0]!;
  }

  /** Best first. Empties the heap. */
  sorted(): LexicalHits {
    const rows = new Uint32Array(this.#size);
    const scores = new Float32Array(this.#size);
    while (this.#size > 0) {
      const last = --this.#size;
      rows[last] = this.#rows[0]!;
      scores[last] = this.#scores[0]!;
      this.#siftDown(this.#rows[last]!, this.#scores[last]!);
    }
    return { rows, scores };
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
