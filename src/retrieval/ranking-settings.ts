// How one request is ranked: what it says itself, else what was learned for the library, else what the models' manifests recommend.

import { z } from "zod";
import type { SparseEncoder } from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import { DEFAULT_FEEDBACK, type FeedbackSettings, feedbackMethods } from "./feedback.js";
import type { Fusion } from "./fuse.js";
import { type CheckedSearchRequest, wantsSparse } from "./request.js";
import type { RerankWeights } from "./rerank.js";
import type { FusionReport } from "./response.js";
import type { SearchParts } from "./search.js";

/** What is learned for a library: the weights of its lists, and the feedback that goes with them. */
export const learnedRankingSchema = z.object({
  lexicalWeight: z.number().min(0).max(1),
  feedback: z.enum(["none", ...feedbackMethods]),
  /** Of weighted terms; only where the library has a sparse encoder. */
  sparseWeight: z.number().min(0).max(1).optional(),
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
  const { fusion: given, source } = fusionFor(request, recommended, stored);
  if (request.mode === "sparse" && !sparseEncoder) {
    throw new LodestoneError(
      "INVALID_INPUT",
      'Mode "sparse" searches the weighted terms of a sparse encoder; this library has none. ' +
        'Give it one with "lodestone migrate start --sparse-model <name>", or search in another mode.',
    );
  }
  const fusion = sparseEncoder && wantsSparse(request) ? withSparse(given, sparseEncoder) : withoutSparse(given);
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
    const lexicalWeight = mode === "lexical" ? 1 : 0;
    return { source: "default", fusion: { method: "convex", lexicalWeight, sparseWeight: mode === "sparse" ? 1 : 0 } };
  }
  if (typeof fusion === "object" && fusion.method === "convex") {
    const own = recommended?.method === "convex" ? recommended.lexicalWeight : 0.5;
    const { lexicalWeight = own, sparseWeight } = fusion;
    return { source: "request", fusion: { method: "convex", lexicalWeight, ...sparseOf(sparseWeight) } };
  }
  if (typeof fusion === "object") {
    const { k = 60, denseWeight = 1, sparseWeight } = fusion;
    return { source: "request", fusion: { method: "rrf", k, denseWeight, ...sparseOf(sparseWeight) } };
  }
  if (stored) {
    const { lexicalWeight, sparseWeight } = stored;
    return { source: "learned", fusion: { method: "convex", lexicalWeight, ...sparseOf(sparseWeight) } };
  }
  return { source: "default", fusion: recommended ?? DEFAULT_FUSION };
}

function sparseOf(sparseWeight: number | undefined): Pick<Fusion, "sparseWeight"> {
  return sparseWeight === undefined ? {} : { sparseWeight };
}

function withoutSparse({ sparseWeight: _, ...fusion }: Fusion): Fusion {
  return fusion;
}

/** A third list, where its weight is not given: as its encoder's manifest says, among ranks like the first. */
function withSparse(fusion: Fusion, encoder: Pick<SparseEncoder, "model">): Fusion {
  if (fusion.sparseWeight !== undefined) return fusion;
  return { ...fusion, sparseWeight: fusion.method === "rrf" ? 1 : recommendedSparseWeight(encoder) };
}

/** The share of the weighted terms in a convex fusion that does not say it. */
export function recommendedSparseWeight({ model }: Pick<SparseEncoder, "model">): number {
  return model.manifest.fusionWeight ?? DEFAULT_SPARSE_WEIGHT;
}

function feedbackFor(
  { mode, feedback }: CheckedSearchRequest,
  stored: LearnedRanking | undefined,
): FeedbackSettings | undefined {
  // It moves a vector or adds words: weighted terms have neither.
  if (feedback === false || mode === "sparse") return undefined;
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
