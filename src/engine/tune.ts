// Fusion that learns: settings of the fusion are tried on judged queries of the library's own, and one is kept where it is better
// than the default on queries that it was not chosen by.

import { z } from "zod";
import { LodestoneError } from "../errors.js";
import { crossValidate, ndcgAt } from "../evaluation/index.js";
import { parseInput } from "../input/parse-input.js";
import type { LearnedRanking, SearchRequest, SearchResponse } from "../retrieval/index.js";
import { type JudgedQuery, judgedQuerySchema } from "./judged-query.js";
import type { RankingLearned } from "./ranking.js";

export type TuneOptions = {
  signal?: AbortSignal;
  onProgress?(progress: { done: number; total: number }): void;
  /** Tries and tells, keeps nothing. Default false. */
  dryRun?: boolean;
};

export type TuneReport = {
  queries: number;
  /** Whether what was found is used from now on. */
  kept: boolean;
  reason: string;
  /** Mean nDCG@10 of the default, and of each query with the setting that is best on the other folds. */
  defaultNdcg: number;
  heldOutNdcg: number;
  /** Two-sided, of a paired randomisation test of these two that chooses anew each time. */
  pValue: number;
  /** null: the default. */
  best: LearnedRanking | null;
  settings: (LearnedRanking & { ndcg: number })[];
};

const FEWEST_QUERIES = 20;
const FOLDS = 5;
const CUTOFF = 10;
const SIGNIFICANCE = 0.05;
const LEXICAL_WEIGHTS = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
const FEEDBACK = ["none", "rocchio", "both"] as const;
// Beside what the sparse encoder's manifest recommends, each with every second weight of words and the default feedback; at 0 the
// list is as good as left out.
const SPARSE_WEIGHTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5];
// What is measured must not hang on how busy the machine is.
const PATIENCE = { embedMs: 60_000, rerankMs: 60_000 };

/** Those that something is relevant to. Throws INVALID_INPUT where there are too few. */
export function usableQueries(judged: readonly JudgedQuery[]): JudgedQuery[] {
  const queries = parseInput(z.array(judgedQuerySchema), judged, "The list of judged queries").filter(
    ({ judgements }) => Object.values(judgements).some((grade) => grade >= 1),
  );
  if (queries.length < FEWEST_QUERIES) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `Fusion is learned from ${FEWEST_QUERIES} judged queries or more; found ${queries.length} with a relevant document.`,
    );
  }
  return queries;
}

export async function tuneRanking(
  search: (request: SearchRequest) => Promise<Pick<SearchResponse, "hits">>,
  queries: readonly JudgedQuery[],
  // What a search gives the weighted terms by default, where the library has some.
  { sparseWeight, signal, onProgress }: TuneOptions & { sparseWeight?: number | undefined },
): Promise<TuneReport> {
  const settings = settingsFor(sparseWeight);
  const requests = [{ fusion: "default" as const }, ...settings.map(requestOf)];
  const total = requests.length * queries.length;
  let done = 0;
  onProgress?.({ done, total });
  const scores: number[][] = [];
  for (const request of requests) {
    const ofSetting: number[] = [];
    for (const { text, judgements } of queries) {
      signal?.throwIfAborted();
      const { hits } = await search({ ...request, query: text, limit: CUTOFF, limits: PATIENCE });
      const ids = hits.map(({ id }) => id);
      ofSetting.push(ndcgAt(CUTOFF, ids, new Map(Object.entries(judgements))));
      onProgress?.({ done: ++done, total });
    }
    scores.push(ofSetting);
  }
  return report(scores, settings);
}

/** What is kept of a report. */
export function learnedOf(
  best: LearnedRanking,
  { queries, defaultNdcg, heldOutNdcg, pValue }: TuneReport,
): RankingLearned {
  return { ...best, learnedAt: new Date().toISOString(), queries, defaultNdcg, heldOutNdcg, pValue };
}

function settingsFor(sparseWeight: number | undefined): LearnedRanking[] {
  const ofTwo = LEXICAL_WEIGHTS.flatMap((lexicalWeight) =>
    FEEDBACK.map((feedback): LearnedRanking => ({ lexicalWeight, feedback })),
  );
  if (sparseWeight === undefined) return ofTwo;
  const others = SPARSE_WEIGHTS.filter((weight) => weight !== sparseWeight);
  return [
    ...ofTwo.map((setting) => ({ ...setting, sparseWeight })),
    ...LEXICAL_WEIGHTS.filter((_, i) => i % 2 === 1).flatMap((lexicalWeight) =>
      others.map((weight): LearnedRanking => ({ lexicalWeight, feedback: "rocchio", sparseWeight: weight })),
    ),
  ];
}

function requestOf({
  lexicalWeight,
  sparseWeight,
  feedback,
}: LearnedRanking): Pick<SearchRequest, "fusion" | "feedback"> {
  return {
    fusion: { method: "convex", lexicalWeight, ...(sparseWeight === undefined ? {} : { sparseWeight }) },
    feedback: feedback === "none" ? false : { method: feedback },
  };
}

/** `scores[0]` are the default's. */
function report(scores: readonly number[][], settings: readonly LearnedRanking[]): TuneReport {
  const { chosen, heldOut, meanDifference, pValue } = crossValidate(scores, 0, { folds: FOLDS });
  const tried = settings.map((setting, i) => ({ ...setting, ndcg: mean(scores[i + 1]!) }));
  const best = settings[chosen - 1] ?? null;
  const isBetter = best !== null && meanDifference > 0 && pValue < SIGNIFICANCE;
  const found = `${signed(meanDifference)} nDCG@10 on queries held out, p = ${pValue.toFixed(3)}`;
  return {
    queries: heldOut.length,
    kept: isBetter,
    reason:
      best === null
        ? "no setting is better than the default"
        : isBetter
          ? found
          : `the default stays: ${found}, where p below ${SIGNIFICANCE} and a gain are wanted`,
    defaultNdcg: mean(scores[0]!),
    heldOutNdcg: mean(heldOut),
    pValue,
    best,
    settings: tried,
  };
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(4)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
