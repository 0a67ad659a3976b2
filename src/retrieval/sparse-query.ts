// The query's weighted terms: from memory where the query was asked before, else from the sparse encoder within a time limit.

import { LRUCache } from "lru-cache";
import type { SparseEncoder } from "../encoders/index.js";
import { withinLimit } from "./time-limit.js";

export type WeightedQuery = { terms: Uint32Array; weights: Float32Array };

export type SparseQueries = {
  /** Rejects with a TimeoutError past `limitMs`; the terms are then kept for the next time. */
  encode(query: string, limitMs: number): Promise<WeightedQuery>;
};

const REMEMBERED_QUERIES = 2_000;

export function openSparseQueries(encoder: Pick<SparseEncoder, "encode">): SparseQueries {
  const remembered = new LRUCache<string, WeightedQuery>({ max: REMEMBERED_QUERIES });
  return {
    async encode(query, limitMs) {
      const known = remembered.get(query);
      if (known) return known;
      const encoding = encoder.encode([query], "query").then(({ terms, weights }) => {
        remembered.set(query, { terms, weights });
        return { terms, weights };
      });
      return withinLimit(encoding, limitMs);
    },
  };
}
