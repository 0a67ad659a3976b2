// The durable queue: takes jobs in, runs them by priority and age, tries again what failed, and parks what cannot be done. A
// job is acknowledged when its row is on the disk, and over in the transaction that brings the last of it; a process that is
// killed in between goes on from there.

import type { Clock } from "../clock.js";
import { LodestoneError, messageOf } from "../errors.js";
import {
  type BatchWritten,
  type Job,
  type JobRow,
  jobNotFound,
  jobOf,
  knownSequence,
  type Removed,
  type Writer,
} from "../store/index.js";
import { toWire } from "../threads/protocol.js";
import type { BatchJob, Gain } from "./batch.js";
import { Batcher, type BatcherParts, type BatchLimits } from "./batcher.js";
import { FinishedJobs } from "./finished-jobs.js";
import { Intake, type QueueBounds } from "./intake.js";
import { afterFailure, afterTry, type FateOptions, gained, recovered } from "./job-fate.js";
import { ingestReport, putReport, removeReport } from "./job-outcome.js";
import type { JobPayload } from "./job-payload.js";
import { JobRun, PathReport } from "./job-run.js";
import { JobShelf, type ShelvedJob } from "./job-shelf.js";
import { openJob, payloadOf } from "./open-job.js";
import type { JobOutcome, QueueEvent, Submission } from "./queue-event.js";
import { MAX_TRIES } from "./retry.js";

export type QueueSettings = BatchLimits &
  QueueBounds & {
    /** How long a batch waits for further documents when nobody waits for it. */
    maxWaitMs: number;
    /** Jobs are taken in and none is begun. */
    paused: boolean;
  };

export type QueueParts = Pick<BatcherParts, "generation" | "preparer" | "duplicates" | "embed" | "onWritten"> & {
  writer: Writer;
  settings: QueueSettings;
  clock: Clock;
  random(): number;
  emit(event: QueueEvent): void;
};

/** How long the loop runs before messages to this thread get their turn. */
const SLICE_MS = 10;
const PATIENCE = 10;

export class Queue {
  readonly #parts: QueueParts;
  readonly #batcher: Batcher;
  readonly #intake: Intake;
  readonly #shelf = new JobShelf();
  readonly #finished: FinishedJobs;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #removals: Promise<void> = Promise.resolve();
  readonly #betweens: (() => Promise<void>)[] = [];
  #wake: (() => void) | undefined;
  #isAwake = false;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    const { writer, settings, clock, ...batching } = parts;
    this.#finished = new FinishedJobs({
      store: writer.jobs,
      clock,
      earliest: () => this.#shelf.earliest,
      onNotice: (notice) => parts.emit({ kind: "notice", notice }),
    });
    this.#batcher = new Batcher(
      {
        ...batching,
        write: writer.write,
        earliestJob: () => this.#shelf.earliest,
        draft: (job, gain, ended) => this.#draft(job, gain, ended),
        adopt: (drafts, written, chunks) => this.#adopt(drafts, written, chunks),
        lost: (ended) => this.#lost(ended),
        onRoom: () => this.#wakeUp(),
        now: clock.now,
        signal: this.#stop.signal,
      },
      settings,
    );
    this.#intake = new Intake({
      store: writer.jobs,
      bounds: settings,
      depth: () => this.#shelf.depth,
      retryAfterSeconds: () => this.#finished.retryAfterSeconds(),
      onStored: (row, { ticket }, payload) => this.#become(this.#shelve(row, ticket, payload), row),
      now: clock.now,
    });
  }

  /** Takes up what is stored; a process that ended in the middle of a job has cost that job a try. */
  start(): void {
    const { writer, settings } = this.#parts;
    const stored = writer.jobs.unfinished();
    const rows = stored.map((row) => (row.state === "running" ? recovered(row, this.#fate) : row));
    this.#note(rows.filter((row, i) => row !== stored[i]));
    const jobs = rows.map((row) => this.#shelve(row, undefined, undefined));
    for (const job of jobs) if (job.row.state === "queued") this.#schedule(job);
    this.#finished.tidy();
    if (!settings.paused) this.#loop = this.#run();
  }

  async submit(submission: Submission): Promise<Job> {
    this.#stop.signal.throwIfAborted();
    return this.#intake.submit(submission);
  }

  /** Stops a job that is not over, and dismisses a failed one; what it has brought stays. Throws NOT_FOUND. */
  cancel(id: string): Job {
    const job = this.#shelf.find(knownSequence(id));
    if (job === undefined) return this.#stored(id);
    const { clock, writer } = this.#parts;
    const row: JobRow = { ...job.row, state: "cancelled", nextAttemptMs: 0, finishedMs: clock.now() };
    writer.jobs.save([row]);
    if (job.run) {
      job.run.cancelled = true;
      job.run.abort();
    }
    const stopped = new LodestoneError("ABORTED", `The job ${id} was cancelled.`, { detail: { job: id } });
    this.#become(job, row, { kind: "error", error: toWire(stopped) });
    this.#wakeUp();
    return jobOf(row);
  }

  /** Queues a failed job again, with all its tries. Others stay as they are. Throws NOT_FOUND. */
  retry(id: string): Job {
    const job = this.#shelf.find(knownSequence(id));
    if (job === undefined) return this.#stored(id);
    if (job.row.state === "failed") this.#retry([job]);
    return jobOf(job.row);
  }

  retryFailed(): Job[] {
    const failed = this.#shelf.all().filter(({ row }) => row.state === "failed");
    this.#retry(failed);
    return failed.map(({ row }) => jobOf(row));
  }

  /** Does `work` while no batch is open or on its way; jobs go on after it. */
  between<T>(work: () => Promise<T>): Promise<T> {
    const result = new Promise<T>((resolve, reject) => {
      this.#betweens.push(() => work().then(resolve, reject));
    });
    this.#wakeUp();
    if (this.#loop === undefined) return this.#pause().then(() => result);
    return result;
  }

  /** Ends the work; what is on its way is done when the library is opened again. */
  async stop(): Promise<void> {
    await this.#intake.settled();
    this.#stop.abort(new LodestoneError("CLOSED", "The engine is closed."));
    this.#wakeUp();
    for (const { run, stopTimer } of this.#shelf.all()) {
      stopTimer();
      run?.abort();
    }
    await Promise.all([this.#loop, this.#removals]);
    await this.#batcher.settled();
    for (const work of this.#betweens.splice(0)) await work();
    const running = this.#shelf.all().filter(({ row }) => row.state === "running");
    this.#note(running.map(({ row }) => ({ ...row, state: "queued", attempts: Math.max(0, row.attempts - 1) })));
  }

  async #run(): Promise<void> {
    let sliceEndsMs = performance.now() + SLICE_MS;
    while (!this.#stop.signal.aborted) {
      await this.#step();
      if (performance.now() < sliceEndsMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sliceEndsMs = performance.now() + SLICE_MS;
    }
  }

  async #pause(): Promise<void> {
    await this.#batcher.flush();
    await this.#batcher.settled();
    for (const work of this.#betweens.splice(0)) await work();
  }

  async #step(): Promise<void> {
    if (this.#betweens.length > 0) return this.#pause();
    const job = this.#shelf.next;
    const { open, hasRoom } = this.#batcher;
    if (open?.isUrgent && job?.row.priority !== "interactive") {
      // Until there is room, others for whom somebody waits may join.
      return hasRoom ? this.#batcher.flush() : this.#rest();
    }
    if (job === undefined) return this.#rest();
    const run = job.run ?? this.#begin(job);
    const item = run.next();
    if (item === "pending") return this.#rest();
    if (item !== "end") return this.#batcher.add(run, item);
    this.#shelf.unready(job);
    if (run.stopped) run.abort();
    if (!run.cancelled) await this.#batcher.end(run);
  }

  /** Waits until something happens, or until the open batch has waited long enough. */
  async #rest(): Promise<void> {
    const { clock, settings } = this.#parts;
    const { open, hasRoom } = this.#batcher;
    // What belongs to a job of which more is being read is in less of a hurry than what is complete.
    const patience = open && open.ended.length === 0 ? PATIENCE : 1;
    const leftMs = open ? open.openedAtMs + patience * settings.maxWaitMs - clock.now() : Number.POSITIVE_INFINITY;
    if (leftMs <= 0 && hasRoom) return this.#batcher.flush();
    const stopTimer =
      leftMs > 0 && leftMs < Number.POSITIVE_INFINITY ? clock.after(leftMs, () => this.#wakeUp()) : undefined;
    await new Promise<void>((resolve) => {
      if (this.#isAwake || this.#stop.signal.aborted) resolve();
      else this.#wake = resolve;
    });
    this.#isAwake = false;
    this.#wake = undefined;
    stopTimer?.();
  }

  #wakeUp(): void {
    this.#isAwake = true;
    this.#wake?.();
  }

  #shelve(row: JobRow, ticket: number | undefined, payload: JobPayload | undefined): ShelvedJob {
    const report = new PathReport(row.result);
    const job: ShelvedJob = {
      row,
      ticket,
      payload,
      run: undefined,
      report,
      isReady: false,
      stopTimer: () => undefined,
    };
    this.#shelf.add(job);
    return job;
  }

  /** Gives a queued job its turn when its time has come. */
  #schedule(job: ShelvedJob): void {
    const { clock, settings } = this.#parts;
    const waitMs = job.row.nextAttemptMs - clock.now();
    if (waitMs > 0) {
      job.stopTimer = clock.after(waitMs, () => this.#schedule(job));
      return;
    }
    if (job.row.kind === "remove") {
      // A removal needs no encoder: it never waits behind what does.
      if (!settings.paused) this.#removals = this.#removals.then(() => this.#remove(job));
      return;
    }
    this.#shelf.makeReady(job);
    this.#wakeUp();
  }

  #begin(job: ShelvedJob): JobRun {
    const { clock } = this.#parts;
    const { row } = job;
    const startedMs = row.startedMs ?? clock.now();
    // All documents of a put come again. What an earlier try has written is known as that.
    const counts = row.kind === "put" ? { done: 0, result: { ...row.result, unchanged: 0, superseded: 0 } } : {};
    const attempts = row.attempts + 1;
    this.#become(job, { ...row, ...counts, state: "running", attempts, nextAttemptMs: 0, startedMs });
    this.#note([job.row]);
    const run = new JobRun(job.row, {
      isUrgent: job.ticket !== undefined || row.priority === "interactive",
      isLastTry: job.row.attempts >= MAX_TRIES,
      report: job.report,
      wake: () => this.#wakeUp(),
    });
    job.run = run;
    if (row.kind !== "remove")
      run.open(() => openJob(job, run, { ...this.#parts, earliestJob: () => this.#shelf.earliest }));
    return run;
  }

  async #remove(job: ShelvedJob): Promise<void> {
    if (job.row.state !== "queued" || this.#stop.signal.aborted) return;
    const { writer, emit } = this.#parts;
    const run = this.#begin(job);
    try {
      const payload = await payloadOf(job, writer);
      if (run.cancelled || this.#stop.signal.aborted) return;
      const ids = payload.kind === "remove" ? payload.ids : [];
      let { row } = job;
      const part = {
        job: row.sequence,
        earliestJob: this.#shelf.earliest,
        settle: ({ removed, missing, superseded }: Removed) => {
          const counts = { removed: removed.length, missing: missing.length, superseded: superseded.length };
          const result = { ...row.result, ...counts };
          row = afterTry({ ...row, result, done: ids.length }, job, run, this.#fate);
          return row;
        },
      };
      const removed = writer.remove(ids, part);
      emit({ kind: "removed", rows: removed.rows });
      this.#become(job, row, { kind: "remove", report: removeReport(removed) });
    } catch (error) {
      run.failure = error;
      this.#lost([run]);
    }
  }

  #draft(batchJob: BatchJob, gain: Gain, ended: boolean): JobRow | undefined {
    const job = this.#shelf.find(batchJob.sequence);
    if (job?.run === undefined || batchJob.cancelled) return undefined;
    const row = gained(job.row, gain, ended);
    return ended ? afterTry(row, job, job.run, this.#fate) : row;
  }

  #adopt(drafts: readonly JobRow[], written: BatchWritten, chunks: ReadonlyMap<BatchJob, number>): void {
    const { emit } = this.#parts;
    emit({ kind: "written", written });
    for (const row of drafts) {
      const job = this.#shelf.find(row.sequence)!;
      const indexed = chunks.get(job.run!) ?? 0;
      if (job.ticket !== undefined && indexed > 0) {
        emit({ kind: "progress", ticket: job.ticket, progress: { kind: "indexed", chunks: indexed } });
      }
      this.#become(job, row, this.#outcome(job, row));
    }
  }

  /** These jobs' tries are over, and that could not be written with what they brought. */
  #lost(ended: readonly BatchJob[]): void {
    for (const batchJob of ended) {
      const job = this.#shelf.find(batchJob.sequence);
      if (job === undefined || batchJob.cancelled) continue;
      const row = afterFailure(job.row, batchJob.failure, job, this.#fate);
      this.#note([row]);
      this.#become(job, row, this.#outcome(job, row));
    }
  }

  #outcome(job: ShelvedJob, row: JobRow): JobOutcome | undefined {
    if (row.state === "failed" || row.state === "cancelled") return { kind: "error", error: toWire(job.run?.failure) };
    if (row.state !== "done") return undefined;
    return row.kind === "paths"
      ? { kind: "paths", report: ingestReport(row, job.report) }
      : { kind: "put", report: putReport(row, job.report) };
  }

  /** Takes over a job's new row, tells of it, and does what follows from it. */
  #become(job: ShelvedJob, row: JobRow, outcome?: JobOutcome): void {
    const { emit } = this.#parts;
    this.#shelf.update(job, row);
    emit({ kind: "job", job: jobOf(row) });
    if (outcome !== undefined && job.ticket !== undefined) emit({ kind: "outcome", ticket: job.ticket, outcome });
    if (row.state === "queued") {
      job.run = undefined;
      this.#schedule(job);
    } else if (row.state !== "running") this.#finished.add();
  }

  #retry(jobs: readonly ShelvedJob[]): void {
    const rows = jobs.map(
      ({ row }): JobRow => ({ ...row, state: "queued", attempts: 0, nextAttemptMs: 0, finishedMs: null }),
    );
    this.#parts.writer.jobs.save(rows);
    jobs.forEach((job, i) => {
      this.#become(job, rows[i]!);
    });
  }

  /** A job that is over, as it is stored. */
  #stored(id: string): Job {
    const row = this.#parts.writer.jobs.find(knownSequence(id));
    if (row === undefined) throw jobNotFound(id);
    return jobOf(row);
  }

  /** Writes rows down to save work after a crash. Where that fails, they are right in memory all the same. */
  #note(rows: readonly JobRow[]): void {
    if (rows.length === 0) return;
    try {
      this.#parts.writer.jobs.note(rows);
    } catch (error) {
      this.#parts.emit({
        kind: "notice",
        notice: `The state of ${rows.length} jobs could not be stored: ${messageOf(error)}`,
      });
    }
  }

  get #fate(): FateOptions {
    const { clock, random } = this.#parts;
    return { nowMs: clock.now(), random };
  }
}
