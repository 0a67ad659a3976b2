// The query's vector: from memory where the query was asked before, else from the bi-encoder within a time limit.

import { LRUCache } from "lru-cache";
import type { BiEncoder } from "../encoders/index.js";
import { withinLimit } from "./time-limit.js";

export type QueryEmbedder = {
  /** Unit vector of the query. Rejects with a TimeoutError past `limitMs`; the vector is then kept for the next time. */
  embed(query: string, limitMs: number): Promise<Float32Array>;
};

const REMEMBERED_QUERIES = 2_000;

export function openQueryEmbedder(encoder: BiEncoder): QueryEmbedder {
  const remembered = new LRUCache<string, Float32Array>({ max: REMEMBERED_QUERIES });
  return {
    async embed(query, limitMs) {
      const known = remembered.get(query);
      if (known) return known;
      const embedding = encoder.embed([query], "query").then(({ vectors }) => {
        remembered.set(query, vectors);
        return vectors;
      });
      return withinLimit(embedding, limitMs);
    },
  };
}
