// What follows from jobs that are over: their rows are forgotten after a while, and how fast they end says how soon there is room.

import type { Clock } from "../clock.js";
import { messageOf } from "../errors.js";
import type { JobStore } from "../store/index.js";

const KEPT_FINISHED = 1_000;
const KEPT_MS = 7 * 24 * 3_600_000;
/** Finished jobs between two looks at what can be forgotten. */
const TIDY_EVERY = 100;
const MOST_RETRY_AFTER_SECONDS = 60;
/** Jobs from whose ends the pace is told. */
const PACED_BY = 20;

export type FinishedJobsParts = {
  store: Pick<JobStore, "prune" | "forgetRemovals">;
  clock: Clock;
  /** Sequence of the earliest job that is not over. */
  earliest(): number;
  /** Told what could not be cleared away. */
  onNotice(notice: string): void;
};

export class FinishedJobs {
  readonly #parts: FinishedJobsParts;
  #count = 0;
  /** When the last ones ended. */
  #endsMs: number[] = [];

  constructor(parts: FinishedJobsParts) {
    this.#parts = parts;
  }

  /** Notes that a job is over. */
  add(): void {
    this.#endsMs = [...this.#endsMs.slice(1 - PACED_BY), this.#parts.clock.now()];
    if (++this.#count % TIDY_EVERY === 0) this.tidy();
  }

  /** Forgets old ones, and removals that no job can undo any more. */
  tidy(): void {
    const { store, clock, earliest, onNotice } = this.#parts;
    try {
      store.prune(KEPT_FINISHED, clock.now() - KEPT_MS);
      store.forgetRemovals(earliest());
    } catch (error) {
      onNotice(`Finished jobs could not be cleared away: ${messageOf(error)}`);
    }
  }

  /** After how many seconds there is likely to be room for another job, 1 to 60. */
  retryAfterSeconds(): number {
    const [first] = this.#endsMs;
    if (first === undefined) return MOST_RETRY_AFTER_SECONDS;
    const seconds = (this.#parts.clock.now() - first) / this.#endsMs.length / 1000;
    return Math.min(MOST_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)));
  }
}
