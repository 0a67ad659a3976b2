// The stages of search by name, and other requests to be measured beside them.

import type { EngineOptions } from "../../engine/index.js";
import type { SearchRequest } from "../../retrieval/index.js";

export const stageNames = ["bm25", "dense", "hybrid", "hybrid+rerank", "default"] as const;
export type StageName = (typeof stageNames)[number];

export type VariantRequest = Omit<SearchRequest, "query">;
export type VariantEngine = Omit<EngineOptions, "library" | "readOnly">;

/** One way to search that is measured. */
export type Variant = {
  name: string;
  request: VariantRequest;
  /** Options that the engine is opened with, over those of the run. */
  engine?: VariantEngine;
};

export const stageRequests: Readonly<Record<StageName, VariantRequest>> = {
  bm25: { mode: "lexical", rerank: false },
  dense: { mode: "dense", rerank: false },
  hybrid: { mode: "hybrid", rerank: false, feedback: false },
  "hybrid+rerank": { mode: "hybrid", rerank: true, feedback: false },
  // What a search does that says nothing of all this: with feedback.
  default: {},
};

export function stageVariants(names: readonly StageName[]): Variant[] {
  return names.map((name) => ({ name, request: stageRequests[name] }));
}

/** Documents that are ranked for each query, for recall@100. */
export const DEPTH = 100;
