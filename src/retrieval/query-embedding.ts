// The query's vector, from memory or from the bi-encoder.

import type { BiEncoder } from "../encoders/index.js";
import { openQueryMemory, type QueryCacheStatus, type QueryCost } from "./query-memory.js";

export type QueryEmbedder = {
  /** Unit vector of the query. Rejects with a TimeoutError past `limitMs`; the vector is then kept for the next time, unless many are late. */
  embed(query: string, limitMs: number): Promise<QueryVector>;
  status(): QueryCacheStatus;
  /** Queries that are remembered with their vectors, the last asked first. */
  remembered(limit: number): { query: string; vector: Float32Array }[];
};

/** `isKnown`: it was remembered. */
export type QueryVector = { vector: Float32Array; isKnown: boolean };

export function openQueryEmbedder(encoder: BiEncoder, onCost?: (cost: QueryCost) => void): QueryEmbedder {
  const memory = openQueryMemory(async (query, signal) => {
    const { vectors, ms, tokens } = await encoder.embed([query], "query", { signal });
    return { encoded: vectors, ms, tokens };
  }, onCost);
  return {
    async embed(query, limitMs) {
      const { encoded, isKnown } = await memory.encode(query, limitMs);
      return { vector: encoded, isKnown };
    },
    status: memory.status,
    remembered: (limit) => memory.remembered(limit).map(({ query, encoded }) => ({ query, vector: encoded })),
  };
}
