// The reranking stage: the cross-encoder reads the passages of the best candidates within a time limit. Past it, or when
// the model fails, the fused order stands and the answer says so.

import { passageOf } from "../documents/index.js";
import { LodestoneError, messageOf } from "../errors.js";
import type { ChunkRecord } from "../store/index.js";
import type { FusedRow } from "./fuse.js";
import { type Combined, combine, type RerankWeights } from "./rerank.js";
import type { Degradation } from "./response.js";
import type { SearchRooms } from "./search.js";
import { withinLimit } from "./time-limit.js";

export type Reranked = { ranking: Combined<FusedRow>[]; chunks: Map<number, ChunkRecord>; degraded: Degradation[] };

/** Default limit of reranking. */
export const RERANK_LIMIT_MS = 1000;

export async function rerankStage(
  { reader, crossEncoder }: SearchRooms,
  fused: readonly FusedRow[],
  options: { query: string; depth: number; weights: RerankWeights; limitMs: number; signal: AbortSignal | undefined },
): Promise<Reranked> {
  const unchanged = fused.map((candidate) => ({ candidate }));
  const none: Reranked = { ranking: unchanged, chunks: new Map(), degraded: [] };
  if (!crossEncoder || options.depth === 0 || fused.length === 0) return none;
  const rows = Uint32Array.from(fused.slice(0, options.depth), ({ row }) => row);
  const records = await reader.call("chunks", { rows }, { signal: options.signal });
  const chunks = new Map(records.map((record) => [record.row, record]));
  // Rows that were deleted since they were found have no text any more.
  const alive = fused.slice(0, rows.length).filter(({ row }) => chunks.has(row));
  const passages = records.map(({ title, headingPath, text }) => passageOf(title, headingPath, text));
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  try {
    const logits = await withinLimit(crossEncoder.score(options.query, passages, { signal }), options.limitMs);
    return { ranking: combine([...alive, ...fused.slice(rows.length)], logits, options.weights), chunks, degraded: [] };
  } catch (error) {
    stop.abort();
    if (options.signal?.aborted || (error instanceof LodestoneError && error.code === "CLOSED")) throw error;
    const reason = `the best hits were not reranked: ${messageOf(error)}`;
    return { ...none, chunks, degraded: [{ stage: "rerank", reason }] };
  }
}
