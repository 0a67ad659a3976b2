// The thread that owns writing: it runs the queue of jobs, reads and chunks files, embeds through an encoder thread of its
// own, and commits. The caller's event loop sees rows and vectors only, never texts.

import { workerData } from "node:worker_threads";
import { systemClock } from "../clock.js";
import { type BiEncoderModel, openBiEncoder, openTokenizer } from "../encoders/index.js";
import type { StalenessPolicy } from "../lifecycle/index.js";
import { type Job, openWriter } from "../store/index.js";
import type { CallContext } from "../threads/protocol.js";
import { serve, transferring } from "../threads/serve.js";
import { type CacheSettings, openCacheOnDemand } from "./cache-on-demand.js";
import { openDuplicateGuard } from "./duplicate-guard.js";
import { embedPassages } from "./embed-passages.js";
import { keepEncoder } from "./encoder-keeper.js";
import { openPreparer, type Preparer } from "./prepare.js";
import { Queue, type QueueSettings } from "./queue.js";
import type { QueueEvent, Submission } from "./queue-event.js";
import { type UpkeepVerbs, upkeepVerbs } from "./upkeep-verbs.js";

export type IngestWorkerData = {
  library: string;
  model: BiEncoderModel;
  chunking: { maxTokens: number; overlapTokens: number };
  /** Threads of the encoder's session; undefined: as the model wants. */
  encoderThreads: number | undefined;
  /** undefined: no embeddings are remembered. */
  cache: CacheSettings | undefined;
  queue: QueueSettings & {
    /** How long the model may take for a batch. */
    batchLimitMs: number;
  };
};

/** A document handed in by a caller. */
export type DocumentInput = {
  id: string;
  text: string;
  title?: string | undefined;
  /** How to read `text`: text/plain (default), text/markdown or text/html. */
  type?: "text/plain" | "text/markdown" | "text/html" | undefined;
  metadata?: Record<string, unknown> | undefined;
  /** ISO 8601 date or milliseconds since 1970. */
  modifiedAt?: string | number | undefined;
  /** When its content is looked at again: a staleness policy. Default: by the rules. */
  staleness?: StalenessPolicy | undefined;
};

export type IngestVerbs = UpkeepVerbs & {
  /** Begins to work and tells what happens, as progress; answered when the queue was stopped. */
  follow(argument: null, context: CallContext): Promise<void>;
  /** Answered when the job is on the disk. */
  submit(argument: Submission): Promise<Job>;
  cancelJob(argument: { id: string }): Job;
  retryJob(argument: { id: string }): Job;
  retryFailedJobs(argument: null): Job[];
  /** Ends the work; what is on its way goes on when the library is opened again. */
  stop(argument: null): Promise<void>;
};

const {
  library,
  model,
  chunking,
  encoderThreads,
  cache: cacheSettings,
  queue: settings,
} = workerData as IngestWorkerData;

await serve<IngestVerbs>(async () => {
  const writer = openWriter(library);
  const generation = writer.generation({
    modelName: model.manifest.name,
    modelVersion: model.version,
    dimensions: model.dimensions,
    ...chunking,
  });
  // Readers, tokenizer and encoder are loaded with the first document: a library that is only searched does without them.
  let preparer: Preparer | undefined;
  const preparerOpened = () => {
    preparer ??= openPreparer(writer.db, generation, openTokenizer(model));
    return preparer;
  };
  const encoder = keepEncoder({
    open: () => openBiEncoder(model, encoderThreads === undefined ? {} : { threads: encoderThreads }),
    limitMs: settings.batchLimitMs,
    fullBatch: settings.passages,
    clock: systemClock,
  });
  const cache = openCacheOnDemand(library, cacheSettings);
  const stop = new AbortController();
  let tell: (event: QueueEvent) => void = () => undefined;
  const embed = (passages: readonly string[], options: { fresh: boolean }) =>
    embedPassages(passages, options, {
      encoder: async () => encoder,
      cache: cache.open((notice) => tell({ kind: "notice", notice })),
      space: { tenant: "", modelVersion: generation.modelVersion, kind: "passage" },
      dimensions: generation.dimensions,
      signal: stop.signal,
    });
  const queue = new Queue({
    writer,
    generation,
    settings,
    clock: systemClock,
    random: Math.random,
    preparer: preparerOpened,
    duplicates: openDuplicateGuard(writer.db),
    embed,
    emit: (event) => tell(event),
  });
  const upkeep = upkeepVerbs({
    library,
    writer,
    cache,
    generation,
    preparer: preparerOpened,
    embed,
    onWritten: (written) => tell({ kind: "written", written }),
  });
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const end = async () => {
    stop.abort();
    await queue.stop();
    finish();
  };

  return {
    verbs: {
      follow(_, { progress }) {
        tell = (event) => progress(transferring(event, buffersOf(event)));
        queue.start();
        return finished;
      },
      submit: (submission) => queue.submit(submission),
      cancelJob: ({ id }) => queue.cancel(id),
      retryJob: ({ id }) => queue.retry(id),
      retryFailedJobs: () => queue.retryFailed(),
      stop: end,
      ...upkeep.verbs,
    },
    async close() {
      await upkeep.close();
      await end();
      await encoder.close();
      await cache.close();
      writer.close();
    },
  };
});

/** What of an event moves to the caller instead of being copied. */
function buffersOf(event: QueueEvent): ArrayBuffer[] {
  if (event.kind !== "written") return [];
  const { vectors, documentKeys, removedRows } = event.written;
  return [vectors.buffer, documentKeys.buffer, removedRows.buffer];
}
