// When queries fare badly enough to tell somebody, as data: a figure over the last minutes, a limit that raises, another that
// clears, how long each must hold, and how many queries it takes to say anything.

import { type ConfidenceCalibration, uncalibratedMissRate } from "./confidence.js";
import type { QuerySummary } from "./query-window.js";
import { type Remedy, remedies } from "./remedies.js";

export type QueryFigure =
  | "averageTopScore"
  | "lowConfidenceRate"
  | "zeroResultRate"
  | "degradedRate"
  | "cacheHitRate"
  | "p50Ms"
  | "p95Ms"
  | "p99Ms";

export type AlertRule = {
  id: string;
  /** For people: what is wrong while the alert stands. */
  title: string;
  severity: "warning" | "critical";
  figure: QueryFigure;
  direction: "above" | "below";
  /** The figure must pass this to raise the alert ... */
  threshold: number;
  /** ... and come back beyond this, on the good side of `threshold`, to clear it. */
  clearThreshold: number;
  /** The figure is taken over these last minutes, 1..60. */
  windowMinutes: number;
  /** How long the figure must stay past `threshold` before the alert is raised. */
  raiseAfterMinutes: number;
  /** How long it must stay beyond `clearThreshold` before the alert clears. */
  clearAfterMinutes: number;
  /** Fewer queries (of cache hits: lookups; of scores: answers with a score) in the window say nothing. */
  minimumCount: number;
  remedy: Remedy;
};

/** Queries without an answer that alarm, as a share of all. */
const unansweredShare = 0.2;

/**
 * The default rules. Without calibration fixed figures: average top score under 0.7 over 5 minutes, 20 % of low
 * confidence, p99 above 500 ms, cache hits under 30 %. A calibration puts the first two where they come to lie, with this
 * model, when a fifth of the queries has no answer in the library.
 */
export function defaultAlertRules(calibration?: ConfidenceCalibration): AlertRule[] {
  const known = calibration?.isReliable ? calibration : undefined;
  const averageTopScore = known ? mixed(known.relevantMean, known.randomMean) : 0.7;
  const usualTopScore = known?.relevantMean ?? 0.75;
  const lowConfidenceRate = known ? mixed(known.missRate, 1 - known.falseRate) : unansweredShare;
  const usualLowConfidence = known?.missRate ?? uncalibratedMissRate;
  const halfway = (a: number, b: number) => (a + b) / 2;
  return [
    {
      id: "top-score-low",
      title: "Answers match their queries less well than they should",
      severity: "warning",
      figure: "averageTopScore",
      direction: "below",
      threshold: averageTopScore,
      clearThreshold: halfway(averageTopScore, usualTopScore),
      windowMinutes: 5,
      raiseAfterMinutes: 0,
      clearAfterMinutes: 5,
      minimumCount: 20,
      remedy: remedies.diagnose,
    },
    {
      id: "low-confidence-high",
      title: "Many queries find nothing that fits",
      severity: "warning",
      figure: "lowConfidenceRate",
      direction: "above",
      threshold: lowConfidenceRate,
      clearThreshold: halfway(lowConfidenceRate, usualLowConfidence),
      windowMinutes: 15,
      raiseAfterMinutes: 2,
      clearAfterMinutes: 5,
      minimumCount: 30,
      remedy: remedies.diagnose,
    },
    {
      id: "latency-high",
      title: "Searches are slow",
      severity: "warning",
      figure: "p99Ms",
      direction: "above",
      threshold: 500,
      clearThreshold: 400,
      windowMinutes: 5,
      raiseAfterMinutes: 2,
      clearAfterMinutes: 5,
      // The 99th percentile of fewer is their maximum.
      minimumCount: 100,
      remedy: remedies.status,
    },
    {
      id: "cache-hits-low",
      title: "Queries are rarely remembered",
      severity: "warning",
      figure: "cacheHitRate",
      direction: "below",
      threshold: 0.3,
      clearThreshold: 0.4,
      windowMinutes: 30,
      raiseAfterMinutes: 5,
      clearAfterMinutes: 5,
      minimumCount: 200,
      remedy: remedies.diagnose,
    },
    {
      id: "degraded-high",
      title: "Stages of search are left out because they are late",
      severity: "critical",
      figure: "degradedRate",
      direction: "above",
      threshold: 0.1,
      clearThreshold: 0.05,
      windowMinutes: 5,
      raiseAfterMinutes: 2,
      clearAfterMinutes: 5,
      minimumCount: 20,
      remedy: remedies.status,
    },
  ];
}

function mixed(answered: number, unanswered: number): number {
  return (1 - unansweredShare) * answered + unansweredShare * unanswered;
}

/** The rule's figure, and the count behind it that `minimumCount` goes by. */
export function readingOf({ figure }: AlertRule, summary: QuerySummary): { value: number | null; count: number } {
  const { queries, cacheLookups, topScores } = summary;
  const count = figure === "cacheHitRate" ? cacheLookups : figure === "averageTopScore" ? topScores : queries;
  return { value: summary[figure], count };
}
