// Runs a collection's queries through the stages of an engine, one query after the other, and measures what comes back:
// the quality of the rankings and how long each took. The stages are functions that are passed in.

import type { BeirQuery } from "./beir.js";
import type { Measure } from "./measure.js";
import type { ScoredRun } from "./run-file.js";
import { type Qrels, type RunSummary, summariseRun } from "./summary.js";

/** Ranks documents for a query, best first. */
export type RankedSearch = (query: string) => Promise<readonly { id: string; score: number }[]>;

export type Stage = {
  name: string;
  /** Opened just before its queries and closed after them, so that no stage profits from what another left in memory. */
  open(): Promise<{ search: RankedSearch; close(): Promise<void> }>;
};

export type StageResult = {
  name: string;
  summary: RunSummary;
  run: ScoredRun;
  /** Time of each query, in their order. */
  latenciesMs: number[];
};

export type RunOptions = {
  measures: readonly Measure[];
  onProgress?: (progress: { stage: string; done: number; total: number }) => void;
  signal?: AbortSignal;
  /** Milliseconds from any fixed point. */
  now?: () => number;
};

export async function runCollection(
  { queries, qrels }: { queries: readonly BeirQuery[]; qrels: Qrels },
  stages: readonly Stage[],
  { measures, onProgress, signal, now = () => performance.now() }: RunOptions,
): Promise<StageResult[]> {
  const results: StageResult[] = [];
  for (const { name, open } of stages) {
    signal?.throwIfAborted();
    const { search, close } = await open();
    try {
      const run = new Map<string, readonly { id: string; score: number }[]>();
      const latenciesMs: number[] = [];
      for (const { id, text } of queries) {
        signal?.throwIfAborted();
        const startedMs = now();
        run.set(id, await search(text));
        latenciesMs.push(now() - startedMs);
        onProgress?.({ stage: name, done: run.size, total: queries.length });
      }
      results.push({ name, summary: summariseRun(rankingsOf(run), qrels, measures), run, latenciesMs });
    } finally {
      await close();
    }
  }
  return results;
}

function rankingsOf(run: ScoredRun): Map<string, string[]> {
  return new Map([...run].map(([queryId, scored]) => [queryId, scored.map(({ id }) => id)]));
}

/** The value below or at which `share` (0..1) of the values lie, by nearest rank; 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
