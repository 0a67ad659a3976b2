// What a job's row becomes: by what a batch brought it, and by the end of a try.

import { LodestoneError, messageOf } from "../errors.js";
import type { JobRow } from "../store/index.js";
import type { Gain } from "./batch.js";
import { withReport } from "./job-outcome.js";
import type { JobRun } from "./job-run.js";
import type { ShelvedJob } from "./job-shelf.js";
import { isPermanent, MAX_TRIES, retryDelayMs } from "./retry.js";

export type FateOptions = { nowMs: number; random(): number };

/** The row with what a batch brings. Documents that got in on the way make the tries count from one again. */
export function gained(row: JobRow, gain: Gain, ended: boolean): JobRow {
  const { done, filesRead, ...counts } = gain;
  const result = { ...row.result };
  for (const [name, count] of Object.entries(counts) as [keyof typeof counts, number][]) result[name] += count;
  const settled = row.kind === "paths" ? filesRead : done;
  const attempts = !ended && gain.written > 0 ? Math.min(row.attempts, 1) : row.attempts;
  if (result.files) result.files = { ...result.files, read: result.files.read + filesRead };
  return { ...row, attempts, result, done: row.done + settled };
}

/** The row of a job in the middle of which the process ended: that cost it a try. */
export function recovered(row: JobRow, { nowMs }: FateOptions): JobRow {
  if (row.attempts < MAX_TRIES) return { ...row, state: "queued", nextAttemptMs: 0 };
  const errorMessage = `The process ended ${row.attempts} times while this job ran and got nothing done. Retry it when the cause is found.`;
  return { ...row, state: "failed", errorCode: "WORKER_FAILED", errorMessage, finishedMs: nowMs };
}

/** The row after a try: done, to be tried again, or parked. */
export function afterTry(row: JobRow, job: ShelvedJob, run: JobRun, options: FateOptions): JobRow {
  const { nowMs } = options;
  const result = withReport(row, job.report);
  const ended = { ...row, result, finishedMs: nowMs };
  if (run.failure === undefined) {
    return { ...ended, state: "done", errorCode: null, errorMessage: null };
  }
  return afterFailure({ ...ended, result: row.result }, run.failure, job, options);
}

/** The row after a failure: queued again with a delay, or parked with its error. */
export function afterFailure(row: JobRow, error: unknown, { ticket }: ShelvedJob, options: FateOptions): JobRow {
  const { nowMs, random } = options;
  const failed = {
    ...row,
    errorCode: error instanceof LodestoneError ? error.code : "INTERNAL",
    errorMessage: messageOf(error),
  };
  const hopeless = isPermanent(error);
  if (hopeless || row.attempts >= MAX_TRIES) {
    // Whoever waits is told and can act: nothing is left for others to look after.
    return { ...failed, state: hopeless && ticket !== undefined ? "cancelled" : "failed", finishedMs: nowMs };
  }
  const nextAttemptMs = Math.ceil(nowMs + retryDelayMs(row.attempts, random));
  return { ...failed, state: "queued", nextAttemptMs, finishedMs: null };
}
