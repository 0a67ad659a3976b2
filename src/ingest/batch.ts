// One batch: what several jobs bring, to be embedded together and written in one transaction, and what each of them gains by
// it.

import { pipelineVersion } from "../documents/index.js";
import type {
  BatchWritten,
  DocumentTouch,
  DocumentWrite,
  FileWrite,
  Generation,
  JobResult,
  SkippedDuplicate,
  WriteBatch,
} from "../store/index.js";
import type { OnDuplicate } from "./duplicate-guard.js";
import type { EmbeddedPassages } from "./embed-passages.js";
import type { IncomingDocument, PreparedDocument } from "./prepare.js";

/** One try of a job, as far as batches know of it. */
export type BatchJob = {
  readonly sequence: number;
  readonly tenant: string;
  readonly force: boolean;
  readonly onDuplicate: OnDuplicate;
  /** Whether somebody waits for it: its end is not held back for company. */
  readonly isUrgent: boolean;
  /** Embedded apart from others: it has failed among them. */
  readonly isAlone: boolean;
  readonly isLastTry: boolean;
  /** A document that fails by itself is left out and the rest goes on; else the first failure ends the try. */
  readonly isTolerant: boolean;
  /** Why this try does not succeed. */
  failure: unknown;
  /** Nothing more of it is wanted. */
  stopped: boolean;
  cancelled: boolean;
  /** Files with a document that failed: they stay unfinished. */
  readonly failedFiles: Set<string>;
  failedDocuments: number;
  /** A document cannot be taken, now or ever. */
  refuse(document: IncomingDocument, error: Error): void;
  /** A document is left out for another one. */
  skip(duplicate: SkippedDuplicate, file: string | null): void;
};

export type Gain = Omit<JobResult, "files" | "skips" | "skipped" | "duplicates" | "missing" | "moved"> & {
  done: number;
  filesRead: number;
};

export type Entry = { job: BatchJob; source: IncomingDocument; prepared: PreparedDocument };

const CLOSED_AFTER_CHARACTERS = 4_000_000;
// Unchanged documents and finished files are noted at the latest after so many.
const CLOSED_AFTER_ITEMS = 2_000;

export class Batch {
  readonly entries: Entry[] = [];
  /** Documents that are stored just as they come, where an earlier job could still change them. */
  readonly touches: { job: BatchJob; source: IncomingDocument }[] = [];
  readonly files: { job: BatchJob; file: Omit<FileWrite, "job"> }[] = [];
  readonly gone: { job: BatchJob; path: string }[] = [];
  /** Jobs of which nothing more comes. */
  readonly ended: BatchJob[] = [];
  readonly #gains = new Map<BatchJob, Gain>();
  passages = 0;
  #tokens = 0;
  #characters = 0;
  #items = 0;

  /** `openedAtMs`: when it got its first item. */
  constructor(readonly openedAtMs: number) {}

  get jobs(): BatchJob[] {
    return [...this.#gains.keys()];
  }

  get isUrgent(): boolean {
    return this.ended.some(({ isUrgent }) => isUrgent);
  }

  isFull(limits: { passages: number; tokens: number }): boolean {
    return (
      this.passages >= limits.passages ||
      this.#tokens >= limits.tokens ||
      this.#characters >= CLOSED_AFTER_CHARACTERS ||
      this.#items >= CLOSED_AFTER_ITEMS
    );
  }

  /** Whether something of `job` may stand beside what is in here. */
  suits(job: BatchJob): boolean {
    const [first] = this.#gains.keys();
    if (first === undefined || first === job) return first === undefined || this.#gains.size === 1 || !job.isAlone;
    // What is remembered of embeddings is each tenant's own.
    return !first.isAlone && !job.isAlone && first.force === job.force && first.tenant === job.tenant;
  }

  add(entry: Entry): void {
    this.entries.push(entry);
    this.passages += entry.prepared.passages.length;
    for (const { vector, tokens } of entry.prepared.write.chunks) if (vector !== null) this.#tokens += tokens;
    this.#characters += entry.prepared.write.characters;
    this.gainOf(entry.job);
  }

  /** What the job gains by this batch, to be counted up. */
  gainOf(job: BatchJob): Gain {
    this.#items++;
    let gain = this.#gains.get(job);
    if (gain === undefined) {
      gain = noGain();
      this.#gains.set(job, gain);
    }
    return gain;
  }

  /** Takes over what `job` has gained in `other` without writing anything. */
  takeCounts(job: BatchJob, other: Batch): void {
    const counted = other.#gains.get(job);
    if (counted) this.#gains.set(job, { ...counted });
  }

  /** The transaction's content. Jobs that are out leave nothing but their end. */
  write(
    generation: Generation,
    { vectors, slots, sparse }: EmbeddedPassages,
    earliestJob: number,
    nowMs: number,
  ): WriteBatch {
    let offset = 0;
    const documents = this.entries.flatMap(({ job, prepared: { write, passages } }): DocumentWrite[] => {
      const first = offset;
      offset += passages.length;
      if (isOut(job)) return [];
      const chunks = write.chunks.map((chunk) =>
        chunk.vector === null ? chunk : { ...chunk, vector: slots[chunk.vector + first]! },
      );
      return [{ ...write, chunks }];
    });
    const touched = this.touches
      .filter(({ job }) => !isOut(job))
      .map(({ job, source: { id } }): DocumentTouch => ({ id, job: job.sequence }));
    return {
      generation: generation.id,
      modelVersion: generation.modelVersion,
      pipeline: pipelineVersion,
      documents,
      touched,
      files: this.finishedFiles().map(({ job, file }) => ({ ...file, job: job.sequence })),
      gone: this.gone.filter(({ job }) => !isOut(job)).map(({ job, path }) => ({ path, job: job.sequence })),
      earliestJob,
      vectors,
      sparse,
      indexedAtMs: nowMs,
    };
  }

  finishedFiles(): Batch["files"] {
    return this.files.filter(({ job, file }) => !isOut(job) && !job.failedFiles.has(file.path));
  }

  /** What each job gains once `written` is what the store made of it. */
  gains({ conflicts, superseded, removedWith }: BatchWritten, embedded: EmbeddedPassages): Map<BatchJob, Gain> {
    const [again, late] = [new Set(conflicts), new Set(superseded)];
    const gains = new Map(Array.from(this.#gains, ([job, gain]) => [job, { ...gain }]));
    const counted = new Set<number>();
    let passage = 0;
    for (const { job, prepared } of this.entries) {
      const gain = gains.get(job)!;
      for (const _ of prepared.passages) {
        const slot = embedded.slots[passage++]!;
        const tokens = counted.has(slot) ? undefined : embedded.read[slot];
        counted.add(slot);
        if (tokens === undefined) gain.cached++;
        else {
          gain.embedded++;
          gain.tokens += tokens;
        }
      }
      const { id, chunks } = prepared.write;
      if (isOut(job) || again.has(id)) continue;
      gain.done++;
      if (late.has(id)) gain.superseded++;
      else {
        gain.written++;
        gain.chunks += chunks.length;
      }
    }
    for (const { job, source } of this.touches) {
      const gain = gains.get(job)!;
      if (isOut(job) || again.has(source.id)) continue;
      gain.done++;
      if (late.has(source.id)) gain.superseded++;
      else gain.unchanged++;
    }
    for (const { job } of this.finishedFiles()) gains.get(job)!.filesRead++;
    this.gone
      .filter(({ job }) => !isOut(job))
      .forEach(({ job }, i) => {
        gains.get(job)!.removed += removedWith[i] ?? 0;
      });
    return gains;
  }
}

/** Whether a job's documents are not to be written any more. */
export function isOut({ cancelled, failure, isTolerant }: BatchJob): boolean {
  return cancelled || (failure !== undefined && !isTolerant);
}

function noGain(): Gain {
  return {
    written: 0,
    unchanged: 0,
    removed: 0,
    superseded: 0,
    chunks: 0,
    embedded: 0,
    tokens: 0,
    cached: 0,
    done: 0,
    filesRead: 0,
  };
}
