// A queue over a real library and an encoder in a thread of its own, with a clock that the test turns and an encoder that the
// test can hold.

import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Clock } from "../../src/clock.js";
import { openTokenizer } from "../../src/encoders/index.js";
import { openDuplicateGuard } from "../../src/ingest/duplicate-guard.js";
import { embedPassages } from "../../src/ingest/embed-passages.js";
import { embedderOf, keepEncoder } from "../../src/ingest/encoder-keeper.js";
import type { DocumentInput } from "../../src/ingest/index.js";
import type { JobPayloadInput } from "../../src/ingest/job-payload.js";
import { openPreparer } from "../../src/ingest/prepare.js";
import { Queue, type QueueSettings } from "../../src/ingest/queue.js";
import type { JobOutcome, QueueEvent } from "../../src/ingest/queue-event.js";
import type { Job, JobPriority, JobState } from "../../src/store/index.js";
import { openReader, type Reader } from "../../src/store/reader.js";
import { openWriter } from "../../src/store/writer.js";
import { tinyModel, tokenVectors } from "../encoders/tiny-models.js";
import { temporaryFolder } from "../temporary-folder.js";
import { type EmbedCall, openMisbehavingEncoder } from "./misbehaving-encoder.js";
import { dimensions } from "./text-vector.js";

export class TurnedClock implements Clock {
  #nowMs = 1_700_000_000_000;
  #waiting: { atMs: number; work: () => void }[] = [];

  now = (): number => this.#nowMs;

  /** How much waits for its time. */
  get waiting(): number {
    return this.#waiting.length;
  }

  after(ms: number, work: () => void): () => void {
    const entry = { atMs: this.#nowMs + ms, work };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  /** Goes forward by `ms` and does what is due by then. */
  turn(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#waiting.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.work();
    }
    this.#nowMs = untilMs;
  }
}

export type Bench = {
  readonly library: string;
  readonly queue: Queue;
  readonly clock: TurnedClock;
  readonly reader: Reader;
  readonly events: readonly QueueEvent[];
  /** Calls of the encoder so far. */
  readonly calls: readonly EmbedCall[];
  /** Replaces what the encoder does: before each call this is awaited; it may throw. */
  beforeEmbed: (call: EmbedCall) => Promise<void> | void;
  put(documents: readonly DocumentInput[], options?: SubmitOptions): Promise<Job>;
  remove(ids: readonly string[], options?: SubmitOptions): Promise<Job>;
  paths(targets: readonly string[], options?: SubmitOptions): Promise<Job>;
  /** Resolves with the job as soon as it is in one of these states. */
  when(job: Job, ...states: JobState[]): Promise<Job>;
  /** The end of a job that was submitted with a ticket. */
  outcome(ticket: number): Promise<JobOutcome>;
  /** Resolves when `holds` does, looked at after every event and call. */
  until(holds: () => boolean): Promise<void>;
  /** Turns the clock in small steps until `holds` does. */
  turnUntil(holds: () => boolean): Promise<void>;
  texts(): Record<string, string>;
  stop(): Promise<void>;
};

export type SubmitOptions = { priority?: JobPriority; ticket?: number };

export const settings: QueueSettings = {
  passages: 512,
  tokens: 100_000,
  concurrency: 2,
  maxWaitMs: 100,
  maxJobs: 10_000,
  maxBytes: 2 ** 30,
  paused: false,
};

export const LIMIT_MS = 60_000;

export async function openBench(
  t: TestContext,
  options: Partial<QueueSettings> & { library?: string; random?: () => number } = {},
): Promise<Bench> {
  const { library = join(temporaryFolder(), "library"), random = () => 0.5, ...changed } = options;
  const model = await tinyModel("bi-encoder", tokenVectors(), { pooling: "mean" });
  const writer = openWriter(library);
  const generation = writer.generation({
    modelName: "misbehaving",
    modelVersion: "misbehaving@000000000000",
    dimensions,
    maxTokens: 64,
    overlapTokens: 8,
  });
  const reader = openReader(library);
  const clock = new TurnedClock();
  const events: QueueEvent[] = [];
  const calls: EmbedCall[] = [];
  const watchers = new Set<() => void>();
  const look = () => {
    for (const watcher of watchers) watcher();
  };
  const stopping = new AbortController();
  const encoder = keepEncoder({ open: () => openEncoder(), limitMs: LIMIT_MS, fullBatch: 512, clock });
  const queue = new Queue({
    writer,
    generation: () => generation,
    settings: { ...settings, ...changed },
    clock,
    random,
    duplicates: openDuplicateGuard(writer.db),
    preparer: () => openPreparer(writer.db, generation, openTokenizer(model)),
    embed: (passages, { fresh }) =>
      embedPassages(
        passages,
        { fresh },
        {
          encoder: async () => embedderOf(encoder),
          cache: undefined,
          space: { tenant: "", modelVersion: generation.modelVersion, kind: "passage" },
          dimensions,
          signal: stopping.signal,
        },
      ),
    emit(event) {
      events.push(event);
      look();
    },
  });

  const openEncoder = () =>
    openMisbehavingEncoder(model, (call) => {
      calls.push(call);
      look();
      return bench.beforeEmbed(call);
    });

  const submit = (input: JobPayloadInput, total: number | null, { priority = "bulk", ticket }: SubmitOptions = {}) =>
    queue.submit({
      tenant: "",
      kind: input.kind,
      priority,
      subject: input.kind,
      total,
      payload: new TextEncoder().encode(JSON.stringify(input)),
      ticket,
    });

  let stopped: Promise<void> | undefined;
  const bench: Bench = {
    library,
    queue,
    clock,
    reader,
    events,
    calls,
    beforeEmbed: () => undefined,
    put: (documents, more) => submit({ kind: "put", documents: [...documents] }, documents.length, more),
    remove: (ids, more) => submit({ kind: "remove", ids: [...ids] }, ids.length, more),
    paths: (targets, more) =>
      submit({ kind: "paths", targets: [...targets], cwd: process.cwd(), options: {} }, null, more),
    async when({ id }, ...states) {
      const find = () =>
        events.flatMap((event) => (event.kind === "job" && event.job.id === id ? [event.job] : [])).at(-1);
      await bench.until(() => states.includes(find()?.state ?? "running"));
      return find()!;
    },
    async outcome(ticket) {
      const find = () => events.find((event) => event.kind === "outcome" && event.ticket === ticket);
      await bench.until(() => find() !== undefined);
      const found = find();
      if (found?.kind !== "outcome") throw new Error("no outcome");
      return found.outcome;
    },
    until: (holds) =>
      new Promise((resolve) => {
        const watcher = () => {
          if (!holds()) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
        watcher();
      }),
    async turnUntil(holds) {
      while (!holds()) {
        clock.turn(5);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    texts: () =>
      Object.fromEntries(
        reader
          .list({ tenant: "", offset: 0, limit: 10_000 })
          .documents.map(({ id }) => [id, reader.document(id)!.text]),
      ),
    stop() {
      stopped ??= (async () => {
        stopping.abort();
        await queue.stop();
        await encoder.close();
        reader.close();
        writer.close();
      })();
      return stopped;
    },
  };
  t.after(() => bench.stop());
  queue.start();
  return bench;
}

export const document = (id: string, text = `The text of ${id}.`): DocumentInput => ({ id, text });
