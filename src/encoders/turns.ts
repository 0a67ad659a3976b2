// Who uses the session next. A job is a generator that does one batch a step; between two steps a query overtakes the
// bulk, so that a search never waits for a whole ingest call.

import { LodestoneError } from "../errors.js";

export type Priority = "interactive" | "bulk";

export type Turns = {
  /** Runs a job to its end, at its turn. Rejects with ABORTED before the next step once `signal` is aborted. */
  take<R>(priority: Priority, job: AsyncGenerator<void, R>, signal: AbortSignal): Promise<R>;
  /** Rejects what waits with CLOSED and resolves when no step runs any more. */
  close(): Promise<void>;
};

type Waiting = {
  priority: Priority;
  /** Does one step; true when the job has ended. */
  step(): Promise<boolean>;
  fail(error: Error): void;
};

export function createTurns(): Turns {
  const waiting: Waiting[] = [];
  let closed = false;
  let pumping: Promise<void> | undefined;

  const pump = async () => {
    while (waiting.length > 0) {
      const next = waiting.find(({ priority }) => priority === "interactive") ?? (waiting[0] as Waiting);
      if (closed) next.fail(new LodestoneError("CLOSED", "The model was closed before its turn came."));
      else if (!(await next.step())) continue;
      waiting.splice(waiting.indexOf(next), 1);
    }
    pumping = undefined;
  };

  return {
    take(priority, job, signal) {
      return new Promise((resolve, reject) => {
        waiting.push({
          priority,
          fail: reject,
          async step() {
            try {
              if (signal.aborted) throw new LodestoneError("ABORTED", "The call was aborted.");
              const { done, value } = await job.next();
              if (done) resolve(value);
              return done === true;
            } catch (error) {
              reject(error);
              return true;
            }
          },
        });
        pumping ??= Promise.resolve().then(pump);
      });
    },
    async close() {
      closed = true;
      await pumping;
    },
  };
}
