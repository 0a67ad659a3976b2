// The checks in the order in which an engineer would make them: what has happened lately, whether versions and stores are
// as they should be, then the newest vectors and their texts, then the queries, then the search itself.

import {
  batchCohesion,
  batchShift,
  indexShift,
  normDrift,
  passageVectors,
  textHabits,
  truncation,
} from "./batch-checks.js";
import type { Facts } from "./facts.js";
import type { Finding } from "./finding.js";
import { degradedAnswers, lowConfidence, queryLog, queryVectors, searchRecall } from "./query-checks.js";
import { cacheContents, recentIngest, staleDocuments, versionMix } from "./store-checks.js";

/** What a check gives: the finding without the check's own name. */
export type Outcome = Omit<Finding, "check" | "title">;

export type Check = { name: string; title: string; run(facts: Facts): Outcome };

export const checks: readonly Check[] = [
  { name: "recent-ingest", title: "Newest batch", run: recentIngest },
  { name: "versions", title: "Model and pipeline versions", run: versionMix },
  { name: "staleness", title: "Documents against their sources", run: staleDocuments },
  { name: "cache", title: "Embedding cache", run: cacheContents },
  { name: "batch-shift", title: "Distribution of the newest vectors", run: batchShift },
  { name: "batch-coherence", title: "Coherence of the newest vectors", run: batchCohesion },
  { name: "norms", title: "Norms before normalisation", run: normDrift },
  { name: "index-shift", title: "Distribution of the whole index", run: indexShift },
  { name: "passage-vectors", title: "Stored passages, embedded again", run: passageVectors },
  { name: "truncation", title: "Texts longer than the model reads", run: truncation },
  { name: "texts", title: "Letters and words of the newest texts", run: textHabits },
  { name: "query-vectors", title: "Remembered queries, embedded again", run: queryVectors },
  { name: "low-confidence", title: "Queries of low confidence", run: lowConfidence },
  { name: "query-log", title: "What is asked against what is there", run: queryLog },
  { name: "recall", title: "Recall of the vector search", run: searchRecall },
  { name: "degraded", title: "Degraded answers", run: degradedAnswers },
];
