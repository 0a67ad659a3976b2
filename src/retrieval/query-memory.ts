// What an encoder made of queries: from memory where the query was asked before, else from the encoder within a time limit.

import { LRUCache } from "lru-cache";
import { queryEncodings } from "./query-encodings.js";

/** What the encoding of queries has cost, and what it did not have to. */
export type QueryCost = { texts: number; tokens: number; cpuMs: number; savedTexts: number; savedTokens: number };

/** How often queries were known since the library was opened. `savedMs`: what computing them again would have taken. */
export type QueryCacheStatus = { remembered: number; hits: number; misses: number; savedMs: number };

export type QueryMemory<Encoded> = {
  /**
   * Rejects with a TimeoutError past `limitMs`; what comes later is kept for the next time, unless many are late. `isKnown`: it was
   * remembered.
   */
  encode(query: string, limitMs: number): Promise<{ encoded: Encoded; isKnown: boolean }>;
  status(): QueryCacheStatus;
  /** Queries that are remembered, the last asked first. */
  remembered(limit: number): { query: string; encoded: Encoded }[];
};

type Computed<Encoded> = { encoded: Encoded; ms: number; tokens: number };

const REMEMBERED_QUERIES = 2_000;

export function openQueryMemory<Encoded extends object>(
  compute: (query: string, signal: AbortSignal) => Promise<Computed<Encoded>>,
  onCost: (cost: QueryCost) => void = () => undefined,
): QueryMemory<Encoded> {
  const remembered = new LRUCache<string, Computed<Encoded>>({ max: REMEMBERED_QUERIES });
  const counts = { hits: 0, misses: 0, savedMs: 0 };
  const encodings = queryEncodings(async (query, signal) => {
    const computed = await compute(query, signal);
    remembered.set(query, computed);
    onCost({ texts: 1, tokens: computed.tokens, cpuMs: computed.ms, savedTexts: 0, savedTokens: 0 });
    return { encoded: computed.encoded, isKnown: false };
  });
  return {
    async encode(query, limitMs) {
      const known = remembered.get(query);
      if (known) {
        counts.hits++;
        counts.savedMs += known.ms;
        onCost({ texts: 0, tokens: 0, cpuMs: 0, savedTexts: 1, savedTokens: known.tokens });
        return { encoded: known.encoded, isKnown: true };
      }
      counts.misses++;
      return encodings.within(query, limitMs);
    },
    status: () => ({ remembered: remembered.size, ...counts }),
    remembered: (limit) =>
      Array.from(remembered.entries(), ([query, { encoded }]) => ({ query, encoded })).slice(0, limit),
  };
}
