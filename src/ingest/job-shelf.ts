// The jobs that are not over, in memory: which is next, which is the earliest, and how much waits in all of them.

import { isFinished, type JobRow } from "../store/index.js";
import type { JobPayload } from "./job-payload.js";
import type { JobRun, PathReport } from "./job-run.js";

export type ShelvedJob = {
  row: JobRow;
  /** Of somebody in this process who waits for it. */
  readonly ticket: number | undefined;
  /** Kept from its submission while there is room; else it is read again. */
  payload: JobPayload | undefined;
  run: JobRun | undefined;
  readonly report: PathReport;
  stopTimer: () => void;
  isReady: boolean;
};

/** Payloads kept in memory, in bytes of their JSON. */
const KEPT_BYTES = 64 * 2 ** 20;

export class JobShelf {
  /** By sequence, ascending: jobs come in that order. */
  readonly #jobs = new Map<number, ShelvedJob>();
  /** Whose turn has come, by priority and age. */
  readonly #ready: ShelvedJob[] = [];
  #bytes = 0;
  #keptBytes = 0;

  get depth(): { jobs: number; bytes: number; failed: number } {
    let failed = 0;
    for (const { row } of this.#jobs.values()) if (row.state === "failed") failed++;
    return { jobs: this.#jobs.size, bytes: this.#bytes, failed };
  }

  /** Sequence of the earliest job that is not over. */
  get earliest(): number {
    const [first] = this.#jobs.keys();
    return first ?? Number.MAX_SAFE_INTEGER;
  }

  get next(): ShelvedJob | undefined {
    return this.#ready[0];
  }

  all(): ShelvedJob[] {
    return [...this.#jobs.values()];
  }

  find(sequence: number): ShelvedJob | undefined {
    return this.#jobs.get(sequence);
  }

  add(job: ShelvedJob): void {
    this.#jobs.set(job.row.sequence, job);
    this.#bytes += job.row.bytes;
    if (job.payload === undefined) return;
    if (this.#keptBytes + job.row.bytes > KEPT_BYTES) job.payload = undefined;
    else this.#keptBytes += job.row.bytes;
  }

  /** Takes over a job's new row; one that is over for good leaves the shelf. */
  update(job: ShelvedJob, row: JobRow): void {
    job.row = row;
    if (row.state === "queued" || row.state === "running") return;
    this.unready(job);
    job.stopTimer();
    this.dropPayload(job);
    if (!isFinished(row) || row.state === "failed" || !this.#jobs.delete(row.sequence)) return;
    this.#bytes -= row.bytes;
  }

  dropPayload(job: ShelvedJob): void {
    if (job.payload !== undefined) this.#keptBytes -= job.row.bytes;
    job.payload = undefined;
  }

  makeReady(job: ShelvedJob): void {
    if (job.isReady) return;
    job.isReady = true;
    const before = this.#ready.findLastIndex((other) => !isBefore(job.row, other.row));
    this.#ready.splice(before + 1, 0, job);
  }

  unready(job: ShelvedJob): void {
    if (!job.isReady) return;
    job.isReady = false;
    this.#ready.splice(this.#ready.indexOf(job), 1);
  }
}

function isBefore(a: JobRow, b: JobRow): boolean {
  if (a.priority !== b.priority) return a.priority === "interactive";
  return a.sequence < b.sequence;
}
