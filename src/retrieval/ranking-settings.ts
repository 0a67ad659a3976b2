// How one request is ranked: what it says itself, else what was learned for the library, else what the models' manifests recommend.

import { z } from "zod";
import type { SparseEncoder } from "../encoders/index.js";
import { DEFAULT_FEEDBACK, type FeedbackSettings, feedbackMethods } from "./feedback.js";
import type { Fusion } from "./fuse.js";
import { type CheckedSearchRequest, wantsSparse } from "./request.js";
import type { RerankWeights } from "./rerank.js";
import type { FusionReport } from "./response.js";
import type { SearchParts } from "./search.js";

/** What is learned for a library: the weight of BM25 against the vectors, and the feedback that goes with it. */
export const learnedRankingSchema = z.object({
  lexicalWeight: z.number().min(0).max(1),
  feedback: z.enum(["none", ...feedbackMethods]),
});

export type LearnedRanking = z.output<typeof learnedRankingSchema>;

export type RankingSettings = {
  fusion: Fusion;
  /** Of each list. */
  depth: number;
  source: FusionReport["source"];
  feedback: FeedbackSettings | undefined;
  rerank: RerankWeights & { depth: number };
};

// What holds for a model whose manifest recommends nothing: reciprocal ranks need no knowledge of its scores.
const DEFAULT_FUSION: Fusion = { method: "rrf", k: 60, denseWeight: 1 };
const DEFAULT_DEPTH = 200;
const DEFAULT_SPARSE_WEIGHT = 0.3;
const DEFAULT_RERANK = { depth: 50, logitWeight: 1, firstStageWeight: 0 };

export function rankingSettings(
  {
    encoder,
    sparseEncoder,
    crossEncoder,
    learned,
  }: Pick<SearchParts, "encoder" | "sparseEncoder" | "crossEncoder" | "learned">,
  request: CheckedSearchRequest,
): RankingSettings {
  const stored = request.mode === "hybrid" && (request.fusion ?? "learned") === "learned" ? learned() : undefined;
  const recommended = encoder.model.manifest.fusion;
  const { fusion: ofTwo, source } = fusionFor(request, recommended, stored);
  const fusion = sparseEncoder && wantsSparse(request) ? withSparse(ofTwo, sparseEncoder) : ofTwo;
  return {
    fusion,
    depth: request.depth ?? recommended?.depth ?? DEFAULT_DEPTH,
    source,
    feedback: feedbackFor(request, stored),
    rerank: rerankFor(crossEncoder, request),
  };
}

export function fusionReport(source: FusionReport["source"], fusion: Fusion): FusionReport {
  return {
    source,
    method: fusion.method,
    ...(fusion.method === "convex" ? { lexicalWeight: fusion.lexicalWeight } : {}),
    ...(fusion.sparseWeight === undefined ? {} : { sparseWeight: fusion.sparseWeight }),
  };
}

/** A single list keeps its own scores. */
function fusionFor(
  { mode, fusion }: CheckedSearchRequest,
  recommended: SearchParts["encoder"]["model"]["manifest"]["fusion"],
  stored: LearnedRanking | undefined,
): { fusion: Fusion; source: FusionReport["source"] } {
  if (mode !== "hybrid") {
    return { source: "default", fusion: { method: "convex", lexicalWeight: mode === "lexical" ? 1 : 0 } };
  }
  if (typeof fusion === "object" && fusion.method === "convex") {
    const own = recommended?.method === "convex" ? recommended.lexicalWeight : 0.5;
    return { source: "request", fusion: { method: "convex", lexicalWeight: fusion.lexicalWeight ?? own } };
  }
  if (typeof fusion === "object") {
    const { k = 60, denseWeight = 1 } = fusion;
    return { source: "request", fusion: { method: "rrf", k, denseWeight } };
  }
  if (stored) return { source: "learned", fusion: { method: "convex", lexicalWeight: stored.lexicalWeight } };
  return { source: "default", fusion: recommended ?? DEFAULT_FUSION };
}

/** A third list: by weight as its encoder's manifest says, by rank like the first. */
function withSparse(fusion: Fusion, { model }: Pick<SparseEncoder, "model">): Fusion {
  if (fusion.method === "rrf") return { ...fusion, sparseWeight: 1 };
  return { ...fusion, sparseWeight: model.manifest.fusionWeight ?? DEFAULT_SPARSE_WEIGHT };
}

function feedbackFor(
  { mode, feedback }: CheckedSearchRequest,
  stored: LearnedRanking | undefined,
): FeedbackSettings | undefined {
  if (feedback === false) return undefined;
  if (typeof feedback === "object") {
    const given = Object.fromEntries(Object.entries(feedback).filter(([, value]) => value !== undefined));
    return { ...DEFAULT_FEEDBACK, ...given };
  }
  // Where there is one list, feedback was not measured to help.
  if (feedback === undefined && mode !== "hybrid") return undefined;
  if (feedback === undefined && stored) {
    return stored.feedback === "none" ? undefined : { ...DEFAULT_FEEDBACK, method: stored.feedback };
  }
  return { ...DEFAULT_FEEDBACK, method: mode === "lexical" ? "rm3" : "rocchio" };
}

function rerankFor(crossEncoder: SearchParts["crossEncoder"], { rerank = true }: CheckedSearchRequest) {
  const recommended = crossEncoder?.model.manifest.rerank ?? DEFAULT_RERANK;
  const { logitWeight, firstStageWeight } = recommended;
  const depth = rerank === false ? 0 : rerank === true ? recommended.depth : rerank.depth;
  return { depth, logitWeight, firstStageWeight };
}
