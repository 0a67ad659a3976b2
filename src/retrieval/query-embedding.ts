// The query's vector: from memory where the query was asked before, else from the bi-encoder within a time limit.

import { LRUCache } from "lru-cache";
import type { BiEncoder } from "../encoders/index.js";
import { withinLimit } from "./time-limit.js";

export type QueryEmbedder = {
  /** Unit vector of the query. Rejects with a TimeoutError past `limitMs`; the vector is then kept for the next time. */
  embed(query: string, limitMs: number): Promise<Float32Array>;
  status(): QueryCacheStatus;
};

/** How often queries were known since the library was opened. `savedMs`: what computing them again would have taken. */
export type QueryCacheStatus = { remembered: number; hits: number; misses: number; savedMs: number };

const REMEMBERED_QUERIES = 2_000;

export function openQueryEmbedder(encoder: BiEncoder): QueryEmbedder {
  const remembered = new LRUCache<string, { vector: Float32Array; ms: number }>({ max: REMEMBERED_QUERIES });
  const counts = { hits: 0, misses: 0, savedMs: 0 };
  return {
    async embed(query, limitMs) {
      const known = remembered.get(query);
      if (known) {
        counts.hits++;
        counts.savedMs += known.ms;
        return known.vector;
      }
      counts.misses++;
      const embedding = encoder.embed([query], "query").then(({ vectors, ms }) => {
        remembered.set(query, { vector: vectors, ms });
        return vectors;
      });
      return withinLimit(embedding, limitMs);
    },
    status: () => ({ remembered: remembered.size, ...counts }),
  };
}
