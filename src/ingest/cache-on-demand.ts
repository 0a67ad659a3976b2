// The embedding cache of the ingest thread: opened with the first document, so that a library which is only searched gets
// none.

import { type EmbeddingCache, openEmbeddingCache } from "../store/index.js";

export type CacheSettings = { memoryBytes: number; diskBytes: number; ttlMs: number };

export type CacheOnDemand = {
  /** The cache, opened by now; undefined where there is to be none. From now on `tell` hears what it has to say. */
  open(tell?: (notice: string) => void): EmbeddingCache | undefined;
  settled(): Promise<void>;
  close(): Promise<void>;
};

export function openCacheOnDemand(library: string, settings: CacheSettings | undefined): CacheOnDemand {
  let cache: EmbeddingCache | undefined;
  let listener: ((notice: string) => void) | undefined;
  return {
    open(tell) {
      listener = tell ?? listener;
      if (settings === undefined) return undefined;
      cache ??= openEmbeddingCache(library, { ...settings, now: Date.now, onNotice: (notice) => listener?.(notice) });
      return cache;
    },
    settled: async () => cache?.settled(),
    close: async () => cache?.close(),
  };
}
