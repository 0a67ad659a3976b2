// Variants of search over one collection: each answers all of its queries, on an engine of its own.

import type { BeirCollection, Measure, RankedSearch, Stage, StageResult } from "../../evaluation/index.js";
import type { ProgressBar } from "../progress/progress-bar.js";
import { type LibraryPlace, type MeasuredLibrary, openMeasured } from "./library.js";
import { mergePatch } from "./merge-patch.js";
import { DEPTH, type Variant, type VariantEngine } from "./stages.js";

// Quality is measured as it is, not as this machine's load would cut it short.
const patience = { embedMs: 60_000, rerankMs: 60_000 };

export type Evaluated = {
  name: string;
  model: string;
  documents: number;
  chunks: number;
  queries: number;
  /** null: the library was there before. */
  indexMs: number | null;
  /** Answers in which a stage was left out; any make the figures doubtful. */
  degraded: number;
  stages: StageResult[];
};

export type EvaluateOptions = {
  place: LibraryPlace;
  engine: VariantEngine;
  variants: readonly Variant[];
  measures: readonly Measure[];
  bar: ProgressBar;
  signal: AbortSignal;
};

export async function evaluateCollection(collection: BeirCollection, options: EvaluateOptions): Promise<Evaluated> {
  const { runCollection } = await import("../../evaluation/index.js");
  const { bar, signal, measures, variants } = options;
  const library = await openMeasured(collection, options.place, options.engine, options);
  const degraded = { answers: 0 };
  const stages = variants.map((variant) => stageOf(variant, library, degraded));
  const results = await runCollection(collection, stages, {
    measures,
    signal,
    onProgress: ({ stage, done, total }) =>
      bar.show(`${collection.name}, ${stage}`, done / total, `${done}/${total} queries`),
  });
  const { documents, chunks, model, indexMs } = library;
  return {
    name: collection.name,
    model,
    documents,
    chunks,
    queries: collection.queries.length,
    indexMs,
    degraded: degraded.answers,
    stages: results,
  };
}

function stageOf(variant: Variant, library: MeasuredLibrary, degraded: { answers: number }): Stage {
  const request = { limit: DEPTH, limits: patience, ...variant.request };
  return {
    name: variant.name,
    async open() {
      const { openEngine } = await import("../../engine/index.js");
      const engine = await openEngine(mergePatch(library.options, variant.engine ?? {}));
      const { tenant } = library;
      const searcher = tenant === "" ? engine : engine.tenant(tenant);
      const search: RankedSearch = async (query) => {
        const answer = await searcher.search({ ...request, query });
        if (answer.degraded.length > 0) degraded.answers++;
        // Without their passages: the runs of a whole sweep are held.
        return answer.hits.map(({ id, score }) => ({ id, score }));
      };
      // So that the first query does not pay for what is loaded on first use.
      await search("warm up");
      return { search, close: () => engine.close() };
    },
  };
}
