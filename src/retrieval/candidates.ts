// The candidates of a request: the lists of each of its phrasings, fused, and on their strength a second search.

import type { Correction, LexicalTerm } from "../store/index.js";
import type { RowBitmap } from "../vectors/index.js";
import type { FeedbackSettings } from "./feedback.js";
import { driftRisk, type Refined, refine } from "./feedback-stage.js";
import { type FirstStage, firstStage, searchedOf } from "./first-stage.js";
import { averageFused, type FusedRow, type Fusion, fusionOf, type ScoredRow } from "./fuse.js";
import type { CheckedSearchRequest } from "./request.js";
import type { Degradation, FeedbackReport, SearchResponse } from "./response.js";
import type { SearchRooms } from "./search.js";
import { StageClock } from "./stage-clock.js";

export type Phrasing = { text: string; terms: LexicalTerm[] };

export type Candidates = {
  fused: FusedRow[];
  /** Of the lists that could be searched. */
  fusion: Fusion;
  plan: SearchResponse["plan"];
  degraded: Degradation[];
  /** Absent where none was wanted. */
  feedback?: FeedbackReport;
  /** What words were read as that the index does not have. */
  corrections: Correction[];
} & Pick<SearchResponse, "similarity" | "remembered">;

type Conditions = {
  allow: RowBitmap | undefined;
  scope: RowBitmap | undefined;
  depth: number;
  fusion: Fusion;
  feedback: FeedbackSettings | undefined;
  signal: AbortSignal | undefined;
};

/** Candidates for `phrasings`, of which there is one at least: the request's own query first. */
export async function findCandidates(
  rooms: SearchRooms,
  request: CheckedSearchRequest,
  phrasings: readonly Phrasing[],
  conditions: Conditions,
  clock: StageClock,
): Promise<Candidates> {
  const found = await Promise.all(
    phrasings.map((phrasing) => firstStage(rooms, request, { ...phrasing, ...conditions }, clock)),
  );
  const fused = averageFused(found.map((stage) => stage.fused));
  const { rows, plan, remembered } = found[0]!.lists.dense;
  const corrections = found.flatMap(({ lists }) => lists.lexical.corrections);
  const first = {
    fused,
    fusion: fusionOf(
      conditions.fusion,
      searchedOf(
        request,
        found.map(({ lists }) => lists),
      ),
    ),
    plan,
    degraded: distinct(found.flatMap(({ degraded }) => degraded)),
    corrections: [...new Map(corrections.map((correction) => [correction.word, correction])).values()],
    ...similarityOf(rows),
    ...(remembered === undefined ? {} : { remembered }),
  };
  const { feedback: settings } = conditions;
  // With words or vectors left out there is no time for a second search, and little to go by.
  if (!settings || first.degraded.some(({ stage }) => stage !== "sparse")) return first;
  const risk = driftRisk(request.mode, found[0]!.lists, fused, settings);
  if (risk !== undefined) {
    return { ...first, feedback: { method: settings.method, applied: false, reason: risk, words: [] } };
  }
  return clock.time(
    "feedback",
    async () => {
      const asked = phrasings.map(({ terms }, i) => ({ terms, vector: found[i]!.lists.dense.vector }));
      const { refined, report } = await refine(rooms, fused, asked, settings, conditions.signal);
      if (!refined) return { ...first, feedback: report };
      const again = await Promise.all(
        phrasings.map((phrasing, i) => searchAgain(rooms, request, phrasing, found[i]!, refined[i]!, conditions)),
      );
      return { ...first, fused: averageFused(again.map((stage) => stage.fused)), feedback: report };
    },
    (candidates) => candidates.fused.length,
  );
}

function searchAgain(
  rooms: SearchRooms,
  request: CheckedSearchRequest,
  { text, terms }: Phrasing,
  { lists }: FirstStage,
  refined: Refined,
  conditions: Conditions,
): Promise<FirstStage> {
  const known = {
    ...(refined.terms ? {} : { lexical: lists.lexical }),
    ...(refined.vector ? {} : { dense: lists.dense }),
    sparse: lists.sparse,
  };
  const query = { ...conditions, text, terms: refined.terms ?? terms, vector: refined.vector, known };
  return firstStage(rooms, request, query, new StageClock());
}

function similarityOf([first, second]: readonly ScoredRow[]): Pick<SearchResponse, "similarity"> {
  if (first === undefined) return {};
  return { similarity: { best: first.score, ...(second === undefined ? {} : { gap: first.score - second.score }) } };
}

function distinct(degraded: readonly Degradation[]): Degradation[] {
  return degraded.filter(({ stage }, i) => degraded.findIndex((other) => other.stage === stage) === i);
}
