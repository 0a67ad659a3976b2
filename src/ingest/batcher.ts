// Joins the documents of several jobs into batches and brings these through the encoder into the library. While batches are
// with the encoder, the next is prepared: reading and writing cost about as much as embedding, so the two overlap. A batch
// that fails is taken apart until only what is to blame is left out.

import { LodestoneError, messageOf } from "../errors.js";
import type { BatchWritten, FileWrite, Generation, JobRow, WriteBatch } from "../store/index.js";
import { Batch, type BatchJob, type Entry, type Gain, isOut } from "./batch.js";
import type { DuplicateGuard } from "./duplicate-guard.js";
import type { EmbeddedPassages, EmbedOptions } from "./embed-passages.js";
import type { IncomingDocument, Preparer } from "./prepare.js";
import { concernsAll, reasonOf } from "./retry.js";

/** What flows in: documents, the news that a file has been read to its end, and that one is there no more. */
export type Incoming =
  | { kind: "document"; document: IncomingDocument }
  | { kind: "file"; file: Omit<FileWrite, "job"> }
  | { kind: "gone"; path: string };

export type BatcherParts = {
  /** The index that documents go into; another one only while nothing is on its way. */
  generation(): Generation;
  preparer(): Preparer;
  duplicates: DuplicateGuard;
  embed(passages: readonly string[], options: EmbedOptions): Promise<EmbeddedPassages>;
  write(batch: WriteBatch, settle: (written: BatchWritten) => readonly JobRow[]): BatchWritten;
  /** Sequence of the earliest job that is not finished. */
  earliestJob(): number;
  /** The job's row after it gained this; `ended`: nothing more comes of it. undefined: its row stays as it is. */
  draft(job: BatchJob, gain: Gain, ended: boolean): JobRow | undefined;
  /** What was drafted is durable. */
  adopt(drafts: readonly JobRow[], written: BatchWritten, chunks: ReadonlyMap<BatchJob, number>): void;
  /** What of a batch is in the library now. */
  onWritten?(written: BatchWritten, embedded: EmbeddedPassages, generation: Generation): void;
  /** Not even the end of these jobs could be written. */
  lost(ended: readonly BatchJob[]): void;
  /** A batch has arrived: another one may start. */
  onRoom(): void;
  now(): number;
  signal: AbortSignal;
};

export type BatchLimits = {
  /** Of a batch. */
  passages: number;
  tokens: number;
  /** Batches on their way at once. */
  concurrency: number;
};

// A slow model gets smaller batches, so that somebody who waits has not to wait for minutes of bulk first.
const BATCH_MS = 2_000;
const FEWEST_PASSAGES = 32;
/** So many documents that fail by themselves are taken for a fault of the model, not of theirs. */
const MOST_FAILED_DOCUMENTS = 8;
/** So many are named when a job is given up. */
const NAMED_DOCUMENTS = 3;

export class Batcher {
  readonly #parts: BatcherParts;
  readonly #limits: BatchLimits;
  #batch: Batch | undefined;
  /** Batches on their way, in order; each settles when the ones before it have. */
  #onTheWay: Promise<void>[] = [];
  #embeddedAtMs = 0;
  #mostPassages: number;
  /** Ids of documents in batches. One that comes again waits: what is stored decides what is to be done with it. */
  readonly #ids = new Set<string>();

  constructor(parts: BatcherParts, limits: BatchLimits) {
    this.#parts = parts;
    this.#limits = limits;
    this.#mostPassages = limits.passages;
  }

  /** The open batch, if any. */
  get open(): Batch | undefined {
    return this.#batch;
  }

  /** Whether the open batch could start on its way now. */
  get hasRoom(): boolean {
    return this.#onTheWay.length < this.#limits.concurrency;
  }

  /** Takes an item in. Waits where too much is on its way already. */
  async add(job: BatchJob, item: Incoming): Promise<void> {
    if (this.#batch && !this.#batch.suits(job)) await this.flush();
    if (item.kind === "document") await this.#document(job, item.document);
    else {
      const batch = this.#opened();
      batch.gainOf(job);
      if (item.kind === "file") batch.files.push({ job, file: item.file });
      else batch.gone.push({ job, path: item.path });
    }
    if (this.#batch?.isFull({ ...this.#limits, passages: this.#mostPassages })) await this.flush();
  }

  /** Notes that nothing more of `job` comes: its fate is written with what it has in the open batch. */
  async end(job: BatchJob): Promise<void> {
    if (this.#batch && !this.#batch.suits(job)) await this.flush();
    const batch = this.#opened();
    batch.gainOf(job);
    batch.ended.push(job);
  }

  /** Sends the open batch on its way; waits until there is room for it. */
  async flush(): Promise<void> {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    while (!this.hasRoom) await this.#onTheWay[0];
    const before = this.#onTheWay.at(-1);
    const embedding = this.#embed(batch);
    // The encoder starts on this batch at once; the batches before it are written first, so that order is kept.
    embedding.catch(() => undefined);
    const settled: Promise<void> = (async () => {
      await before;
      await this.#settle(batch, embedding).catch((error) => this.#lose(batch, error));
      for (const { source } of [...batch.entries, ...batch.touches]) {
        this.#ids.delete(source.id);
        this.#parts.duplicates.settle(source.id);
      }
      this.#onTheWay = this.#onTheWay.filter((other) => other !== settled);
      this.#parts.onRoom();
    })();
    this.#onTheWay.push(settled);
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#onTheWay);
  }

  #opened(): Batch {
    this.#batch ??= new Batch(this.#parts.now());
    return this.#batch;
  }

  async #document(job: BatchJob, source: IncomingDocument): Promise<void> {
    if (this.#ids.has(source.id)) {
      await this.flush();
      await this.settled();
    }
    this.#prepare(this.#opened(), job, source, job.force);
  }

  #prepare(batch: Batch, job: BatchJob, source: IncomingDocument, force: boolean): void {
    const gain = batch.gainOf(job);
    let preparer: Preparer;
    try {
      preparer = this.#parts.preparer();
    } catch (error) {
      this.#giveUp(job, [], error);
      return;
    }
    try {
      const duplicate = this.#parts.duplicates.find(source, job.onDuplicate);
      if (duplicate) {
        job.skip(duplicate, source.file);
        gain.done++;
        return;
      }
      const prepared = preparer.prepare(source, { force, job: job.sequence, tenant: job.tenant });
      if (prepared === "superseded" || prepared === "settled") {
        if (prepared === "superseded") gain.superseded++;
        gain.done++;
        return;
      }
      if (prepared !== "unchanged") {
        batch.add({ job, source, prepared });
        this.#parts.duplicates.expect(prepared.write, job.onDuplicate);
      } else if (this.#parts.earliestJob() < job.sequence) batch.touches.push({ job, source });
      else {
        gain.unchanged++;
        gain.done++;
        return;
      }
      this.#ids.add(source.id);
    } catch (error) {
      if (error instanceof LodestoneError) job.refuse(source, error);
      else this.#blameDocument(job, source, error);
    }
  }

  async #embed({ entries }: { entries: readonly Entry[] }): Promise<EmbeddedPassages> {
    const passages = entries.flatMap(({ prepared }) => prepared.passages);
    const startedMs = performance.now();
    const embedded = await this.#parts.embed(passages, {
      fresh: entries[0]?.job.force ?? false,
      tenant: entries[0]?.job.tenant ?? "",
    });
    const endedMs = performance.now();
    if (embedded.embedded > 0) {
      // The encoder works on one batch after the other: this one's time began when the one before it was done.
      const msPerPassage = (endedMs - Math.max(startedMs, this.#embeddedAtMs)) / embedded.embedded;
      this.#embeddedAtMs = endedMs;
      const wanted = Math.max(FEWEST_PASSAGES, Math.round(BATCH_MS / Math.max(msPerPassage, 1e-3)));
      this.#mostPassages = Math.min(this.#limits.passages, wanted);
    }
    return embedded;
  }

  async #settle(batch: Batch, embedding: Promise<EmbeddedPassages>): Promise<void> {
    try {
      await this.#commit(batch, await embedding);
    } catch (error) {
      if (!this.#parts.signal.aborted) await this.#recover(batch, error);
    }
  }

  async #commit(batch: Batch, embedded: EmbeddedPassages): Promise<void> {
    const { earliestJob, write, draft, adopt, onWritten, now, signal } = this.#parts;
    signal.throwIfAborted();
    const generation = this.#parts.generation();
    let drafts: JobRow[] = [];
    const again = new Batch(batch.openedAtMs);
    const chunks = new Map<BatchJob, number>();
    const written = write(batch.write(generation, embedded, earliestJob(), now()), (written) => {
      const delayed = jobsOf(batch, written.conflicts);
      const ended = new Set(batch.ended.filter((job) => !delayed.has(job)));
      drafts = [...batch.gains(written, embedded)].flatMap(([job, gain]) => {
        chunks.set(job, gain.chunks);
        return draft(job, gain, ended.has(job)) ?? [];
      });
      again.ended.push(...batch.ended.filter((job) => delayed.has(job)));
      return drafts;
    });
    const { conflicts } = written;
    onWritten?.(written, embedded, generation);
    adopt(drafts, written, chunks);
    if (conflicts.length === 0) return;
    // What these documents counted on was changed by somebody else: they are prepared again, in full.
    for (const { job, source } of [...batch.entries, ...batch.touches]) {
      if (conflicts.includes(source.id)) this.#prepare(again, job, source, true);
    }
    again.files.push(...batch.files.filter(({ file }) => file.documentIds?.some((id) => conflicts.includes(id))));
    for (const { job } of again.files) again.gainOf(job);
    await this.#settle(again, this.#embed(again));
  }

  /** Brings in what of a failed batch can be brought in, and notes for the rest why not. */
  async #recover(batch: Batch, error: unknown): Promise<void> {
    if (concernsAll(error) || batch.entries.length === 0) {
      for (const job of batch.jobs) this.#giveUp(job, batch.entries, error);
    } else {
      const parts = new Map<BatchJob, Entry[]>();
      for (const entry of batch.entries) {
        const part = parts.get(entry.job);
        if (part) part.push(entry);
        else parts.set(entry.job, [entry]);
      }
      for (const [job, entries] of parts) {
        if (parts.size > 1) await this.#tryAlone(job, entries);
        else await this.#blame(job, entries, error);
      }
    }
    if (this.#parts.signal.aborted) return;
    const rest = new Batch(batch.openedAtMs);
    rest.files.push(...batch.files);
    rest.touches.push(...batch.touches);
    rest.gone.push(...batch.gone);
    rest.ended.push(...batch.ended);
    for (const job of batch.jobs) rest.takeCounts(job, batch);
    try {
      await this.#commit(rest, await this.#embed(rest));
    } catch (last) {
      this.#lose(batch, last);
    }
  }

  #lose(batch: Batch, error: unknown): void {
    if (this.#parts.signal.aborted) return;
    for (const job of batch.jobs) this.#giveUp(job, batch.entries, error);
    this.#parts.lost(batch.ended);
  }

  async #tryAlone(job: BatchJob, entries: readonly Entry[]): Promise<void> {
    if (isOut(job) || this.#parts.signal.aborted) return;
    const batch = new Batch(this.#parts.now());
    for (const entry of entries) batch.add(entry);
    try {
      await this.#commit(batch, await this.#embed(batch));
    } catch (error) {
      await this.#blame(job, entries, error);
    }
  }

  /** `entries` of one job have failed by themselves. */
  async #blame(job: BatchJob, entries: readonly Entry[], error: unknown): Promise<void> {
    if (this.#parts.signal.aborted) return;
    if (concernsAll(error) || job.stopped) return this.#giveUp(job, entries, error);
    const [only] = entries;
    if (only && entries.length === 1) this.#blameDocument(job, only.source, error);
    else if (job.isTolerant) {
      const half = entries.length >> 1;
      await this.#tryAlone(job, entries.slice(0, half));
      await this.#tryAlone(job, entries.slice(half));
    } else {
      const isQuick = !(error instanceof LodestoneError && error.code === "WORKER_FAILED");
      job.failure ??= about(job.isLastTry && isQuick ? await this.#culprits(entries) : [], error);
      job.stopped = true;
    }
  }

  #blameDocument(job: BatchJob, { id, file }: IncomingDocument, error: unknown): void {
    job.failure ??= about([id], error);
    if (file !== null) job.failedFiles.add(file);
    if (!job.isTolerant || ++job.failedDocuments >= MOST_FAILED_DOCUMENTS) job.stopped = true;
  }

  #giveUp(job: BatchJob, entries: readonly Entry[], error: unknown): void {
    job.failure ??= reasonOf(error);
    job.stopped = true;
    for (const { job: other, source } of entries) {
      if (other === job && source.file !== null) job.failedFiles.add(source.file);
    }
  }

  /** Ids of the documents that the model fails on by themselves; the first few. */
  async #culprits(entries: readonly Entry[]): Promise<string[]> {
    const found: string[] = [];
    const search = async (part: readonly Entry[]): Promise<void> => {
      if (part.length === 0 || found.length >= NAMED_DOCUMENTS || this.#parts.signal.aborted) return;
      try {
        await this.#embed({ entries: part });
      } catch {
        // Why is known already: this only looks where.
        if (part.length === 1) found.push(part[0]!.source.id);
        else {
          await search(part.slice(0, part.length >> 1));
          await search(part.slice(part.length >> 1));
        }
      }
    };
    await search(entries);
    return found;
  }
}

function jobsOf(batch: Batch, ids: readonly string[]): Set<BatchJob> {
  const wanted = new Set(ids);
  return new Set(
    [...batch.entries, ...batch.touches].filter(({ source }) => wanted.has(source.id)).map(({ job }) => job),
  );
}

/** The failure, with the documents that it is about. */
function about(ids: readonly string[], error: unknown): unknown {
  if (ids.length === 0) return error;
  const named = `${ids.length === 1 ? "Document" : "Documents"} ${ids.map((id) => JSON.stringify(id.slice(0, 120))).join(", ")}`;
  const message = `${named}: ${messageOf(error)}`;
  if (!(error instanceof LodestoneError)) return new Error(message, { cause: error });
  return new LodestoneError(error.code, message, { cause: error, detail: { ...error.detail, documents: ids } });
}
