// What was learned of ranking: kept with the library for each model version, and used by every search that does not say otherwise.

import { type LearnedRanking, learnedRankingSchema } from "../retrieval/index.js";
import type { StoredRanking } from "../store/index.js";

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

export class Ranking {
  readonly #learned = new Map<string, RankingLearned>();

  /** Takes in what the library holds. What this version cannot read counts as not learned. */
  load(stored: readonly StoredRanking[]): void {
    for (const { modelVersion, ranking } of stored) {
      const learned = JSON.parse(ranking) as RankingLearned;
      if (learnedRankingSchema.safeParse(learned).success) this.#learned.set(modelVersion, learned);
    }
  }

  of(modelVersion: string): RankingLearned | undefined {
    return this.#learned.get(modelVersion);
  }

  set(modelVersion: string, learned: RankingLearned | undefined): void {
    if (learned) this.#learned.set(modelVersion, learned);
    else this.#learned.delete(modelVersion);
  }
}
