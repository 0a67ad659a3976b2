// What the migration routes take and give.

import { z } from "zod";
import { migrationRequestSchema, splitSchema } from "../engine/index.js";
import { describeFields, named, optionalBody } from "./api-schema.js";

export const migrationBodySchema = named(
  "MigrationRequest",
  describeFields(migrationRequestSchema, {
    model: "Name of the bi-encoder to change to. Default: the one in use, for another chunking or length of vectors.",
    sparseEncoder: "Name of the sparse encoder to change to; null for none. Default: the one in use, if any.",
    dimensions: "Length of the vectors, one that the model was trained for. Default: the model's own.",
    maxTokens: "Longest chunk in tokens. Default: as it is.",
    overlapTokens: "Tokens that a chunk repeats of the one before, at most half of it. Default: as it is.",
  }),
  {
    description: "What the new index is made with. At least one thing is another than in the index in use.",
    examples: [{ maxTokens: 128, overlapTokens: 16 }],
  },
);

export const splitBodySchema = named(
  "MigrationSplit",
  describeFields(splitSchema, {
    share: "Of a hundred queries so many are answered by the new index; 0 takes it off the queries.",
  }),
  { description: "How queries are divided between the two indexes.", examples: [{ share: 25 }] },
);

export const rollbackBodySchema = optionalBody(
  named(
    "MigrationRollback",
    describeFields(z.strictObject({ reason: z.string().min(1).max(500).optional() }), {
      reason: "Why, for whoever looks at the migration later.",
    }),
    { description: "Why the new index is taken off the queries.", examples: [{ reason: "worse on part numbers" }] },
  ),
);

const figuresSchema = named(
  "SearchFigures",
  describeFields(
    z.object({
      searches: z.int(),
      errorRate: z.number(),
      confidence: z.number().nullable(),
      lowConfidenceRate: z.number().nullable(),
      latency: z.object({ p50Ms: z.number(), p95Ms: z.number() }).nullable(),
      clickRate: z.number().nullable(),
      clicks: z.int(),
      ndcg: z.number().nullable(),
      graded: z.int(),
    }),
    {
      searches: "Searches that it answered since the migration began.",
      errorRate: "Share of them that failed, 0..1.",
      confidence: "Mean confidence in the best hit, 0..1; null where nothing tells.",
      lowConfidenceRate: "Share of searches whose best passage it thinks little of; null where it has read none.",
      latency: "Milliseconds that half of the searches, and 95 of 100, took at most: of the last two thousand.",
      clickRate: "Share of searches of which a hit was opened, as told to `/v1/feedback`; null without searches.",
      clicks: "Searches of which a hit was opened.",
      ndcg: "Mean nDCG@10 of the searches that were given judgements; null where none were.",
      graded: "Searches that were given judgements.",
    },
  ),
  { description: "What the searches of one index were like during the migration." },
);

const sideSchema = named(
  "MigrationSide",
  describeFields(
    z.object({
      generation: z.int(),
      model: z.string(),
      sparseEncoder: z.string().nullable(),
      dimensions: z.int(),
      chunking: z.object({ maxTokens: z.int(), overlapTokens: z.int() }),
      isActive: z.boolean(),
      figures: figuresSchema,
    }),
    {
      generation: "Number of the index, as answers to searches name it.",
      model: "Its bi-encoder, name@version.",
      sparseEncoder: "Its sparse encoder, name@version; null where it has none.",
      dimensions: "Length of its vectors.",
      chunking: "Longest chunk in tokens, and how many of them it repeats of the one before.",
      isActive: "Whether it answers all queries but the share of the other.",
      figures: "What its searches were like.",
    },
  ),
  { description: "One of the two indexes of a migration." },
);

export const migrationStatusSchema = named(
  "MigrationStatus",
  describeFields(
    z.object({
      id: z.int(),
      state: z.enum(["filling", "ready", "split", "promoted", "ended"]),
      share: z.int(),
      documents: z.object({ done: z.int(), total: z.int() }),
      rate: z.number().nullable(),
      remainingMs: z.number().nullable(),
      failing: z.object({ documents: z.int(), error: z.string() }).nullable(),
      source: sideSchema.nullable(),
      target: sideSchema.nullable(),
      reason: z.string().nullable(),
      startedAt: z.string(),
      endedAt: z.string().nullable(),
    }),
    {
      id: "Number of the migration.",
      state:
        "`filling`: the new index does not hold every document yet, and answers no query. `ready`: it does. `split`: it answers a " +
        "share of the queries. `promoted`: it answers all, and the old one is kept up for a way back. `ended`: one of the two was dropped.",
      share: "Of a hundred queries so many are answered by the new index once it holds every document.",
      documents: "Documents that the index that is not active holds, and documents in all.",
      rate: "Documents a second, while it is filled.",
      remainingMs: "Milliseconds until it holds every document.",
      failing:
        "Documents that could not be brought into it so far, and why not the last of them. They are tried again.",
      source: "The index that there was. Null once it is dropped.",
      target: "The new index. Null once it is dropped.",
      reason: "Why the new index was taken off the queries, by somebody or by itself.",
      startedAt: "When the migration began, ISO 8601.",
      endedAt: "When it ended.",
    },
  ),
  { description: "A change to another model, chunking or length of vectors." },
);

export const migrationAnswerSchema = named(
  "MigrationAnswer",
  describeFields(z.object({ migration: migrationStatusSchema.nullable() }), {
    migration: "The migration under way, or else the last one; null where there was none.",
  }),
  { description: "What is known of migrations." },
);
