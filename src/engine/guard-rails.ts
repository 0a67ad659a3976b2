// When a migration's new side is taken off the queries by itself.

import type { ArmFigures } from "./arm-figures.js";

export type GuardRails = {
  /** Searches of each side before anything is concluded. */
  minSearches: number;
  /** How much more of its searches may have low confidence, 0..1. */
  maxLowConfidenceIncrease: number;
  /** How many times as long its p95 may be; 20 ms more are allowed in any case. */
  maxLatencyRatio: number;
  /** How much lower its share of searches with a click may be, as a share of the other's. */
  maxClickDrop: number;
  /** How many of its searches may fail, 0..1. */
  maxErrorRate: number;
};

export const defaultGuardRails: GuardRails = {
  minSearches: 50,
  maxLowConfidenceIncrease: 0.1,
  maxLatencyRatio: 1.5,
  maxClickDrop: 0.3,
  maxErrorRate: 0.02,
};

const LATENCY_SLACK_MS = 20;
/** Clicks of the old side from which the two are compared by them. */
const MIN_CLICKS = 30;

/** Why the new side is worse than it may be; undefined where it is not, or too little is known. */
export function brokenRail(rails: GuardRails, source: ArmFigures, target: ArmFigures): string | undefined {
  if (target.searches < rails.minSearches) return undefined;
  if (target.errorRate > rails.maxErrorRate) {
    return `${percent(target.errorRate)} of its searches failed, more than ${percent(rails.maxErrorRate)}`;
  }
  if (source.searches < rails.minSearches) return undefined;
  const more = (target.lowConfidenceRate ?? 0) - (source.lowConfidenceRate ?? 0);
  if (target.lowConfidenceRate !== null && source.lowConfidenceRate !== null && more > rails.maxLowConfidenceIncrease) {
    return `${percent(target.lowConfidenceRate)} of its searches had low confidence, ${percent(source.lowConfidenceRate)} of the other's`;
  }
  if (source.latency && target.latency) {
    const allowedMs = Math.max(source.latency.p95Ms * rails.maxLatencyRatio, source.latency.p95Ms + LATENCY_SLACK_MS);
    if (target.latency.p95Ms > allowedMs) {
      return `its p95 is ${target.latency.p95Ms.toFixed(0)} ms, the other's ${source.latency.p95Ms.toFixed(0)} ms`;
    }
  }
  if (source.clicks >= MIN_CLICKS && (target.clickRate ?? 0) < (source.clickRate ?? 0) * (1 - rails.maxClickDrop)) {
    return `a hit was opened in ${percent(target.clickRate ?? 0)} of its searches, in ${percent(source.clickRate ?? 0)} of the other's`;
  }
  return undefined;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
