// What a search takes and gives over HTTP. The request is the engine's own schema with words for the API's description.

import { z } from "zod";
import { searchRequestSchema, stageNames } from "../retrieval/index.js";
import {
  booleanParameter,
  describeFields,
  filterParameter,
  filterSchema,
  integerParameter,
  metadataSchema,
  named,
  numberParameter,
  withExample,
} from "./api-schema.js";

export const searchBodySchema = named(
  "SearchRequest",
  describeFields(searchRequestSchema.extend({ filter: filterSchema.optional() }), {
    query: "The words or the question to search for.",
    queries: "The same question in further words, at most 8: each is searched for, and the fused scores are averaged.",
    limit: "Documents to return.",
    offset: "Documents to leave out at the top.",
    filter: "Condition that every document must meet.",
    mode: "All lists fused, or one alone: words (BM25), meaning (vectors), or the weighted terms of a sparse encoder.",
    sparse:
      "Whether the query's weighted terms are fused as well, where the library has a sparse encoder. Says nothing where `mode` asks for one list.",
    rerank:
      "Whether the cross-encoder orders the best hits anew, and how many. Default: where there is a cross-encoder.",
    fusion:
      "How the lists become one. `learned`, the default: as was learned for the library; where nothing was, and with `default`: what the model's manifest recommends.",
    depth: "Entries of each list that are fused. Default: what the model's manifest recommends.",
    typos:
      "Whether words that the library does not have are read as those spelled nearly like them; `corrections` tells which.",
    feedback:
      "Searches a second time for what the best passages of a first search say: `rocchio` moves the query's vector, `rm3` adds words, `both` does both. Default: `rocchio` where words and meaning are fused.",
    diversity:
      "Prefers documents unlike those above them, among the first 50: 0 keeps the ranking, 1 looks at nothing else. `score` stays what it was, so that it does not fall along the ranking any more.",
    minConfidence:
      "Answers with no document, and `nothingRelevant`, where `confidence` is lower. Holds nothing back where no cross-encoder has read.",
    facets: "Fields whose values are counted over all documents that meet the filter: `type`, `folder`, or metadata.",
    minScore: "Leaves out documents with a lower score.",
    explain: "Tells for each hit how every stage ranked it.",
    plan: "How vectors are searched. `auto` takes the quickest way that reaches the wanted recall.",
    recall: "Wanted share of the true nearest vectors in the dense list. Default 0.95; at 1 the scan is exact.",
    oversampling: "Candidates of one-bit codes for each entry of the dense list. Default: as many as reach `recall`.",
    probes: "Lists of codes that plan `ivf` looks into. Default: as many as reach `recall`.",
    ef: "Candidates kept on a walk of the graph. Default: as many as reach `recall`.",
    collapseDuplicates:
      "Of documents with the same text, or nearly so, shows the best one; `duplicates` names the others.",
    user: "Whose query it is: while a migration is under way, all queries of one user are answered by the same index. Default: all of one text are.",
    limits: "Milliseconds after which a stage is left out; `degraded` then says so.",
  }),
  {
    description: "A search.",
    examples: [
      { query: "how do I rotate the keys", limit: 5, filter: { folder: "docs" } },
      { query: "how do I rotate the keys", plan: "prefilter", oversampling: 8, explain: true },
    ],
  },
);

const { shape } = searchRequestSchema;

export const searchQuerySchema = describeFields(
  z.strictObject({
    q: withExample(shape.query.clone(), "how do I rotate the keys"),
    limit: integerParameter(shape.limit.unwrap()).optional(),
    offset: integerParameter(shape.offset.unwrap()).optional(),
    mode: shape.mode.unwrap().clone().optional(),
    filter: filterParameter().optional(),
    collapseDuplicates: booleanParameter().optional(),
    explain: booleanParameter().optional(),
    feedback: booleanParameter().optional(),
    diversity: numberParameter(shape.diversity.unwrap()).optional(),
    minConfidence: numberParameter(shape.minConfidence.unwrap()).optional(),
    sparse: booleanParameter().optional(),
    rerank: booleanParameter().optional(),
    typos: booleanParameter().optional(),
    plan: shape.plan.unwrap().clone().optional(),
    recall: numberParameter(shape.recall.unwrap()).optional(),
    oversampling: numberParameter(shape.oversampling.unwrap()).optional(),
    probes: integerParameter(shape.probes.unwrap()).optional(),
    ef: integerParameter(shape.ef.unwrap()).optional(),
    user: shape.user.unwrap().clone().optional(),
  }),
  {
    q: "The words or the question to search for.",
    limit: "Documents to return. Default 10.",
    offset: "Documents to leave out at the top. Default 0.",
    mode: "All lists fused (the default), or one alone: words, meaning, or weighted terms.",
    filter: 'A filter as JSON, for instance {"folder": "docs"}.',
    collapseDuplicates: "Of documents with the same text, or nearly so, shows the best one.",
    explain: "Tells for each hit how every stage ranked it.",
    feedback:
      "Searches a second time for what the best passages of a first search say. Default: where words and meaning are fused.",
    diversity: "Prefers documents unlike those above them, 0 to 1. Default 0.",
    minConfidence: "Answers with no document where the confidence is lower.",
    sparse:
      "Whether the query's weighted terms are searched as well, where the library has a sparse encoder. Default true.",
    rerank: "Whether the cross-encoder orders the best hits anew.",
    typos: "Whether words that the library does not have are read as those spelled nearly like them. Default true.",
    plan: "How vectors are searched. `auto`, the default, takes the quickest way that reaches the wanted recall.",
    recall: "Wanted share of the true nearest vectors in the dense list. Default 0.95; at 1 the scan is exact.",
    oversampling: "Candidates of one-bit codes for each entry of the dense list.",
    probes: "Lists of codes that plan `ivf` looks into.",
    ef: "Candidates kept on a walk of the graph.",
    user: "Whose query it is: during a migration all queries of one user are answered by the same index.",
  },
);

const rank = z.int().min(1);

const explanationSchema = named(
  "HitExplanation",
  describeFields(
    z.object({
      lexical: z.object({ rank, score: z.number() }).optional(),
      dense: z.object({ rank, score: z.number() }).optional(),
      sparse: z.object({ rank, score: z.number() }).optional(),
      fused: z.object({
        rank,
        score: z.number(),
        lexicalNorm: z.number(),
        denseNorm: z.number(),
        sparseNorm: z.number().optional(),
      }),
      rerank: z.object({ rank, logit: z.number(), score: z.number() }).optional(),
      diversity: z.object({ from: rank, similarity: z.number(), score: z.number() }).optional(),
      final: z.object({ rank, score: z.number() }),
      terms: z.array(z.string()),
    }),
    {
      lexical: "Place and BM25 score among the passages found by words.",
      dense: "Place and cosine among the passages found by meaning.",
      sparse: "Place and score among the passages found by the sparse encoder's weighted terms.",
      fused: "Place and score after the lists became one, with what each list gave to it.",
      rerank: "Place, the cross-encoder's own logit, and the score it was combined to.",
      diversity:
        "Where the ranking was made diverse: the place before, the greatest cosine to a document above, and what that made of the score.",
      final: "Place and score in the answer.",
      terms: "Words that the lexical stage looked for: those of the query that count, corrected.",
    },
  ),
  { description: "How every stage ranked a hit. A stage that did not see it is missing." },
);

const hitSchema = named(
  "Hit",
  describeFields(
    z.object({
      id: z.string(),
      title: z.string(),
      path: z.string().optional(),
      type: z.string(),
      score: z.number().min(0).max(1),
      metadata: metadataSchema,
      headingPath: z.array(z.string()),
      modifiedAt: z.string().optional(),
      chunk: z.object({ id: z.string(), index: z.int(), start: z.int(), end: z.int() }),
      matchingChunks: z.int(),
      snippet: z.object({ text: z.string(), highlights: z.array(z.tuple([z.int(), z.int()])) }),
      duplicates: z.array(z.string()).optional(),
      explain: explanationSchema.optional(),
    }),
    {
      id: "The document's id.",
      title: "The document's title.",
      path: "Where the document's file lies.",
      type: "Media type of the document.",
      score: "0..1; comparable within one answer, not between answers.",
      metadata: "The document's metadata.",
      headingPath: "Headings above the passage, from the outermost.",
      modifiedAt: "When the document was changed, ISO 8601.",
      chunk: "The chunk that matched best; offsets are UTF-16 units into the document's text.",
      matchingChunks: "Chunks of this document among the candidates.",
      snippet: "Text around the best passage; highlights are [start, end) in it, in UTF-16 units.",
      duplicates: "Ids of further candidates with the same text, or nearly so. Only where duplicates are collapsed.",
      explain: "Only where it was asked for.",
    },
  ),
  { description: "A document that was found." },
);

const planSchema = named(
  "SearchPlan",
  describeFields(
    z.object({
      kind: z.enum(["exact", "prefilter", "ivf", "graph", "none"]),
      oversampling: z.number().optional(),
      probes: z.int().optional(),
      reach: z.number().optional(),
      ef: z.int().optional(),
      reason: z.string(),
    }),
    {
      kind: "Every vector; one-bit codes of all rows, or of some lists of them; a graph; or `none`: vectors were not searched.",
      oversampling: "Candidates for each entry of the dense list, of plans `prefilter` and `ivf`.",
      probes: "Lists looked into, of plan `ivf`.",
      reach: "How far below the tenth best list's score a list may lie to be looked into, of plan `ivf`.",
      ef: "Candidates kept on the walk, of plan `graph`.",
      reason: "Why this way.",
    },
  ),
  { description: "How vectors were searched." },
);

const feedbackSchema = named(
  "FeedbackReport",
  describeFields(
    z.object({
      method: z.enum(["rocchio", "rm3", "both"]),
      applied: z.boolean(),
      reason: z.string(),
      words: z.array(z.string()),
    }),
    {
      method: "The query's vector moved, words added, or both.",
      applied: "Whether a second search was made.",
      reason: "What was done, or why not.",
      words: "Words that were added.",
    },
  ),
  { description: "What became of feedback." },
);

const facetSchema = named(
  "SearchFacet",
  describeFields(
    z.object({
      field: z.string(),
      values: z.array(z.object({ value: z.union([z.string(), z.number(), z.boolean()]), count: z.int() })),
      others: z.int(),
    }),
    {
      field: "The field.",
      values: "Its most frequent values and how many documents have each.",
      others: "Further values that are not told.",
    },
  ),
  { description: "Values of a field." },
);

export const searchResponseSchema = named(
  "SearchResponse",
  describeFields(
    z.object({
      searchId: z.string(),
      query: z.string(),
      hits: z.array(hitSchema),
      offset: z.int(),
      limit: z.int(),
      candidates: z.int(),
      confidence: z.number().min(0).max(1).optional(),
      corrections: z.array(z.object({ word: z.string(), read: z.array(z.string()) })).optional(),
      confidenceFrom: z.enum(["calibration", "cross-encoder"]).optional(),
      similarity: z.object({ best: z.number(), gap: z.number().optional() }).optional(),
      remembered: z.boolean().optional(),
      nothingRelevant: z.literal(true).optional(),
      rerankDepth: z.int(),
      feedback: feedbackSchema.optional(),
      fusion: z.object({
        source: z.enum(["default", "learned", "request"]),
        method: z.enum(["convex", "rrf"]),
        lexicalWeight: z.number().optional(),
        sparseWeight: z.number().optional(),
      }),
      facets: z.array(facetSchema).optional(),
      degraded: z.array(z.object({ stage: z.enum(["embed", "dense", "sparse", "rerank"]), reason: z.string() })),
      plan: planSchema,
      generation: z.int(),
      model: z.string(),
      tookMs: z.number(),
      stages: z.array(
        z.object({
          name: z.enum(stageNames),
          ms: z.number(),
          candidates: z.int(),
        }),
      ),
    }),
    {
      searchId: "Names this answer in feedback on it.",
      query: "The query as it was asked.",
      hits: "The documents found, best first.",
      offset: "Documents left out at the top.",
      limit: "Documents asked for.",
      candidates: "Documents among the candidates, before offset and limit.",
      confidence:
        "How sure it is that there is an answer among the hits, 0..1; absent where nothing tells. Calibrated, it is low below 0.65.",
      confidenceFrom:
        "`calibration`: made to mean the same with every model, on the library's own documents. `cross-encoder`: what that thinks of the best passage.",
      corrections: "Words of the query that the library does not have, and what they were read as.",
      similarity:
        "Cosine of the nearest vector, and how far the second nearest is behind. They compare across queries of one model.",
      remembered: "Whether the query's vector was known already; absent where none was needed or to be had.",
      nothingRelevant: "The confidence is below `minConfidence`: no document answers the query.",
      rerankDepth: "Passages that the cross-encoder read.",
      feedback: "Whether a second search followed the first, and why.",
      fusion: "How the lists became one, and where that comes from.",
      facets:
        "How many documents that meet the filter have which values, whatever the query. At most 50 values a field.",
      degraded: "Stages that were left out, or cut short, and why.",
      plan: "How vectors were searched, and why that way.",
      generation: "Number of the index that answered.",
      model: "The bi-encoder whose vectors were searched.",
      tookMs: "Milliseconds in all.",
      stages: "Milliseconds of each stage and how many candidates it gave out. Stages overlap.",
    },
  ),
  { description: "The answer to a search." },
);
