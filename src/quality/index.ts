// Watching quality: samples of vectors and their drift, the last hour of queries and its alerts, diagnosis, cost. Pure:
// the clock is passed in, everything is plain JSON or typed arrays, and storing it is for others.

export { type AlertRule, defaultAlertRules, type QueryFigure } from "./alert-rules.js";
export { type AlertEvent, type AlertState, type AlertStates, stepAlerts } from "./alert-state.js";
export {
  type CalibrationOptions,
  type ChanceLimits,
  calibrateHealthSteps,
  fewestBaselineRows,
  fewestRows,
  type HealthCalibration,
} from "./calibrate-health.js";
export {
  type ConfidenceCalibration,
  calibrateConfidence,
  isLowConfidence,
  uncalibratedMissRate,
  uncalibratedThreshold,
} from "./confidence.js";
export { type ConfidenceScale, confidenceOf, confidenceScale } from "./confidence-scale.js";
export { type CostCounts, type CostEntry, type CostKey, CostLedger, type CostReport, costReport } from "./cost.js";
export { type Check, checks, type Outcome } from "./diagnosis/checks.js";
export { type Diagnosis, diagnose, type RankedCause } from "./diagnosis/diagnose.js";
export type { Facts } from "./diagnosis/facts.js";
export type { Cause, Figure, Finding, FindingStatus } from "./diagnosis/finding.js";
export {
  defaultTolerances,
  embeddingHealthSteps,
  type HealthAlert,
  type HealthFigures,
  type HealthLimits,
  type HealthOptions,
  type HealthReport,
  type HealthStatus,
  type HealthTolerances,
} from "./embedding-health.js";
export {
  type EmbeddingSample,
  EmbeddingSampler,
  mergeSamples,
  type SamplerOptions,
  sampleOf,
} from "./embedding-sample.js";
export { defaultListPrices, type ListPrice } from "./list-prices.js";
export { finish, type MmdResult, mmdSteps } from "./mmd.js";
export { coherence, cosineDistance, meanVector } from "./moments.js";
export { lexicalNovelty } from "./novelty.js";
export {
  type MinuteRecord,
  type QueryObservation,
  type QuerySummary,
  QueryWindow,
  windowMinutes,
} from "./query-window.js";
export { compareRanks, type RankComparison } from "./rank-test.js";
export { compareReembedding, type Reembedding, type ReembeddingInput } from "./reembedding.js";
export type { Remedy } from "./remedies.js";
export { type PlacedRow, type RowSample, RowSampler } from "./row-sampler.js";
export { addProfiles, type TextProfile, type TextSign, textProfile } from "./text-profile.js";
