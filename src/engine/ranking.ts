// What was learned of ranking: kept with the library for each model version, and used by every search that does not say otherwise.

import type { IngestClient } from "../ingest/index.js";
import {
  type LearnedRanking,
  learnedRankingSchema,
  type SearchRequest,
  type SearchResponse,
} from "../retrieval/index.js";
import type { Generation, StoredRanking } from "../store/index.js";
import type { JudgedQuery, TuneOptions, TuneReport } from "./tune.js";

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
export function modelsOf({
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

export type RankingVerbs = {
  /** What was learned with the models in use; undefined: their manifests' recommendations hold. */
  learned(): RankingLearned | undefined;
  /**
   * Tries weights and feedback on judged queries of documents that belong to no tenant, and keeps the best where five-fold
   * cross-validation finds it better than the default (paired randomisation test, p < 0.05). Else what was learned before stays.
   * Throws INVALID_INPUT for fewer than 20 queries with a relevant document, LIBRARY_READ_ONLY unless `dryRun`.
   */
  tune(judged: readonly JudgedQuery[], options?: TuneOptions): Promise<TuneReport>;
  /** Goes back to the default. */
  clear(): Promise<void>;
};

export function rankingVerbs(parts: {
  ranking: Ranking;
  models(): string;
  writer(): IngestClient;
  search(request: SearchRequest, signal: AbortSignal | undefined): Promise<SearchResponse>;
}): RankingVerbs {
  const { ranking, models, writer, search } = parts;
  const keep = async (learned: RankingLearned | undefined) => {
    const modelVersion = models();
    const json = learned && JSON.stringify(learned);
    await writer().call("keepRanking", { modelVersion, learnedAtMs: Date.now(), ranking: json });
    ranking.set(modelVersion, learned);
  };
  return {
    learned: () => ranking.of(models()),
    async tune(judged, options = {}) {
      if (!options.dryRun) writer();
      const { learnedOf, tuneRanking } = await import("./tune.js");
      const report = await tuneRanking((request) => search(request, options.signal), judged, options);
      if (options.dryRun || !report.kept || !report.best) return { ...report, kept: false };
      await keep(learnedOf(report.best, report));
      return report;
    },
    clear: () => keep(undefined),
  };
}
