// What a search answers. HTTP sends these as they are.

import type { Metadata } from "../documents/index.js";
import type { Correction, ValueCounts } from "../store/index.js";
import type { Plan } from "../vectors/index.js";

export const stageNames = [
  "embed",
  "dense",
  "lexical",
  "sparse",
  "fuse",
  "feedback",
  "rerank",
  "collapse",
  "diversify",
  "facets",
] as const;
export type StageName = (typeof stageNames)[number];

/** Wall time of a stage and how many candidates it gave out. Stages overlap: their times do not add up to the total. */
export type StageReport = { name: StageName; ms: number; candidates: number };

/** A stage that was left out, or cut short, and why: the answer is a good one, but not the best this library can give. */
export type Degradation = { stage: "embed" | "dense" | "sparse" | "rerank"; reason: string };

/** Weights of the lists that were searched; that of one that was late went to the others. `learned`: by `lodestone tune`; `request`: this request's own; `default`: the model's manifest, or where there is one list only. */
export type FusionReport = {
  source: "default" | "learned" | "request";
  method: "convex" | "rrf";
  lexicalWeight?: number;
  /** Of weighted terms; absent where there is no such list. */
  sparseWeight?: number;
};

/** What became of feedback: whether the query was searched for a second time, moved to what its best passages say, and why. */
export type FeedbackReport = {
  method: "rocchio" | "rm3" | "both";
  applied: boolean;
  reason: string;
  /** Words that were added. */
  words: string[];
};

export type HitExplanation = {
  lexical?: { rank: number; score: number };
  dense?: { rank: number; score: number };
  sparse?: { rank: number; score: number };
  fused: { rank: number; score: number; lexicalNorm: number; denseNorm: number; sparseNorm?: number };
  rerank?: { rank: number; logit: number; score: number };
  /** Where the ranking was made diverse: the place before, the greatest cosine to a document above, and what that made of the score. */
  diversity?: { from: number; similarity: number; score: number };
  final: { rank: number; score: number };
  /** Words that the lexical stage looked for: those of the query that count, corrected. */
  terms: string[];
};

export type Hit = {
  id: string;
  title: string;
  path?: string;
  /** Media type. */
  type: string;
  /** 0..1; comparable within one answer, not between answers. */
  score: number;
  metadata: Metadata;
  headingPath: string[];
  /** ISO 8601. */
  modifiedAt?: string;
  /** The chunk that matched best; offsets are UTF-16 units into the document's text. */
  chunk: { id: string; index: number; start: number; end: number };
  /** Chunks of this document among the candidates. */
  matchingChunks: number;
  /** Text around the best passage; highlights are [start, end) in it. */
  snippet: { text: string; highlights: [number, number][] };
  /** Ids of further candidates with the same text, or nearly so; only where duplicates are collapsed. */
  duplicates?: string[];
  explain?: HitExplanation;
};

export type SearchResponse = {
  /** Names this answer in feedback on it. */
  searchId: string;
  query: string;
  hits: Hit[];
  offset: number;
  limit: number;
  /** Documents among the candidates, before offset and limit. */
  candidates: number;
  /**
   * How sure it is that there is an answer among the hits, 0..1. Calibrated on the library, see `confidenceFrom`, it is low below 0.65;
   * else it is what the cross-encoder thinks of the best passage, and absent where it has read none.
   */
  confidence?: number;
  confidenceFrom?: "calibration" | "cross-encoder";
  /** Words of the query that the library does not have, and what they were read as; absent where there are none. */
  corrections?: Correction[];
  /** Cosine of the nearest vector, and how far the second nearest is behind. They compare across queries of one model. */
  similarity?: { best: number; gap?: number };
  /** Whether the query's vector was known already; absent where none was needed or to be had. */
  remembered?: boolean;
  /** The confidence is below the one that was asked for: no document answers the query, and none is shown. */
  nothingRelevant?: true;
  /** Passages that the cross-encoder read. */
  rerankDepth: number;
  /** Absent where feedback was not considered. */
  feedback?: FeedbackReport;
  /** Where the weights of the lists come from. */
  fusion: FusionReport;
  /** Values of the fields that were asked for, over all documents that meet the filter, whatever the query. */
  facets?: ValueCounts[];
  degraded: Degradation[];
  /** How vectors were searched, with the numbers it was done with, and why that way; "none" where they were not. */
  plan: (Plan | { kind: "none" }) & { reason: string };
  generation: number;
  /** Version of the bi-encoder whose vectors were searched. */
  model: string;
  tookMs: number;
  stages: StageReport[];
};
