// How fast the cross-encoder is in this process, and how many passages therefore fit into a time limit.

// A tenth of what is known: some ten calls later an old pace is half forgotten.
const SMOOTHING = 0.1;

export class RerankPace {
  #msPerPassage: number | undefined;

  /** Milliseconds for a passage, an exponentially weighted mean; undefined before the first. */
  get msPerPassage(): number | undefined {
    return this.#msPerPassage;
  }

  note(passages: number, ms: number): void {
    if (passages === 0) return;
    const latest = ms / passages;
    const known = this.#msPerPassage ?? latest;
    this.#msPerPassage = known + SMOOTHING * (latest - known);
  }

  /** Passages were given up after `ms`: they take at least so long, which counts at once. */
  noteLate(passages: number, ms: number): void {
    this.#msPerPassage = Math.max(this.#msPerPassage ?? 0, ms / passages);
  }

  /** Passages that are done in `ms`, at the pace so far; undefined where there is none yet. */
  fitting(ms: number): number | undefined {
    return this.#msPerPassage === undefined ? undefined : Math.floor(ms / Math.max(1e-6, this.#msPerPassage));
  }
}
