// Does something every so often, counted from when it was last done: a server that was down catches up when it starts.

import type { Clock } from "../clock.js";

export type ScheduleOptions = {
  everyMs: number;
  /** When it was last done, in milliseconds since 1970; undefined: never. */
  lastDoneMs(): Promise<number | undefined>;
  run(signal: AbortSignal): Promise<void>;
  /** Told of a run that failed; it is tried again after a tenth of the interval, within a minute and an hour. */
  onFailure(error: unknown): void;
  clock: Clock;
};

export type Schedule = {
  /** Stops a run in progress and begins no other. */
  close(): Promise<void>;
};

const SHORTEST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 3_600_000;

export function startSchedule({ everyMs, lastDoneMs, run, onFailure, clock }: ScheduleOptions): Schedule {
  const stop = new AbortController();
  const retryMs = Math.min(everyMs, LONGEST_RETRY_MS, Math.max(everyMs / 10, SHORTEST_RETRY_MS));

  async function go(): Promise<void> {
    let waitMs = 0;
    while (!stop.signal.aborted) {
      try {
        const lastMs = await lastDoneMs();
        waitMs = lastMs === undefined ? 0 : lastMs + everyMs - clock.now();
        if (waitMs <= 0) {
          await run(stop.signal);
          waitMs = everyMs;
        }
      } catch (error) {
        if (stop.signal.aborted) return;
        onFailure(error);
        waitMs = retryMs;
      }
      await pause(waitMs);
    }
  }

  function pause(ms: number): Promise<void> {
    if (stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        stop.signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = clock.after(ms, end);
      stop.signal.addEventListener("abort", end, { once: true });
    });
  }

  const ended = go();
  return {
    async close() {
      stop.abort();
      await ended;
    },
  };
}
