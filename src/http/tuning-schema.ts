// What the routes of tuning take and give.

import { z } from "zod";
import { judgedQuerySchema } from "../engine/index.js";
import { describeFields, named } from "./api-schema.js";

const judgedSchema = named(
  "JudgedQuery",
  describeFields(judgedQuerySchema, {
    text: "The query.",
    judgements: "Grade of each judged document by id; 1 and above is relevant.",
  }),
  { description: "A query, and which documents answer it." },
);

export const tuneBodySchema = named(
  "TuneRequest",
  describeFields(
    z
      .strictObject({
        queries: z.array(judgedSchema).min(1).max(5000).optional(),
        knownItems: z.literal(true).optional(),
        dryRun: z.boolean().optional(),
      })
      .refine(({ queries, knownItems }) => (queries === undefined) !== (knownItems === undefined), {
        message: "Expected either queries or knownItems.",
      }),
    {
      queries: "Judged queries, of which 20 or more have a relevant document.",
      knownItems:
        "Takes titles, headings and questions of the documents for queries instead. They stand in their documents word for word " +
        "and make words look better than people's own queries would.",
      dryRun: "Tries and tells, keeps nothing. Default false.",
    },
  ),
  { description: "What ranking is learned from.", examples: [{ knownItems: true, dryRun: true }] },
);

const settingShape = {
  lexicalWeight: z.number(),
  sparseWeight: z.number().optional(),
  feedback: z.enum(["none", "rocchio", "rm3", "both"]),
};
const settingWords = {
  lexicalWeight: "Weight of words against vectors, 0..1.",
  sparseWeight: "Weight of the learned sparse list, which the other two share the rest of; where the library has one.",
  feedback: "What the second search looks for: the query moved to its best passages, words of them, or both.",
};
const measuredShape = { queries: z.int(), defaultNdcg: z.number(), heldOutNdcg: z.number(), pValue: z.number() };
const measuredWords = {
  queries: "Judged queries with a relevant document.",
  defaultNdcg: "Their mean nDCG@10 with the default.",
  heldOutNdcg: "The same of each query with the setting that is best on the other folds.",
  pValue: "Two-sided, of a randomisation test of these two.",
};

const learnedSchema = named(
  "RankingLearned",
  describeFields(z.object({ ...settingShape, learnedAt: z.string(), ...measuredShape }), {
    ...settingWords,
    learnedAt: "When, ISO 8601.",
    ...measuredWords,
  }),
  { description: "What was learned of ranking, from what, and how much better it was on queries held out." },
);

const settingSchema = named("RankingSetting", describeFields(z.object(settingShape), settingWords), {
  description: "One way to fuse the lists of words and vectors.",
});

const triedSchema = named(
  "TriedSetting",
  describeFields(z.object({ ...settingShape, ndcg: z.number() }), {
    ...settingWords,
    ndcg: "Mean nDCG@10 over all queries.",
  }),
  { description: "A setting that was tried." },
);

const reportSchema = named(
  "TuneReport",
  describeFields(
    z.object({
      ...measuredShape,
      kept: z.boolean(),
      reason: z.string(),
      best: settingSchema.nullable(),
      settings: z.array(triedSchema),
    }),
    {
      ...measuredWords,
      kept: "Whether what was found is used from now on.",
      reason: "Why, or why not.",
      best: "The best setting on all queries; null: the default.",
      settings: "All that were tried beside the default.",
    },
  ),
  { description: "What a run found." },
);

export const tuningStatusSchema = named(
  "TuningStatus",
  describeFields(
    z.object({
      state: z.enum(["running", "done", "cancelled", "failed"]),
      dryRun: z.boolean(),
      done: z.int(),
      total: z.int(),
      startedAt: z.string(),
      endedAt: z.string().nullable(),
      report: reportSchema.nullable(),
      error: z.string().nullable(),
    }),
    {
      state: "Whether it is under way, or how it ended.",
      dryRun: "Whether it only tries and tells.",
      done: "Searches that are done.",
      total: "Searches in all; 0 until the queries are known.",
      startedAt: "When it began, ISO 8601.",
      endedAt: "When it ended.",
      report: "What it found. Null until it is done.",
      error: "Why it failed.",
    },
  ),
  { description: "A run that learns how words and vectors are fused." },
);

export const tuningAnswerSchema = named(
  "TuningAnswer",
  describeFields(z.object({ learned: learnedSchema.nullable(), run: tuningStatusSchema.nullable() }), {
    learned: "What searches use; null: what the model recommends.",
    run: "The run under way, or else the last one since the server was started; null where there was none.",
  }),
  { description: "What was learned of ranking, and what is being learned." },
);
