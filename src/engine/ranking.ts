// What was learned of ranking: kept with the library for each model version, and used by every search that does not say otherwise.

import type { IngestClient } from "../ingest/index.js";
import {
  type LearnedRanking,
  learnedRankingSchema,
  recommendedSparseWeight,
  type SearchRequest,
  type SearchResponse,
} from "../retrieval/index.js";
import type { Generation, StoredRanking } from "../store/index.js";
import type { Arm } from "./arm.js";
import type { Engine } from "./engine-verbs.js";
import type { JudgedQuery } from "./judged-query.js";
import type { TuneOptions, TuneReport } from "./tune.js";
import { TuningRuns, type TuningStatus } from "./tuning-runs.js";

/** What was learned, from what, and how much better it was on queries that it was not learned from. */
export type RankingLearned = LearnedRanking & {
  learnedAt: string;
  /** Judged queries. */
  queries: number;
  /** Mean nDCG@10 with the default, and with what was learned from the other folds. */
  defaultNdcg: number;
  heldOutNdcg: number;
  pValue: number;
};

/** The models whose lists are fused, as what was learned is stored under: one of them changed, and it was learned of others. */
export function modelVersionsOf({
  modelVersion,
  sparseModelVersion,
}: Pick<Generation, "modelVersion" | "sparseModelVersion">): string {
  return sparseModelVersion === null ? modelVersion : `${modelVersion} ${sparseModelVersion}`;
}

export class Ranking {
  readonly #learned = new Map<string, RankingLearned>();

  /** Takes in what the library holds. What this version cannot read counts as not learned. */
  load(stored: readonly StoredRanking[]): void {
    for (const { modelVersion, ranking } of stored) {
      const learned = JSON.parse(ranking) as RankingLearned;
      if (learnedRankingSchema.safeParse(learned).success) this.#learned.set(modelVersion, learned);
    }
  }

  of(models: string): RankingLearned | undefined {
    return this.#learned.get(models);
  }

  set(models: string, learned: RankingLearned | undefined): void {
    if (learned) this.#learned.set(models, learned);
    else this.#learned.delete(models);
  }
}

/** Judged queries, or titles, headings and questions of the documents themselves. */
export type JudgedSource = readonly JudgedQuery[] | "known-items";

export type RankingVerbs = {
  /** What was learned with the models in use; undefined: their manifests' recommendations hold. */
  learned(): RankingLearned | undefined;
  /**
   * Tries weights and feedback on judged queries of documents that belong to no tenant, and keeps the best where five-fold
   * cross-validation finds it better than the default (randomisation test, p < 0.05). Else what was learned before stays.
   * Throws INVALID_INPUT for fewer than 20 queries with a relevant document, TUNING_RUNNING, LIBRARY_READ_ONLY unless `dryRun`.
   */
  tune(judged: JudgedSource, options?: TuneOptions): Promise<TuneReport>;
  /** Begins the same and tells of it; how it goes on is told by `tuning`. Throws the same at once, but for known items. */
  startTuning(judged: JudgedSource, options?: Pick<TuneOptions, "dryRun">): Promise<TuningStatus>;
  /** The run under way, or else the last one since the library was opened. */
  tuning(): TuningStatus | undefined;
  /** Stops the run under way, if any. What was learned before stays. */
  cancelTuning(): Promise<void>;
  /** Stops the run under way, if any, and goes back to the default. Throws LIBRARY_READ_ONLY. */
  clear(): Promise<void>;
};

export type RankingParts = {
  ranking: Ranking;
  /** The generation that answers now. */
  arm(): Arm;
  writer(): IngestClient;
  /** On that generation, and noted nowhere: what is tried is no query of anybody's. */
  search(arm: Arm, request: SearchRequest, signal: AbortSignal | undefined): Promise<Pick<SearchResponse, "hits">>;
  documents: Pick<Engine, "list" | "get">;
};

export function rankingVerbs({ ranking, arm, writer, search, documents }: RankingParts): RankingVerbs {
  const runs = new TuningRuns();
  const inUse = () => modelVersionsOf(arm().generation);
  const keep = async (models: string, learned: RankingLearned | undefined) => {
    const json = learned && JSON.stringify(learned);
    await writer().call("keepRanking", { modelVersion: models, learnedAtMs: Date.now(), ranking: json });
    ranking.set(models, learned);
  };
  const run = async (judged: JudgedSource, { signal, onProgress, dryRun = false }: TuneOptions) => {
    const { learnedOf, tuneRanking, usableQueries } = await import("./tune.js");
    // One generation throughout, whatever is promoted meanwhile.
    const tried = arm();
    const source = judged === "known-items" ? await knownItems(documents, signal) : judged;
    const report = await tuneRanking((request) => search(tried, request, signal), usableQueries(source), {
      sparseWeight: tried.sparseEncoder && recommendedSparseWeight(tried.sparseEncoder),
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    if (dryRun || !report.kept || !report.best) return { ...report, kept: false };
    await keep(modelVersionsOf(tried.generation), learnedOf(report.best, report));
    return report;
  };
  const begin = (judged: JudgedSource, options: TuneOptions) => {
    if (!options.dryRun) writer();
    return runs.run((running) => run(judged, running), options);
  };
  return {
    learned: () => ranking.of(inUse()),
    tune: async (judged, options = {}) => begin(judged, options),
    async startTuning(judged, options = {}) {
      const { usableQueries } = await import("./tune.js");
      if (judged !== "known-items") usableQueries(judged);
      // How it ends is in its status.
      begin(judged, options).catch(() => undefined);
      return runs.status!;
    },
    tuning: () => runs.status,
    cancelTuning: () => runs.cancel(),
    async clear() {
      writer();
      await runs.cancel();
      await keep(inUse(), undefined);
    },
  };
}

async function knownItems(documents: RankingParts["documents"], signal: AbortSignal | undefined) {
  const { knownQueries } = await import("./known-queries.js");
  return knownQueries(documents, signal);
}
