// Jobs as the engine offers them: everything that changes the library is one. Passes submissions to the ingest thread, keeps
// the index in memory in step with what it commits, and tells those who wait.

import { LodestoneError, messageOf } from "../errors.js";
import {
  type FillProgress,
  type IngestClient,
  type IngestReport,
  type JobOutcome,
  type PathProgress,
  type PutReport,
  type QueueEvent,
  type RemoveReport,
  reportOf,
  type Submission,
} from "../ingest/index.js";
import {
  isFinished,
  type Job,
  type JobListing,
  type JobState,
  jobNotFound,
  type QueueDepth,
  type StoreReader,
} from "../store/index.js";
import type { Arm } from "./arm.js";
import type { Arms } from "./arms.js";
import { followStored } from "./follow-stored.js";
import { JobFeed } from "./job-feed.js";
import type { JobOrder } from "./job-order.js";

/** How a run over paths is going. `indexed` counts chunks that are durable and searchable since the last such event. */
export type IngestProgress = PathProgress | { kind: "indexed"; chunks: number };

export type JobPage = JobListing & { offset: number; limit: number };

export type JobVerbs = {
  /** A page of jobs, newest first: of one tenant, or of all. */
  list(page?: { tenant?: string; state?: JobState; offset?: number; limit?: number }): Promise<JobPage>;
  get(id: string): Promise<Job | undefined>;
  /** How many jobs are not done. */
  depth(): Promise<QueueDepth>;
  /** Queues a failed job, or all of them, again; a job that has not failed stays as it is. Throws NOT_FOUND. */
  retry(target: string | "failed"): Promise<Job[]>;
  /** Stops a job, or dismisses a failed one; what it has brought so far stays. A job that is over stays as it is. Throws NOT_FOUND. */
  cancel(id: string): Promise<Job>;
  /** The job once it is done, failed or cancelled. Throws NOT_FOUND. */
  wait(id: string, options?: { signal?: AbortSignal }): Promise<Job>;
  /** Each change of a job from now on, progress included; whoever falls behind gets the latest state of each. */
  events(options?: { signal?: AbortSignal }): AsyncIterableIterator<Job>;
};

export type JobDeskParts = {
  library: string;
  /** undefined: the library is open for reading only. */
  ingest: IngestClient | undefined;
  reader: StoreReader;
  arms: Arms;
  /** How far the other side of a migration is. */
  onFilled(progress: FillProgress): void;
  /** What came in together is over. */
  onRun(): void;
  /** After a job has changed the library. */
  onChanged(): Promise<void>;
  onNotice(notice: string): void;
};

type JobReport = PutReport | RemoveReport | IngestReport;

export type RunOptions = {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: IngestProgress) => void) | undefined;
};

type Waiting = {
  resolve(outcome: JobOutcome): void;
  reject(error: Error): void;
  onProgress: ((progress: IngestProgress) => void) | undefined;
};

export class JobDesk implements JobVerbs {
  readonly #parts: JobDeskParts;
  readonly #feed = new JobFeed();
  readonly #waiting = new Map<number, Waiting>();
  /** Runs over paths. */
  readonly #runs = new Map<string, Job>();
  #lastTicket = 0;
  #applied: Promise<void> = Promise.resolve();
  /** Why the index in memory could not follow, until somebody is told. */
  #failure: { error: unknown } | undefined;
  #following: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: JobDeskParts) {
    this.#parts = parts;
  }

  /** Lets the queue begin. */
  start(): void {
    const { ingest } = this.#parts;
    if (ingest === undefined) return;
    const onProgress = (event: unknown) => this.#take(event as QueueEvent);
    this.#following = ingest.call("follow", null, { onProgress }).catch((error: Error) => this.#end(error));
  }

  /** Resolves when the job is durable. */
  submit(order: JobOrder): Promise<Job> {
    return this.#send(order, undefined);
  }

  /** Submits a job and resolves with its report when it is done; an abort cancels it. */
  run(order: JobOrder & { kind: "put" }, options?: RunOptions): Promise<PutReport>;
  run(order: JobOrder & { kind: "remove" }, options?: RunOptions): Promise<RemoveReport>;
  run(order: JobOrder & { kind: "paths" }, options?: RunOptions): Promise<IngestReport>;
  async run(order: JobOrder, { signal, onProgress }: RunOptions = {}): Promise<JobReport> {
    const aborted = () => new LodestoneError("ABORTED", "The call was aborted.", { cause: signal?.reason });
    if (signal?.aborted) throw aborted();
    const ticket = ++this.#lastTicket;
    const outcome = new Promise<JobOutcome>((resolve, reject) => {
      this.#waiting.set(ticket, { resolve, reject, onProgress });
    });
    outcome.catch(() => undefined);
    let cancel: (() => void) | undefined;
    try {
      const { id } = await this.#send(order, ticket);
      cancel = () => void this.cancel(id).catch(() => undefined);
      if (signal?.aborted) cancel();
      signal?.addEventListener("abort", cancel, { once: true });
      const ended = await outcome;
      if (signal?.aborted && ended.kind === "error") throw aborted();
      return reportOf(ended);
    } finally {
      this.#waiting.delete(ticket);
      if (cancel) signal?.removeEventListener("abort", cancel);
    }
  }

  async list({
    tenant,
    state,
    offset = 0,
    limit = 50,
  }: {
    tenant?: string;
    state?: JobState;
    offset?: number;
    limit?: number;
  } = {}): Promise<JobPage> {
    const listing = await this.#reader().call("jobs", { tenant, state, offset, limit });
    return { ...listing, offset, limit };
  }

  get(id: string): Promise<Job | undefined> {
    return this.#reader().call("job", { id });
  }

  depth(): Promise<QueueDepth> {
    return this.#reader().call("queueDepth", null);
  }

  async retry(target: string): Promise<Job[]> {
    const ingest = this.#writer();
    return target === "failed" ? ingest.call("retryFailedJobs", null) : [await ingest.call("retryJob", { id: target })];
  }

  async cancel(id: string): Promise<Job> {
    return this.#writer().call("cancelJob", { id });
  }

  async wait(id: string, { signal }: { signal?: AbortSignal } = {}): Promise<Job> {
    // Followed before it is looked up: an end in between is not missed.
    const changes = this.events(signal === undefined ? {} : { signal });
    try {
      const job = await this.get(id);
      if (job === undefined) throw jobNotFound(id);
      if (isFinished(job)) return await this.#whenApplied(job);
      for await (const changed of changes) {
        if (changed.id === id && isFinished(changed)) return await this.#whenApplied(changed);
      }
    } finally {
      await changes.return?.();
    }
    throw new LodestoneError(
      signal?.aborted ? "ABORTED" : "CLOSED",
      `The wait for the job ${id} was ended; the job goes on.`,
    );
  }

  events({ signal }: { signal?: AbortSignal } = {}): AsyncIterableIterator<Job> {
    return this.#parts.ingest === undefined ? followStored(() => this.#reader(), signal) : this.#feed.follow(signal);
  }

  /** Files of the runs in progress. */
  get progress(): { running: boolean; done: number; total: number } {
    const runs = [...this.#runs.values()];
    const sum = (count: (job: Job) => number) => runs.reduce((total, job) => total + count(job), 0);
    return { running: runs.length > 0, done: sum(({ done }) => done), total: sum(({ total }) => total ?? 0) };
  }

  /** Ends the work and those who wait for it; what is not done goes on when the library is opened again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#parts.ingest?.call("stop", null).catch(() => undefined);
    await this.#following;
    await this.#applied;
    this.#end(new LodestoneError("CLOSED", "The engine is closed. What was submitted stays in the queue."));
  }

  #take(event: QueueEvent): void {
    const { arms, onNotice, onFilled } = this.#parts;
    switch (event.kind) {
      case "written":
        this.#followed(arms.active);
        this.#apply(async () => {
          // The other side lacks this, until it is told to hold every document again.
          arms.lacking = Number.POSITIVE_INFINITY;
          await arms.active.index.apply(event.written);
        });
        break;
      case "removed":
        this.#followed(arms.active);
        this.#apply(() => arms.active.index.remove(event.rows));
        break;
      case "moved":
        this.#apply(() => arms.active.index.move(event.moved));
        break;
      case "shadow-written":
        this.#followed(arms.of(event.generation));
        this.#apply(async () => arms.of(event.generation)?.index.apply(event.written));
        break;
      case "shadow-removed":
        this.#apply(async () => arms.shadow?.index.remove(event.rows));
        break;
      case "shadow-filled":
        this.#apply(async () => onFilled(event.progress));
        break;
      case "swapped":
        this.#apply(async () => arms.swap());
        break;
      case "job":
        this.#note(event.job);
        break;
      case "progress":
        this.#waiting.get(event.ticket)?.onProgress?.(event.progress);
        break;
      case "outcome": {
        const waiting = this.#waiting.get(event.ticket);
        if (waiting) this.#whenApplied(event.outcome).then(waiting.resolve, waiting.reject);
        break;
      }
      case "run":
        this.#parts.onRun();
        break;
      case "notice":
        onNotice(event.notice);
        break;
      default:
        event satisfies never;
    }
  }

  // So that the next search finds the work done. What goes wrong there, a search that waits for it tells.
  #followed(arm: Arm | undefined): void {
    arm?.lexical.call("follow", null).catch(() => undefined);
  }

  // A change that fails holds up none of those after it. Who waits for it is told, once.
  #apply(change: () => Promise<void>): void {
    this.#applied = this.#applied.then(change).catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  /** Does `change` after all changes that were told before. */
  inOrder<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#applied.then(change);
    this.#applied = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  #note(job: Job): void {
    const onNotice = (error: unknown) => this.#parts.onNotice(`The index is not kept up: ${messageOf(error)}`);
    if (job.kind === "paths" && job.state === "running") this.#runs.set(job.id, job);
    else this.#runs.delete(job.id);
    if (isFinished(job)) this.#apply(() => this.#parts.onChanged().catch(onNotice));
    this.#feed.tell(job);
  }

  async #send(order: JobOrder, ticket: number | undefined): Promise<Job> {
    const { subject, total, priority, tenant, ...input } = order;
    const payload = new TextEncoder().encode(JSON.stringify(input));
    const submission: Submission = { tenant, kind: input.kind, subject, total, priority, payload, ticket };
    return this.#writer().call("submit", submission, { transfer: [payload.buffer] });
  }

  async #whenApplied<T>(outcome: T): Promise<T> {
    await this.#applied;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    return outcome;
  }

  #writer(): IngestClient {
    const { ingest, library } = this.#parts;
    this.#reader();
    if (ingest) return ingest;
    throw new LodestoneError(
      "LIBRARY_READ_ONLY",
      `The library ${library} is open for reading only. Open it without readOnly to write.`,
    );
  }

  #reader(): StoreReader {
    if (this.#isClosed) throw new LodestoneError("CLOSED", "The engine is closed.");
    return this.#parts.reader;
  }

  #end(error: Error): void {
    this.#feed.close();
    this.#runs.clear();
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
