// Who uses the session next. A job is a generator that does one batch a step; between two steps a query overtakes the
// bulk, so that a search never waits for a whole ingest call, and a short query a long one.
//
// Among queries the one goes first that would end first if nothing came any more: its work, counted from the work that was done
// when it came (the virtual finish time of fair queueing, Demers, Keshav & Shenker 1989). Equal ones keep their order, and a long
// one waits for none that comes after as much has been done as it is long.

import { LodestoneError } from "../errors.js";

export type Priority = "interactive" | "bulk";

export type Turns = {
  /**
   * Runs a job to its end, at its turn. `work` is how long it is beside the others, for instance in passages; default 1. Rejects
   * with ABORTED before the next step once `signal` is aborted.
   */
  take<R>(priority: Priority, job: AsyncGenerator<void, R>, signal: AbortSignal, work?: number): Promise<R>;
  /** Rejects what waits with CLOSED and resolves when no step runs any more. */
  close(): Promise<void>;
};

type Waiting = {
  /** The least goes first. */
  finish: number;
  /** Does one step; true when the job has ended. */
  step(): Promise<boolean>;
  fail(error: Error): void;
};

export function createTurns(): Turns {
  const waiting: Waiting[] = [];
  let workDone = 0;
  let closed = false;
  let pumping: Promise<void> | undefined;

  const pump = async () => {
    while (waiting.length > 0) {
      const next = waiting.reduce((first, other) => (other.finish < first.finish ? other : first));
      if (closed) next.fail(new LodestoneError("CLOSED", "The model was closed before its turn came."));
      else if (!(await next.step())) continue;
      waiting.splice(waiting.indexOf(next), 1);
    }
    pumping = undefined;
  };

  return {
    take(priority, job, signal, work = 1) {
      return new Promise((resolve, reject) => {
        waiting.push({
          finish: priority === "interactive" ? workDone + work : Number.POSITIVE_INFINITY,
          fail: reject,
          async step() {
            try {
              if (signal.aborted) throw new LodestoneError("ABORTED", "The call was aborted.");
              const { done, value } = await job.next();
              if (!done) return false;
              workDone += work;
              resolve(value);
              return true;
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
