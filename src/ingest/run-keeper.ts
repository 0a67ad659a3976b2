// Notes what comes into the index for watching its quality: runs, each with a sample of its chunks, and a sample of the whole. A job
// of some size is a run of its own, so that what it brings is judged alone; small ones share a run.

import type { Clock } from "../clock.js";
import { messageOf } from "../errors.js";
import { type PlacedRow, type RowSample, RowSampler } from "../quality/index.js";
import {
  type BatchWritten,
  type Generation,
  type Job,
  knownSequence,
  openQualityReader,
  type Writer,
} from "../store/index.js";
import type { EmbeddedPassages } from "./embed-passages.js";

type Counts = { jobs: number; documents: number; failed: number; chunks: number; embedded: number; tokens: number };

type OpenRun = {
  generation: Generation;
  startedMs: number;
  sampler: RowSampler;
  counts: Counts;
  truncated: number;
};

export type RunKeeperParts = {
  writer: Pick<Writer, "db" | "quality">;
  clock: Clock;
  /** The most tokens that the active model reads of a text. */
  maxTokens(): number;
  /** Told of a run that is stored. */
  onRun(id: number): void;
  onNotice(notice: string): void;
};

/** Documents from which a job is a run of its own: fewer say nothing about their distribution. */
const OWN_RUN_FROM = 16;
const RUN_ROWS = 128;
const INDEX_ROWS = 256;
/** Small jobs share a run until it has so many documents, or is so old. */
const SHARED_RUN_DOCUMENTS = 64;
const SHARED_RUN_MS = 3_600_000;

export class RunKeeper {
  readonly #parts: RunKeeperParts;
  readonly #jobOf: (documentKey: number) => number;
  readonly #open = new Map<number, OpenRun>();
  #shared: OpenRun | undefined;
  #index: { generation: number; sampler: RowSampler; isDirty: boolean } | undefined;

  constructor(parts: RunKeeperParts) {
    this.#parts = parts;
    const job = parts.writer.db.prepare<[number], number>("SELECT job FROM documents WHERE key = ?").pluck();
    this.#jobOf = (documentKey) => job.get(documentKey) ?? 0;
  }

  /** Notes a batch that is in the library now. */
  noteBatch({ firstRow, documentKeys, vectorOfRow }: BatchWritten, embedded: EmbeddedPassages, generation: Generation) {
    const { norms, read } = embedded;
    const maxTokens = this.#parts.maxTokens();
    const index = this.#indexOf(generation);
    let from = 0;
    while (from < documentKeys.length) {
      const documentKey = documentKeys[from]!;
      const rows: PlacedRow[] = [];
      let truncated = 0;
      for (; documentKeys[from] === documentKey; from++) {
        const vector = vectorOfRow[from]!;
        rows.push({ row: firstRow + from, norm: norms[vector]! });
        if ((read[vector] ?? 0) >= maxTokens) truncated++;
      }
      const run = this.#runOf(this.#jobOf(documentKey), generation);
      run.truncated += truncated;
      run.sampler.offer(rows);
      index.sampler.offer(rows);
      index.isDirty = true;
    }
  }

  /** Notes that a job is over. */
  endJob({ id, result, state, total }: Job): void {
    const sequence = knownSequence(id);
    const run = this.#open.get(sequence);
    this.#open.delete(sequence);
    const failed = (result.skipped ?? 0) + (state === "failed" ? Math.max(0, (total ?? 0) - result.written) : 0);
    if (!run && failed === 0) return;
    const counts = {
      jobs: 1,
      documents: result.written,
      failed,
      chunks: result.chunks,
      embedded: result.embedded,
      tokens: result.tokens,
    };
    if (run && run.sampler.seen >= OWN_RUN_FROM) this.#store({ ...run, counts });
    else if (run || this.#shared) this.#share(run, counts);
  }

  /** Writes down what is only in memory. */
  flush(isLast = false): void {
    const { clock } = this.#parts;
    const shared = this.#shared;
    if (shared && shared.sampler.seen >= OWN_RUN_FROM && (isLast || clock.now() - shared.startedMs >= SHARED_RUN_MS)) {
      this.#shared = undefined;
      this.#store(shared);
    }
    this.#keepIndexSample();
  }

  #share(run: OpenRun | undefined, counts: Counts): void {
    if (run && this.#shared?.generation.id !== run.generation.id) this.#shared = this.#begin(run.generation);
    const shared = this.#shared!;
    if (run) {
      for (const placed of run.sampler.sample().rows) shared.sampler.offer([placed]);
      shared.truncated += run.truncated;
    }
    for (const name of Object.keys(counts) as (keyof Counts)[]) shared.counts[name] += counts[name];
    if (shared.sampler.seen < SHARED_RUN_DOCUMENTS) return;
    this.#shared = undefined;
    this.#store(shared);
  }

  #runOf(job: number, generation: Generation): OpenRun {
    const open = this.#open.get(job);
    if (open?.generation.id === generation.id) return open;
    const run = this.#begin(generation);
    this.#open.set(job, run);
    return run;
  }

  #begin(generation: Generation): OpenRun {
    const counts = { jobs: 0, documents: 0, failed: 0, chunks: 0, embedded: 0, tokens: 0 };
    const sampler = new RowSampler(RUN_ROWS);
    return { generation, startedMs: this.#parts.clock.now(), sampler, counts, truncated: 0 };
  }

  #store({ generation, startedMs, sampler, counts, truncated }: OpenRun): void {
    this.#keepIndexSample();
    this.#try(() => {
      const { writer, clock, onRun } = this.#parts;
      const finishedMs = clock.now();
      const run = {
        generation: generation.id,
        modelVersion: generation.modelVersion,
        startedMs,
        finishedMs,
        truncated,
      };
      onRun(writer.quality.endRun({ ...run, ...counts }, sampler.sample().rows));
    });
  }

  #keepIndexSample(): void {
    const index = this.#index;
    if (!index?.isDirty) return;
    this.#try(() => {
      const { rows, ...state } = index.sampler.sample();
      const alive = this.#parts.writer.quality.keepIndexSample(index.generation, rows, JSON.stringify(state));
      index.sampler.keepOnly(alive);
      index.isDirty = false;
    });
  }

  #indexOf({ id }: Generation) {
    if (this.#index?.generation !== id) {
      this.#keepIndexSample();
      this.#index = { generation: id, sampler: storedSampler(this.#parts.writer.db, id), isDirty: false };
    }
    return this.#index;
  }

  // What is watched is worth no failed ingest.
  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parts.onNotice(`What was ingested could not be sampled: ${messageOf(error)}`);
    }
  }
}

function storedSampler(db: Writer["db"], generation: number): RowSampler {
  const reader = openQualityReader(db, () => generation);
  const stored = reader.state("index-sample");
  if (stored === undefined) return new RowSampler(INDEX_ROWS);
  const state = JSON.parse(stored) as Omit<RowSample, "rows">;
  return RowSampler.resume(INDEX_ROWS, { ...state, rows: reader.sampled(0) });
}
