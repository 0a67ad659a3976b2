// The query's vector: from memory where the query was asked before, else from the bi-encoder within a time limit.

import { LRUCache } from "lru-cache";
import type { BiEncoder } from "../encoders/index.js";
import { queryEncodings } from "./query-encodings.js";

export type QueryEmbedder = {
  /** Unit vector of the query. Rejects with a TimeoutError past `limitMs`; the vector is then kept for the next time, unless many are late. */
  embed(query: string, limitMs: number): Promise<QueryVector>;
  status(): QueryCacheStatus;
  /** Queries that are remembered with their vectors, the last asked first. */
  remembered(limit: number): { query: string; vector: Float32Array }[];
};

/** `isKnown`: it was remembered. */
export type QueryVector = { vector: Float32Array; isKnown: boolean };

/** What the embedding of queries has cost, and what it did not have to. */
export type QueryCost = { texts: number; tokens: number; cpuMs: number; savedTexts: number; savedTokens: number };

/** How often queries were known since the library was opened. `savedMs`: what computing them again would have taken. */
export type QueryCacheStatus = { remembered: number; hits: number; misses: number; savedMs: number };

const REMEMBERED_QUERIES = 2_000;

export function openQueryEmbedder(
  encoder: BiEncoder,
  onCost: (cost: QueryCost) => void = () => undefined,
): QueryEmbedder {
  const remembered = new LRUCache<string, { vector: Float32Array; ms: number; tokens: number }>({
    max: REMEMBERED_QUERIES,
  });
  const counts = { hits: 0, misses: 0, savedMs: 0 };
  const encodings = queryEncodings(async (query, signal): Promise<QueryVector> => {
    const { vectors: vector, ms, tokens } = await encoder.embed([query], "query", { signal });
    remembered.set(query, { vector, ms, tokens });
    onCost({ texts: 1, tokens, cpuMs: ms, savedTexts: 0, savedTokens: 0 });
    return { vector, isKnown: false };
  });
  return {
    async embed(query, limitMs) {
      const known = remembered.get(query);
      if (known) {
        counts.hits++;
        counts.savedMs += known.ms;
        onCost({ texts: 0, tokens: 0, cpuMs: 0, savedTexts: 1, savedTokens: known.tokens });
        return { vector: known.vector, isKnown: true };
      }
      counts.misses++;
      return encodings.within(query, limitMs);
    },
    status: () => ({ remembered: remembered.size, ...counts }),
    remembered: (limit) =>
      Array.from(remembered.entries(), ([query, { vector }]) => ({ query, vector })).slice(0, limit),
  };
}
