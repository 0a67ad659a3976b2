// The query's weighted terms: from memory where the query was asked before, else from the sparse encoder within a time limit.

import { LRUCache } from "lru-cache";
import type { SparseEncoder } from "../encoders/index.js";
import { queryEncodings } from "./query-encodings.js";

export type WeightedQuery = { terms: Uint32Array; weights: Float32Array };

export type SparseQueries = {
  /** Rejects with a TimeoutError past `limitMs`; the terms are then kept for the next time, unless many are late. */
  encode(query: string, limitMs: number): Promise<WeightedQuery>;
};

const REMEMBERED_QUERIES = 2_000;

export function openSparseQueries(encoder: Pick<SparseEncoder, "encode">): SparseQueries {
  const remembered = new LRUCache<string, WeightedQuery>({ max: REMEMBERED_QUERIES });
  const encodings = queryEncodings(async (query, signal): Promise<WeightedQuery> => {
    const { terms, weights } = await encoder.encode([query], "query", { signal });
    remembered.set(query, { terms, weights });
    return { terms, weights };
  });
  return {
    encode: async (query, limitMs) => remembered.get(query) ?? encodings.within(query, limitMs),
  };
}
