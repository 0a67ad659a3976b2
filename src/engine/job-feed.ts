// Job changes for those who follow them. A follower that is slower than the queue gets the latest state of each job.

import type { Job } from "../store/index.js";

type Follower = { pending: Map<string, Job>; wake: () => void };

export class JobFeed {
  readonly #followers = new Set<Follower>();
  #isClosed = false;

  tell(job: Job): void {
    for (const follower of this.#followers) {
      // Behind what came meanwhile: the order is that of the last changes.
      follower.pending.delete(job.id);
      follower.pending.set(job.id, job);
      follower.wake();
    }
  }

  /** Changes from now on, until `signal` is aborted or the feed is closed. */
  follow(signal: AbortSignal | undefined): AsyncIterableIterator<Job> {
    const follower: Follower = { pending: new Map(), wake: () => undefined };
    this.#followers.add(follower);
    const wake = () => follower.wake();
    signal?.addEventListener("abort", wake, { once: true });
    const isOver = () => this.#isClosed || signal?.aborted === true || !this.#followers.has(follower);
    const leave = () => {
      this.#followers.delete(follower);
      signal?.removeEventListener("abort", wake);
    };
    const over = { done: true as const, value: undefined };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        while (follower.pending.size === 0 && !isOver()) {
          await new Promise<void>((resolve) => {
            follower.wake = resolve;
          });
        }
        const [job] = follower.pending.values();
        if (job === undefined || isOver()) {
          leave();
          return over;
        }
        follower.pending.delete(job.id);
        return { done: false, value: job };
      },
      async return() {
        leave();
        follower.wake();
        return over;
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    for (const { wake } of this.#followers) wake();
  }
}
