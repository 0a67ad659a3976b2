// Takes submissions in: checks them, sees that there is room, and stores those that come together in one transaction, in the
// order of the calls.

import { LodestoneError } from "../errors.js";
import { type Job, type JobRow, type JobStore, jobOf } from "../store/index.js";
import type { JobPayload } from "./job-payload.js";
import type { Submission } from "./queue-event.js";

export type QueueBounds = { maxJobs: number; maxBytes: number };

export type IntakeParts = {
  store: Pick<JobStore, "submit">;
  bounds: QueueBounds;
  /** What is in the queue, failed jobs included. */
  depth(): { jobs: number; bytes: number; failed: number };
  /** Seconds after which a job is likely to have left the queue. */
  retryAfterSeconds(): number;
  onStored(row: JobRow, submission: Submission, payload: JobPayload): void;
  now(): number;
};

type Arrival = {
  submission: Submission;
  payload: JobPayload;
  compressed: Promise<Buffer>;
  resolve(job: Job): void;
  reject(error: unknown): void;
};

export class Intake {
  readonly #parts: IntakeParts;
  #arrivals: Arrival[] = [];
  #arriving = { jobs: 0, bytes: 0 };
  #storing: Promise<void> | undefined;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Resolves when the job is on the disk. Throws INVALID_INPUT or QUEUE_FULL. */
  async submit(submission: Submission): Promise<Job> {
    // Loaded with the first job: a library that is only searched does without the readers.
    const { compressPayload, parsePayload } = await import("./job-payload.js");
    const payload = parsePayload(submission.kind, submission.tenant, submission.payload);
    this.#seeThatItFits(submission.payload.byteLength);
    this.#arriving.jobs++;
    this.#arriving.bytes += submission.payload.byteLength;
    return new Promise((resolve, reject) => {
      const compressed = compressPayload(submission.payload);
      compressed.catch(() => undefined);
      this.#arrivals.push({ submission, payload, compressed, resolve, reject });
      this.#storing ??= this.#storeAll().finally(() => {
        this.#storing = undefined;
      });
    });
  }

  /** Resolves when everything that came has been stored. */
  async settled(): Promise<void> {
    await this.#storing;
  }

  async #storeAll(): Promise<void> {
    while (this.#arrivals.length > 0) {
      await this.#arrivals[0]!.compressed.catch(() => undefined);
      const together = this.#arrivals;
      this.#arrivals = [];
      try {
        await this.#store(together);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
      this.#arriving.jobs -= together.length;
      for (const { submission } of together) this.#arriving.bytes -= submission.payload.byteLength;
    }
  }

  async #store(together: readonly Arrival[]): Promise<void> {
    const compressed = await Promise.all(together.map((arrival) => arrival.compressed));
    const createdMs = this.#parts.now();
    const rows = this.#parts.store.submit(
      together.map(({ submission: { tenant, kind, priority, subject, total, payload } }, i) => ({
        tenant,
        kind,
        priority,
        subject,
        total,
        bytes: payload.byteLength,
        createdMs,
        compressed: compressed[i]!,
      })),
    );
    together.forEach(({ submission, payload, resolve }, i) => {
      const row = rows[i]!;
      resolve(jobOf(row));
      this.#parts.onStored(row, submission, payload);
    });
  }

  #seeThatItFits(bytes: number): void {
    const { maxJobs, maxBytes } = this.#parts.bounds;
    const depth = this.#parts.depth();
    const jobs = depth.jobs + this.#arriving.jobs;
    const waiting = depth.bytes + this.#arriving.bytes;
    if (bytes > maxBytes) {
      throw new LodestoneError(
        "INVALID_INPUT",
        `This job has ${bytes} bytes; the whole queue holds ${maxBytes}. Submit it in parts.`,
      );
    }
    if (jobs < maxJobs && waiting + bytes <= maxBytes) return;
    const failed = depth.failed > 0 ? ` ${depth.failed} of them have failed: retry or cancel them.` : "";
    throw new LodestoneError(
      "QUEUE_FULL",
      `The queue is full: ${jobs} of ${maxJobs} jobs, ${waiting} of ${maxBytes} bytes.${failed} Nothing was taken in: submit it again later. "lodestone jobs list" shows what is in it.`,
      {
        detail: {
          jobs,
          maxJobs,
          bytes: waiting,
          maxBytes,
          failed: depth.failed,
          retryAfterSeconds: this.#parts.retryAfterSeconds(),
        },
      },
    );
  }
}
