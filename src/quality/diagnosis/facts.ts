// What a diagnosis goes by: facts that the engine gathers, each on its own and each optional. A check whose facts are absent
// says so instead of guessing. Plain JSON.

import type { HealthReport } from "../embedding-health.js";
import type { RankComparison } from "../rank-test.js";
import type { Reembedding } from "../reembedding.js";
import type { TextProfile } from "../text-profile.js";

export type Facts = {
  nowMs: number;
  /** The newest ingest. */
  ingest?: {
    finishedMs: number;
    /** Documents it wrote, and those it could not read. */
    written: number;
    failed: number;
    /** Documents in the library after it. */
    libraryDocuments: number;
  };
  versions?: {
    /** Versions that are in use now. */
    model: string;
    pipeline: string;
    /** Chunks of the active generation by the version that made them. */
    chunksByModel: Readonly<Record<string, number>>;
    chunksByPipeline: Readonly<Record<string, number>>;
  };
  staleness?: {
    documents: number;
    /** Sources that have changed since they were indexed, and those that are gone. */
    changed: number;
    missing: number;
    /** Documents whose policy says that they should have been embedded again. */
    overdue: number;
  };
  cache?: {
    entries: number;
    lookups: number;
    hits: number;
    /** Remembered vectors that were compared with freshly computed ones, and those that differ. */
    probes: number;
    mismatches: number;
  };
  /** The newest batch, and the whole index, against the baseline. */
  batch?: HealthReport;
  index?: HealthReport;
  /** Texts of the newest batch beside texts of the baseline. */
  texts?: { batch: TextProfile; baseline: TextProfile; novelty: RankComparison };
  truncation?: {
    /** Texts that were embedded, and those longer than the model reads. */
    texts: number;
    truncated: number;
    maxTokens: number;
  };
  /** Stored passages of the newest batch, embedded again. */
  passages?: Reembedding;
  /** Remembered query vectors, embedded again. */
  queryVectors?: Reembedding;
  /** The last hour, or the log. */
  queries?: {
    queries: number;
    zeroResults: number;
    lowConfidence: number;
    degraded: number;
    /** Share of low confidence among queries that do have an answer: the calibration's miss rate. */
    expectedLowConfidenceRate: number;
  };
  /** What is asked beside what the library holds. */
  queryLog?: {
    /**
     * Top scores of the log (first) beside those of known-item queries made from the library (second), measured now on the same
     * index, so that faults of the documents lower both.
     */
    topScores: RankComparison;
    /** Cosine distance of the mean query from the mean document, and the same of the known-item queries. */
    meanDistance?: number;
    knownItemMeanDistance?: number;
  };
  recall?: {
    /** How vectors are searched, for people. */
    plan: string;
    wanted: number;
    /** True neighbours that were sought over all sample queries, and those that were found. */
    sought: number;
    found: number;
  };
};
