// The verbs on the embedding cache: what it has been good for, and emptying it.

import type { IngestClient } from "../ingest/index.js";
import type { QueryCacheStatus } from "../retrieval/index.js";
import type { StoreReader } from "../store/index.js";
import type { CheckedEngineOptions } from "./options.js";

export type CacheStatus = {
  /** "off": the engine was opened without it. "unreadable": see `reason`; the next run that writes makes it anew. */
  state: "on" | "off" | "unreadable";
  reason?: string;
  /** Embeddings on disk, and the size of their file. */
  entries: number;
  bytes: number;
  limits: { memoryBytes: number; diskBytes: number; ttlDays: number };
  /** Passages since `since`, ISO 8601, when the file was made. */
  hits: { memory: number; disk: number };
  misses: number;
  /** Hits of all look-ups, 0..1. */
  hitRate: number;
  /** What the hits would have cost: bytes of vectors, tokens read, milliseconds of computing. */
  saved: { bytes: number; tokens: number; ms: number };
  since?: string;
  /** Queries since the library was opened; their vectors are remembered in memory only. */
  queries: QueryCacheStatus & { hitRate: number };
};

export type CacheVerbs = {
  status(): Promise<CacheStatus>;
  /** Forgets the embeddings of one tenant, or all of them. Only time is lost. Throws LIBRARY_READ_ONLY. */
  clear(options?: { tenant?: string }): Promise<{ removed: number }>;
};

export function cacheVerbs(parts: {
  reader(): StoreReader;
  writer(): IngestClient;
  /** undefined: the library is open for reading only. */
  ingest: IngestClient | undefined;
  queries(): QueryCacheStatus;
  options: CheckedEngineOptions["cache"];
}): CacheVerbs {
  const { off, ...limits } = parts.options;
  return {
    async status() {
      const reader = parts.reader();
      await parts.ingest?.call("settleCache", null);
      const file = await reader.call("cache", null);
      const queries = parts.queries();
      const totals = file.state === "ready" ? file.totals : undefined;
      const [memory, disk, misses] = [totals?.memoryHits ?? 0, totals?.diskHits ?? 0, totals?.misses ?? 0];
      return {
        state: off ? "off" : file.state === "unreadable" ? "unreadable" : "on",
        ...(file.state === "unreadable" ? { reason: file.reason } : {}),
        entries: file.state === "ready" ? file.entries : 0,
        bytes: file.state === "none" ? 0 : file.bytes,
        limits,
        hits: { memory, disk },
        misses,
        hitRate: share(memory + disk, misses),
        saved: { bytes: totals?.savedBytes ?? 0, tokens: totals?.savedTokens ?? 0, ms: totals?.savedMs ?? 0 },
        ...(file.state === "ready" ? { since: new Date(file.sinceMs).toISOString() } : {}),
        queries: { ...queries, hitRate: share(queries.hits, queries.misses) },
      };
    },
    async clear({ tenant } = {}) {
      return { removed: await parts.writer().call("clearCache", { tenant }) };
    },
  };
}

function share(hits: number, misses: number): number {
  return hits + misses === 0 ? 0 : hits / (hits + misses);
}
