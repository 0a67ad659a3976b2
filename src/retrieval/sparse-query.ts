// The query's weighted terms, from memory or from the sparse encoder.

import type { SparseEncoder } from "../encoders/index.js";
import { openQueryMemory, type QueryCost } from "./query-memory.js";

export type WeightedQuery = { terms: Uint32Array; weights: Float32Array };

export type SparseQueries = {
  /** Rejects with a TimeoutError past `limitMs`; the terms are then kept for the next time, unless many are late. */
  encode(query: string, limitMs: number): Promise<WeightedQuery>;
};

export function openSparseQueries(
  encoder: Pick<SparseEncoder, "encode">,
  onCost?: (cost: QueryCost) => void,
): SparseQueries {
  const memory = openQueryMemory<WeightedQuery>(async (query, signal) => {
    const { terms, weights, ms, tokens } = await encoder.encode([query], "query", { signal });
    return { encoded: { terms, weights }, ms, tokens };
  }, onCost);
  return { encode: async (query, limitMs) => (await memory.encode(query, limitMs)).encoded };
}
