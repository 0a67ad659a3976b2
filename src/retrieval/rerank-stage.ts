// The reranking stage: the cross-encoder reads the passages of the best candidates within a time limit, best first, in slices. What
// the limit leaves no time for keeps its fused order, and the answer says how deep the reading went.
//
// There is no early end of another kind: the combined score stands on mean and deviation of all logits, so that any passage that is
// read can still move every other.

import { passageOf } from "../documents/index.js";
import { LodestoneError, messageOf } from "../errors.js";
import type { FusedRow } from "./fuse.js";
import { type Combined, combine, type RerankWeights } from "./rerank.js";
import type { RerankPace } from "./rerank-pace.js";
import type { Degradation } from "./response.js";
import type { SearchRooms } from "./search.js";
import { TimeoutError, withinLimit } from "./time-limit.js";

export type Reranked = {
  ranking: Combined<FusedRow>[];
  /** Passages that were read. */
  depth: number;
  degraded: Degradation[];
};

/** Default limit of reranking. */
export const RERANK_LIMIT_MS = 1000;

/** A first slice of so many tells the pace before much is at stake. */
const FIRST_SLICE = 16;
/** Of the limit, what one slice may take by the pace so far, those of others included: what is lost at most when the model stalls. */
const SLICE_SHARE = 0.25;

export async function rerankStage(
  { reader, crossEncoder, rerankPace }: SearchRooms,
  fused: readonly FusedRow[],
  options: { query: string; depth: number; weights: RerankWeights; limitMs: number; signal: AbortSignal | undefined },
): Promise<Reranked> {
  const { query, limitMs, signal } = options;
  if (!crossEncoder || options.depth === 0 || fused.length === 0) return untouched(fused, []);
  const endMs = performance.now() + limitMs;
  const rows = Uint32Array.from(fused.slice(0, options.depth), ({ row }) => row);
  const records = await reader.call("chunks", { rows }, { signal });
  const known = new Set(records.map(({ row }) => row));
  // Rows that were deleted since they were found have no text any more.
  const alive = fused.slice(0, rows.length).filter(({ row }) => known.has(row));
  const passages = records.map(({ title, headingPath, text }) => passageOf(title, headingPath, text));
  const read = await readInSlices(crossEncoder, rerankPace, { query, passages, limitMs, endMs, signal });
  const degraded = read.reason === undefined ? [] : [degradation(read.logits.length, passages.length, read.reason)];
  if (read.logits.length === 0) return untouched(fused, degraded);
  const ranking = combine([...alive, ...fused.slice(rows.length)], read.logits, options.weights);
  return { ranking, depth: read.logits.length, degraded };
}

function untouched(fused: readonly FusedRow[], degraded: Degradation[]): Reranked {
  return { ranking: fused.map((candidate) => ({ candidate })), depth: 0, degraded };
}

function degradation(read: number, wanted: number, reason: string): Degradation {
  const what = read === 0 ? "the best hits were not reranked" : `${read} of the best ${wanted} hits were reranked`;
  return { stage: "rerank", reason: `${what}: ${reason}` };
}

/** Logits of the first passages, of as many as the limit has time for; `reason` where that is not all. */
async function readInSlices(
  crossEncoder: NonNullable<SearchRooms["crossEncoder"]>,
  pace: RerankPace,
  {
    query,
    passages,
    limitMs,
    endMs,
    signal,
  }: { query: string; passages: readonly string[]; limitMs: number; endMs: number; signal: AbortSignal | undefined },
): Promise<{ logits: number[]; reason?: string }> {
  const logits: number[] = [];
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  while (logits.length < passages.length) {
    const leftMs = limitMs === 0 ? 0 : endMs - performance.now();
    const fits = pace.fitting(leftMs);
    // The first passage is always tried: a pace that was slow once would otherwise never be measured again.
    if (logits.length > 0 && (leftMs <= 0 || fits === 0)) {
      return { logits, reason: `the time limit of ${limitMs} ms leaves no time for more` };
    }
    const size = sliceSize(logits.length === 0, fits, pace.fitting(limitMs * SLICE_SHARE));
    const slice = passages.slice(logits.length, logits.length + size);
    const call = pace.begin(slice.length);
    try {
      const scored = crossEncoder.score(query, slice, { signal: either });
      logits.push(...(await withinLimit(scored, Math.max(0, leftMs))));
      call.done();
    } catch (error) {
      stop.abort();
      // At least so slow: the next search takes a smaller slice.
      if (error instanceof TimeoutError && leftMs > 0) call.late();
      else call.dropped();
      if (signal?.aborted || (error instanceof LodestoneError && error.code === "CLOSED")) throw error;
      const late = `the time limit of ${limitMs} ms leaves no time for more`;
      return { logits, reason: error instanceof TimeoutError && logits.length > 0 ? late : messageOf(error) };
    }
  }
  return { logits };
}

function sliceSize(isFirst: boolean, fits: number | undefined, share: number | undefined): number {
  if (fits === undefined || share === undefined) return FIRST_SLICE;
  // At least one, and where time is ample not too little of it.
  const size = Math.max(1, Math.min(fits, Math.max(share, 1)));
  return isFirst ? Math.min(size, FIRST_SLICE) : size;
}
