// The thread that owns writing: it runs the queue of jobs, reads and chunks files, embeds through an encoder thread of its
// own, and commits. The caller's event loop sees rows and vectors only, never texts.

import { workerData } from "node:worker_threads";
import { systemClock } from "../clock.js";
import { messageOf } from "../errors.js";
import type { StalenessPolicy } from "../lifecycle/index.js";
import { CostLedger } from "../quality/index.js";
import { isFinished, type Job, openWriter } from "../store/index.js";
import type { CallContext } from "../threads/protocol.js";
import { serve, transferring } from "../threads/serve.js";
import { type CacheSettings, openCacheOnDemand } from "./cache-on-demand.js";
import { openDuplicateGuard } from "./duplicate-guard.js";
import { openIndexContext } from "./index-context.js";
import { type Chunking, type IndexModels, recipeOf } from "./index-models.js";
import { MigrationWork, type MigrationWorkVerbs } from "./migration-verbs.js";
import { type QualityVerbs, qualityVerbs } from "./quality-verbs.js";
import { Queue, type QueueSettings } from "./queue.js";
import type { QueueEvent, Submission } from "./queue-event.js";
import { RunKeeper } from "./run-keeper.js";
import { type UpkeepVerbs, upkeepVerbs } from "./upkeep-verbs.js";

export type IngestWorkerData = {
  library: string;
  models: IndexModels;
  chunking: Chunking;
  /** Threads of each encoder's session; undefined: as the model wants. */
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

export type IngestVerbs = UpkeepVerbs &
  QualityVerbs &
  MigrationWorkVerbs & {
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
  models,
  chunking,
  encoderThreads,
  cache: cacheSettings,
  queue: settings,
} = workerData as IngestWorkerData;

await serve<IngestVerbs>(async () => {
  let tell: (event: QueueEvent) => void = () => undefined;
  const writer = openWriter(library, { onShadowRemoved: (rows) => tell({ kind: "shadow-removed", rows }) });
  const generation = writer.generation(recipeOf(models, chunking));
  const cache = openCacheOnDemand(library, cacheSettings);
  const stop = new AbortController();
  const ledger = new CostLedger();
  const runs = new RunKeeper({
    writer,
    clock: systemClock,
    maxTokens: () => migration.context.maxTokens,
    onRun: (id) => tell({ kind: "run", id }),
    onNotice: (notice) => tell({ kind: "notice", notice }),
  });
  const flushQuality = (isLast = false) => {
    runs.flush(isLast);
    try {
      const costs = ledger.drain();
      if (costs.length > 0) writer.quality.addCosts(costs);
    } catch (error) {
      tell({ kind: "notice", notice: `What embedding has cost could not be noted: ${messageOf(error)}` });
    }
  };
  let queue: Queue | undefined;
  const migration: MigrationWork = new MigrationWork({
    writer,
    clock: systemClock,
    random: Math.random,
    active: { generation, ...models },
    open: (generation, models, role) =>
      openIndexContext(generation, {
        db: writer.db,
        ...models,
        // What is done in the background takes one core at the most.
        threads: role === "shadow" ? 1 : encoderThreads,
        limitMs: settings.batchLimitMs,
        fullBatch: settings.passages,
        cache: () => cache.open((notice) => tell({ kind: "notice", notice })),
        signal: stop.signal,
        clock: systemClock,
        onCost: (of, { ms, ...counts }) => ledger.add(of, { ...counts, cpuMs: ms }, systemClock.now()),
      }),
    between: (work) => queue!.between(work),
    emit: (event) => tell(event),
  });
  queue = new Queue({
    writer,
    settings,
    clock: systemClock,
    random: Math.random,
    generation: () => migration.context.generation,
    preparer: () => migration.context.preparer(),
    duplicates: openDuplicateGuard(writer.db),
    embed: (passages, options) => migration.context.embed(passages, options),
    onWritten: (written, embedded, generation) => runs.noteBatch(written, embedded, generation),
    emit(event) {
      tell(event);
      if (event.kind === "job" && isFinished(event.job)) runs.endJob(event.job);
      if (event.kind === "written" || event.kind === "moved") migration.wake();
    },
  });
  const upkeep = upkeepVerbs({
    library,
    writer,
    cache,
    clock: systemClock,
    context: () => migration.context,
    onWritten(written) {
      tell({ kind: "written", written });
      migration.wake();
    },
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
      ...migration.verbs,
      ...qualityVerbs({ quality: writer.quality, flush: flushQuality }),
    },
    async close() {
      await upkeep.close();
      await end();
      await migration.close();
      await cache.close();
      flushQuality(true);
      writer.close();
    },
  };
});

/** What of an event moves to the caller instead of being copied. */
function buffersOf(event: QueueEvent): ArrayBuffer[] {
  if (event.kind !== "written" && event.kind !== "shadow-written") return [];
  const { vectors, documentKeys, removedRows } = event.written;
  return [vectors.buffer, documentKeys.buffer, removedRows.buffer];
}
