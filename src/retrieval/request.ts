// What can be asked of a search, checked at the border, with the defaults that hold where nothing is said.

import { z } from "zod";
import type { Filter } from "../filters/index.js";
import { parseInput } from "../input/parse-input.js";
import { planRequests } from "../vectors/index.js";
import { feedbackSchema } from "./feedback.js";

const weight = z.number().min(0).max(1);

export const searchRequestSchema = z.strictObject({
  /** The words or the question to search for. */
  query: z.string().max(100_000),
  /** The same question in further words, at most 8: each is searched for, and the fused scores are averaged. */
  queries: z.array(z.string().max(100_000).regex(/\S/, "must not be blank")).max(8).default([]),
  /** Documents to return. */
  limit: z.int().min(1).max(100).default(10),
  /** Documents to leave out at the top. */
  offset: z.int().min(0).max(1000).default(0),
  /** Condition that every document must meet. */
  filter: z.custom<Filter>().optional(),
  /** All lists fused, or one alone: BM25, vectors, or the weighted terms of a sparse encoder. */
  mode: z.enum(["hybrid", "lexical", "dense", "sparse"]).default("hybrid"),
  /** Whether weighted terms are fused as well, where the library has a sparse encoder. Says nothing where `mode` asks for one list. */
  sparse: z.boolean().default(true),
  /** Whether the cross-encoder orders the best hits anew; `depth` is how many. Default: where the library has a cross-encoder. */
  rerank: z.union([z.boolean(), z.strictObject({ depth: z.int().min(1).max(200) })]).optional(),
  /**
   * How the lists become one. "learned" (default): as `lodestone tune` has found for the library; "default", and where it has
   * found nothing: what the bi-encoder's manifest recommends.
   */
  fusion: z
    .union([
      z.enum(["default", "learned"]),
      z.discriminatedUnion("method", [
        z.strictObject({
          method: z.literal("convex"),
          lexicalWeight: weight.optional(),
          /** Of all three; `lexicalWeight` shares out the rest. Default: what the sparse encoder's manifest recommends. */
          sparseWeight: weight.optional(),
        }),
        z.strictObject({
          method: z.literal("rrf"),
          k: z.number().positive().max(1000).optional(),
          denseWeight: weight.optional(),
          sparseWeight: weight.optional(),
        }),
      ]),
    ])
    .optional(),
  /** Entries of each list that are fused. Default: what the bi-encoder's manifest recommends. */
  depth: z.int().min(1).max(1000).optional(),
  /** Whose query it is: while a migration is under way, all queries of one user are answered by the same index. Default: all of one text are. */
  user: z.string().min(1).max(256).optional(),
  /** Whether words that the library does not have are read as those that are spelled nearly like them. */
  typos: z.boolean().default(true),
  /**
   * Lets the best passages of a first search say what a second one looks for. `rocchio` moves the query's vector, `rm3` adds
   * words, `both` does both; true is rocchio. Default: rocchio where both lists are fused (feedback-stage.ts has the figures), or what was learned.
   */
  feedback: z.union([z.boolean(), feedbackSchema]).optional(),
  /**
   * Prefers documents unlike those above them: 0 keeps the ranking, 1 looks at nothing else (MMR, diversity.ts). Among the first
   * 50 documents. Default 0: it costs relevance on all collections that were measured.
   */
  diversity: weight.optional(),
  /** Answers with no document where the confidence (0..1) is lower. Holds nothing back where no passage was read by a cross-encoder. */
  minConfidence: weight.optional(),
  /** Fields whose values are counted over all documents that meet the filter: type, folder, or a metadata field. At most 10. */
  facets: z.array(z.string().min(1).max(256)).max(10).default([]),
  /** Leaves out documents whose score (0..1) is lower. */
  minScore: weight.optional(),
  /** Tells for each hit how every stage ranked it. */
  explain: z.boolean().default(false),
  /** How vectors are searched. */
  plan: z.enum(planRequests).default("auto"),
  /** Wanted share of the true nearest vectors in the dense list, 0.9 to 1; at 1 the scan is exact. Default 0.95. */
  recall: z.number().min(0.9).max(1).optional(),
  /** Candidates of one-bit codes for each entry of the dense list. Default: as many as were measured to reach `recall`. */
  oversampling: z.number().min(1).max(1000).optional(),
  /** Lists of codes that plan "ivf" looks into. Default: as many as were measured to reach `recall`. */
  probes: z.int().min(1).max(1_000_000).optional(),
  /** Candidates kept on a walk of the graph. Default: as many as were measured to reach `recall`. */
  ef: z.int().min(1).max(10_000).optional(),
  /** Of documents with the same text, or nearly so, shows the best one and names the others in `duplicates`. */
  collapseDuplicates: z.boolean().default(false),
  /** Milliseconds after which a stage is left out and the answer says so. */
  limits: z
    .strictObject({
      embedMs: z.number().min(0).max(60_000).optional(),
      rerankMs: z.number().min(0).max(60_000).optional(),
    })
    .default({}),
});

/** A search as callers write it. */
export type SearchRequest = z.input<typeof searchRequestSchema>;

/** A search with every default filled in. */
export type CheckedSearchRequest = z.output<typeof searchRequestSchema>;

export function wantsSparse({ mode, sparse }: CheckedSearchRequest): boolean {
  return mode === "sparse" || (mode === "hybrid" && sparse);
}

/** Fills in the defaults; throws INVALID_INPUT or UNKNOWN_FIELD. */
export function checkSearchRequest(request: unknown): CheckedSearchRequest {
  return parseInput(searchRequestSchema, request, "The search request");
}
