// The work on a migration over a real library, with an encoder in a thread of its own, a clock that the test turns and an encoder that
// the test can hold. New documents get their vectors at once, without that encoder.

import { join } from "node:path";
import type { TestContext } from "node:test";
import { pipelineVersion } from "../../src/documents/index.js";
import { type BiEncoderModel, openTokenizer } from "../../src/encoders/index.js";
import { embedPassages } from "../../src/ingest/embed-passages.js";
import { embedderOf, keepEncoder } from "../../src/ingest/encoder-keeper.js";
import type { IndexContext } from "../../src/ingest/index-context.js";
import { MigrationWork } from "../../src/ingest/migration-verbs.js";
import { openPreparer } from "../../src/ingest/prepare.js";
import type { QueueEvent } from "../../src/ingest/queue-event.js";
import type { FillProgress } from "../../src/ingest/shadow-filler.js";
import type { Generation, Writer } from "../../src/store/index.js";
import { openReader, type Reader } from "../../src/store/reader.js";
import { openWriter } from "../../src/store/writer.js";
import { tinyModel, tokenVectors } from "../encoders/tiny-models.js";
import { temporaryFolder } from "../temporary-folder.js";
import { type EmbedCall, openMisbehavingEncoder } from "./misbehaving-encoder.js";
import { TurnedClock } from "./queue-under-test.js";
import { dimensions, vectorOf } from "./text-vector.js";

export const LIMIT_MS = 60_000;
const chunking = { maxTokens: 64, overlapTokens: 8 };
export const otherChunking = { maxTokens: 32, overlapTokens: 0 };

export type MigrationBench = {
  readonly library: string;
  readonly writer: Writer;
  readonly work: MigrationWork;
  readonly model: BiEncoderModel;
  readonly clock: TurnedClock;
  readonly events: readonly QueueEvent[];
  /** Calls of an encoder so far. */
  readonly calls: readonly EmbedCall[];
  /** Encoders that were opened so far. */
  readonly opened: number;
  /** Before each call this is awaited; it may throw. */
  beforeEmbed: (call: EmbedCall) => Promise<void> | void;
  /** Before an encoder is opened; it may throw. */
  beforeOpen: () => void;
  /** Writes documents as the queue does. */
  put(texts: Record<string, string>): void;
  remove(...ids: string[]): void;
  /** Begins a migration to other chunks, and to fill its shadow. */
  start(options?: { load?: number }): void;
  /** Of a generation; the active one where none is named. */
  reader(generation?: number): Reader;
  readonly progress: FillProgress;
  /** Ids of the documents that a generation holds chunks of. */
  heldBy(generation: number): string[];
  until(holds: () => boolean): Promise<void>;
  /** Turns the clock in small steps until `holds` does. */
  turnUntil(holds: () => boolean): Promise<void>;
  stop(): Promise<void>;
};

export async function openMigrationBench(
  t: TestContext,
  { library = join(temporaryFolder(), "library") }: { library?: string } = {},
): Promise<MigrationBench> {
  const model = await tinyModel("bi-encoder", tokenVectors(), { pooling: "mean" });
  const modelVersion = model.version;
  const writer = openWriter(library);
  const generation = writer.generation({ modelName: model.manifest.name, modelVersion, dimensions, ...chunking });
  const clock = new TurnedClock();
  const events: QueueEvent[] = [];
  const calls: EmbedCall[] = [];
  const watchers = new Set<() => void>();
  const look = () => {
    for (const watcher of watchers) watcher();
  };
  let opened = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const open = (generation: Generation): IndexContext => {
    const encoder = keepEncoder({
      async open() {
        opened++;
        bench.beforeOpen();
        return openMisbehavingEncoder(model, (call) => {
          calls.push(call);
          look();
          return bench.beforeEmbed(call);
        });
      },
      ...{ limitMs: LIMIT_MS, fullBatch: 512, clock },
    });
    return {
      generation,
      maxTokens: 512,
      preparer: () => openPreparer(writer.db, generation, openTokenizer(model)),
      embed: (passages, options) =>
        embedPassages(passages, options, {
          encoder: async () => embedderOf(encoder),
          cache: undefined,
          space: { tenant: "", modelVersion, kind: "passage" },
          dimensions,
          signal: new AbortController().signal,
        }),
      close: () => encoder.close(),
    };
  };
  const work = new MigrationWork({
    writer,
    clock,
    random: () => 0.5,
    active: { generation, model },
    open,
    between(change) {
      const done = turn.then(change);
      turn = done.catch(() => undefined);
      return done;
    },
    emit(event) {
      events.push(event);
      look();
    },
  });

  let stopped: Promise<void> | undefined;
  const bench: MigrationBench = {
    ...{ library, writer, work, model, clock, events, calls },
    get opened() {
      return opened;
    },
    beforeEmbed: () => undefined,
    beforeOpen: () => undefined,
    put(texts) {
      const { generation, preparer } = work.context;
      const vectors: number[] = [];
      const documents = Object.entries(texts).map(([id, text]) => {
        const source = { headings: [], codeBlocks: [], metadata: {}, path: null, file: null, modifiedAtMs: null };
        const incoming = { id, title: id, text, mediaType: "text/plain" as const, ...source };
        const prepared = preparer().prepare(incoming, { force: true, job: null });
        if (typeof prepared === "string") throw new Error(prepared);
        const first = vectors.length / dimensions;
        vectors.push(...prepared.passages.flatMap(vectorOf));
        const chunks = prepared.write.chunks.map((chunk) => ({ ...chunk, vector: first + chunk.vector! }));
        return { ...prepared.write, chunks };
      });
      writer.write({
        ...{ generation: generation.id, modelVersion, pipeline: pipelineVersion, documents },
        ...{ touched: [], files: [], gone: [], earliestJob: 0, indexedAtMs: clock.now() },
        vectors: Float32Array.from(vectors),
      });
      work.wake();
    },
    remove(...ids) {
      writer.remove(ids);
    },
    start({ load = 1 } = {}) {
      work.verbs.startMigration({ model, chunking: otherChunking });
      work.verbs.fillShadow({ model, load });
    },
    reader(generation) {
      const reader = openReader(library, generation);
      t.after(() => reader.close());
      return reader;
    },
    get progress() {
      const last = events.findLast((event) => event.kind === "shadow-filled");
      if (last?.kind !== "shadow-filled") throw new Error("nothing was told yet");
      return last.progress;
    },
    heldBy: (generation) =>
      writer.db
        .prepare<[number], string>(
          "SELECT DISTINCT d.id FROM chunks c JOIN documents d ON d.key = c.document_key WHERE c.key >> 32 = ? ORDER BY d.id",
        )
        .pluck()
        .all(generation),
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
    stop() {
      stopped ??= work.close().then(() => writer.close());
      return stopped;
    },
  };
  t.after(() => bench.stop());
  return bench;
}
