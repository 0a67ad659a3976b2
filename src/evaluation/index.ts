// Evaluation: collections in BEIR layout, measures of rankings, significance, TREC run files. It knows nothing of engines.

export { type BeirCollection, type BeirDocument, type BeirQuery, openBeirCollection } from "./beir.js";
export { defaultMeasures, type Measure, measureOf } from "./measure.js";
export {
  averagePrecision,
  type Judgements,
  ndcgAt,
  precisionAt,
  type Ranking,
  rankByScore,
  recallAt,
  reciprocalRank,
} from "./metrics.js";
export {
  percentile,
  type RankedSearch,
  type RunOptions,
  runCollection,
  type Stage,
  type StageResult,
} from "./run-collection.js";
export { formatRun, parseRun, type ScoredRun } from "./run-file.js";
export { type Comparison, type ComparisonOptions, comparePaired } from "./significance.js";
export { type Qrels, type Run, type RunSummary, summariseRun } from "./summary.js";
