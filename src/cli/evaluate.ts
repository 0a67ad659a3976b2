// The stages of the engine over one collection: a library is built from its documents, then each stage answers all of
// its queries.

import { join } from "node:path";
import type { Engine, EngineOptions } from "../engine/index.js";
import type { BeirCollection, Measure, RankedSearch, Stage, StageResult } from "../evaluation/index.js";
import type { DocumentInput } from "../ingest/index.js";
import type { SearchRequest } from "../retrieval/index.js";
import { withEngine, withoutReranking } from "./open-library.js";
import type { ProgressBar } from "./progress/progress-bar.js";
import { openRateMeter } from "./progress/rate-meter.js";
import { formatCount, formatRate } from "./render/numbers.js";

export const stageNames = ["bm25", "dense", "hybrid", "hybrid+rerank", "default"] as const;
export type StageName = (typeof stageNames)[number];

const requests: Record<StageName, Pick<SearchRequest, "mode" | "rerank" | "feedback">> = {
  bm25: { mode: "lexical", rerank: false },
  dense: { mode: "dense", rerank: false },
  hybrid: { mode: "hybrid", rerank: false, feedback: false },
  "hybrid+rerank": { mode: "hybrid", rerank: true, feedback: false },
  // What a search does that says nothing of all this: with feedback.
  default: {},
};

/** Documents that a stage ranks for each query, for recall@100. */
export const DEPTH = 100;

// Quality is measured as it is, not as this machine's load would cut it short.
const patience = { embedMs: 60_000, rerankMs: 60_000 };

export type Evaluated = {
  name: string;
  documents: number;
  chunks: number;
  queries: number;
  indexMs: number;
  /** Answers in which a stage was left out; any make the figures doubtful. */
  degraded: number;
  stages: StageResult[];
};

export type EvaluateOptions = {
  /** Folder in which the collection's library is made, or brought up to date where it is there already. */
  folder: string;
  engine: Omit<EngineOptions, "library" | "readOnly">;
  stages: readonly StageName[];
  measures: readonly Measure[];
  bar: ProgressBar;
  signal: AbortSignal;
};

export async function evaluateCollection(collection: BeirCollection, options: EvaluateOptions): Promise<Evaluated> {
  const { runCollection } = await import("../evaluation/index.js");
  const { openEngine } = await import("../engine/index.js");
  const { bar, signal, measures } = options;
  const engineOptions = { ...options.engine, library: join(options.folder, collection.name) };
  const startedMs = performance.now();
  const counts = await withEngine({ ...engineOptions, ...withoutReranking }, async (engine) => {
    await putDocuments(engine, collection, bar, signal);
    return (await engine.status()).library;
  });
  const indexMs = performance.now() - startedMs;

  let degraded = 0;
  const stages = options.stages.map((name): Stage => {
    const request = { ...requests[name], limit: DEPTH, limits: patience };
    return {
      name,
      async open() {
        const engine = await openEngine({ ...engineOptions, readOnly: true });
        const search: RankedSearch = async (query) => {
          const answer = await engine.search({ ...request, query });
          if (answer.degraded.length > 0) degraded++;
          return answer.hits;
        };
        // So that the first query does not pay for what is loaded on first use.
        await search("warm up");
        return { search, close: () => engine.close() };
      },
    };
  });
  const results = await runCollection(collection, stages, {
    measures,
    signal,
    onProgress: ({ stage, done, total }) =>
      bar.show(`${collection.name}, ${stage}`, done / total, `${done}/${total} queries`),
  });
  return {
    name: collection.name,
    documents: counts.documents,
    chunks: counts.chunks,
    queries: collection.queries.length,
    indexMs,
    degraded,
    stages: results,
  };
}

const BATCH_DOCUMENTS = 500;

async function putDocuments(
  engine: Engine,
  collection: BeirCollection,
  bar: ProgressBar,
  signal: AbortSignal,
): Promise<void> {
  // Read twice instead of held: a corpus may be larger than memory.
  let total = 0;
  for await (const _ of collection.documents()) total++;
  const meter = openRateMeter();
  let batch: DocumentInput[] = [];
  let done = 0;
  const putBatch = async () => {
    signal.throwIfAborted();
    meter.note(done, performance.now());
    const rate = meter.perSecond();
    const facts = `${formatCount(done)}/${formatCount(total)} documents${rate ? `  ${formatRate(rate)}/s` : ""}`;
    bar.show(`${collection.name}, indexing`, done / total, facts);
    await engine.put(batch, { signal });
    done += batch.length;
    batch = [];
  };
  for await (const { id, title, text } of collection.documents()) {
    // An empty title is given as such: the engine would make one up otherwise.
    batch.push({ id, title, text });
    if (batch.length === BATCH_DOCUMENTS) await putBatch();
  }
  if (batch.length > 0) await putBatch();
}
