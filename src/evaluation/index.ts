// Evaluation: judged sets (BEIR collections, known items, clicks), measures of rankings, significance, sweeps, TREC files and
// expected quality. It knows nothing of engines.

export { type BeirCollection, type BeirDocument, type BeirQuery, openBeirCollection } from "./beir.js";
export { formatBeirCorpus, formatBeirQrels, formatBeirQueries } from "./beir-lines.js";
export { type BootstrapOptions, bootstrapMean, type Interval } from "./bootstrap.js";
export {
  type ClickEstimate,
  type ClickJudgements,
  type ClickOptions,
  type FeedbackEvent,
  judgeByClicks,
} from "./click-judgements.js";
export { compareRuns, type RunComparison } from "./compare-runs.js";
export { type CrossValidation, crossValidate, crossValidateFolds } from "./cross-validate.js";
export {
  checkQuality,
  type ExpectedQuality,
  type MeasuredQuality,
  parseExpectedQuality,
  type QualityCheck,
  type QualityVerdict,
  qualityTable,
} from "./expected-quality.js";
export {
  type KnownItem,
  type KnownItemKind,
  type KnownItemOptions,
  type KnownItemSet,
  type KnownItemSource,
  knownItemKinds,
  makeKnownItems,
} from "./known-items.js";
export { defaultMeasures, type Measure, measureOf } from "./measure.js";
export {
  averagePrecision,
  type Gains,
  type Judgements,
  ndcgAt,
  precisionAt,
  type Ranking,
  rankByScore,
  recallAt,
  reciprocalRank,
} from "./metrics.js";
export { formatPerQuery, perQueryRows, type QueryRow } from "./per-query.js";
export { formatQrels, parseQrels } from "./qrels-file.js";
export {
  percentile,
  type RankedSearch,
  type RunOptions,
  runCollection,
  type Stage,
  type StageResult,
} from "./run-collection.js";
export { formatRun, parseRun, type ScoredRun } from "./run-file.js";
export { adjustHolm, type Comparison, type ComparisonOptions, comparePaired } from "./significance.js";
export { type Qrels, type Run, type RunSummary, summariseRun } from "./summary.js";
export {
  expandSweep,
  groupPoints,
  parseSweep,
  type Setting,
  type Sweep,
  type SweepPoint,
  sweepStages,
} from "./sweep.js";
