// What the ingest thread does besides ingesting, since it alone writes: emptying the cache, vacuum, and
// documents from their stored texts.

import type { Clock } from "../clock.js";
import type { VacuumOptions, VacuumReport } from "../lifecycle/index.js";
import { type FeedbackBounds, type FeedbackSearch, writeRanking } from "../store/index.js";
import type { CallContext } from "../threads/protocol.js";
import type { CacheOnDemand } from "./cache-on-demand.js";
import type { Reprepared, ReprepareParts } from "./reprepare.js";

export type UpkeepVerbs = {
  /** Answered when the cache's file says what the cache has been good for up to now. */
  settleCache(argument: null): Promise<void>;
  /** Forgets the embeddings of a tenant, or all of them; answers how many there were. */
  clearCache(argument: { tenant: string | undefined }): Promise<number>;
  /** Keeps a search with its feedback. */
  noteFeedback(argument: { tenant: string; search: FeedbackSearch; keep: FeedbackBounds }): void;
  /** Forgets a tenant's remembered embeddings, its feedback, its jobs that are over, and ids that were removed. Its documents are removed before. */
  forgetTenant(argument: { tenant: string }): Promise<{ jobs: number; embeddings: number }>;
  /** Keeps what was learned of ranking with a model, as JSON; undefined forgets it. */
  keepRanking(argument: { modelVersion: string; learnedAtMs: number; ranking: string | undefined }): void;
  /** Progress values are of type VacuumProgress. One runs at a time, the next waits. */
  vacuum(argument: VacuumOptions, context: CallContext): Promise<VacuumReport>;
  /** Prepares documents anew from their stored texts. */
  reprepare(argument: { ids: string[] }, context: CallContext): Promise<Reprepared>;
};

export type UpkeepParts = Omit<ReprepareParts, "signal"> & { library: string; cache: CacheOnDemand; clock: Clock };

export function upkeepVerbs({ library, cache, ...parts }: UpkeepParts): {
  verbs: UpkeepVerbs;
  /** Stops what runs and resolves when it has ended. */
  close(): Promise<void>;
} {
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  return {
    verbs: {
      settleCache: () => cache.settled(),

      clearCache: async ({ tenant }) => (await cache.open()?.drop(tenant)) ?? 0,

      noteFeedback: ({ tenant, search, keep }) => parts.writer.feedback.note(tenant, search, keep, parts.clock.now()),

      async forgetTenant({ tenant }) {
        parts.writer.feedback.forgetTenant(tenant);
        const embeddings = (await cache.open()?.drop(tenant)) ?? 0;
        parts.writer.quality.forgetTenant(tenant);
        return { jobs: parts.writer.jobs.forgetTenant(tenant), embeddings };
      },

      keepRanking: (ranking) => writeRanking(parts.writer.db, ranking),

      async vacuum(options, { signal, progress }) {
        const { vacuum } = await import("../lifecycle/index.js");
        const vacuumParts = {
          library,
          db: parts.writer.db,
          cache: options.cache ? cache.open() : undefined,
          signal: AbortSignal.any([signal, stop.signal]),
          onProgress: progress,
        };
        const run = running.then(() => vacuum(options, vacuumParts));
        running = run.catch(() => undefined);
        return run;
      },

      async reprepare({ ids }, { signal }) {
        const { reprepare } = await import("./reprepare.js");
        return reprepare(ids, { ...parts, signal: AbortSignal.any([signal, stop.signal]) });
      },
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}
