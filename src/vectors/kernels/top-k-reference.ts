// The reading version of assembly/top-k.ts.

/** A binary heap in two parallel arrays, the worst entry at its root: lowest score, at equal scores highest number. */
export class TopK {
  size: number;
  readonly #k: number;
  readonly #scores: Float32Array;
  readonly #rows: Uint32Array;

  constructor(floats: Float32Array, integers: Uint32Array, scores: number, rows: number, size: number, k: number) {
    this.#scores = floats.subarray(scores >>> 2);
    this.#rows = integers.subarray(rows >>> 2);
    this.size = size;
    this.#k = k;
  }

  offer(score: number, row: number): void {
    if (this.size < this.#k) {
      let at = this.size++;
      while (at > 0) {
        const parent = (at - 1) >>> 1;
        if (!isWorse(score, row, this.#scores[parent]!, this.#rows[parent]!)) break;
        this.#put(at, this.#scores[parent]!, this.#rows[parent]!);
        at = parent;
      }
      this.#put(at, score, row);
    } else if (isWorse(this.#scores[0]!, this.#rows[0]!, score, row)) {
      this.#siftDown(score, row, this.size);
    }
  }

  sort(): void {
    for (let end = this.size; end > 1; end--) {
      const [worstScore, worstRow] = [this.#scores[0]!, this.#rows[0]!];
      this.#siftDown(this.#scores[end - 1]!, this.#rows[end - 1]!, end - 1);
      this.#put(end - 1, worstScore, worstRow);
    }
  }

  #siftDown(score: number, row: number, size: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#worseThan(right, child)) child = right;
      if (!isWorse(this.#scores[child]!, this.#rows[child]!, score, row)) break;
      this.#put(at, this.#scores[child]!, this.#rows[child]!);
      at = child;
    }
    this.#put(at, score, row);
  }

  #worseThan(a: number, b: number): boolean {
    return isWorse(this.#scores[a]!, this.#rows[a]!, this.#scores[b]!, this.#rows[b]!);
  }

  #put(at: number, score: number, row: number): void {
    this.#scores[at] = score;
    this.#rows[at] = row;
  }
}

function isWorse(score: number, row: number, thanScore: number, thanRow: number): boolean {
  return score < thanScore || (score === thanScore && row > thanRow);
}
