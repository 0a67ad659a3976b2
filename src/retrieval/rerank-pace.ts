// How fast the cross-encoder is in this process, and how many passages therefore fit into a time limit while others wait for it too.

// A tenth of what is known: some ten calls later an old pace is half forgotten.
const SMOOTHING = 0.1;

/** A call that is being answered; exactly one of these is called at its end. */
export type PacedCall = {
  done(): void;
  /** It was given up by its time limit: its passages take at least so long, which counts at once. */
  late(): void;
  /** It ended for a reason that says nothing about time. */
  dropped(): void;
};

export class RerankPace {
  readonly #now: () => number;
  #msPerPassage: number | undefined;
  #passagesDone = 0;
  #calls = 0;

  /** `now`: milliseconds from any fixed point. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Milliseconds that the model takes for a passage, whoever asks: an exponentially weighted mean; undefined before the first. */
  get msPerPassage(): number | undefined {
    return this.#msPerPassage;
  }

  /** A call with passages begins. While it lasts the model is busy, with it or with others that are counted here too. */
  begin(passages: number): PacedCall {
    const startedMs = this.#now();
    const doneBefore = this.#passagesDone;
    this.#calls++;
    // What others had done meanwhile took its part of the time.
    const latest = () => (this.#now() - startedMs) / (this.#passagesDone - doneBefore + passages);
    return {
      done: () => {
        const ms = latest();
        this.#calls--;
        this.#passagesDone += passages;
        const known = this.#msPerPassage ?? ms;
        this.#msPerPassage = known + SMOOTHING * (ms - known);
      },
      late: () => {
        this.#calls--;
        this.#msPerPassage = Math.max(this.#msPerPassage ?? 0, latest());
      },
      dropped: () => {
        this.#calls--;
      },
    };
  }

  /**
   * Passages that one more call has done in `ms` at the pace so far, where it gets its equal share of the model; undefined where
   * there is no pace yet.
   */
  fitting(ms: number): number | undefined {
    if (this.#msPerPassage === undefined) return undefined;
    return Math.floor(ms / Math.max(1e-6, this.#msPerPassage * (this.#calls + 1)));
  }
}
