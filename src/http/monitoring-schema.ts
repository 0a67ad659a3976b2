// What the routes of watching take and give.

import { z } from "zod";
import { describeFields, named } from "./api-schema.js";

const severity = () => z.enum(["warning", "critical"]);
const limit = z.object({ warning: z.number(), critical: z.number() });
const rate = () => z.number().nullable();

const rateWords = {
  p50Ms: "Half of the queries took at most so many milliseconds.",
  p95Ms: "Of a hundred queries 95 took at most so many milliseconds.",
  p99Ms: "Of a hundred queries 99 took at most so many milliseconds.",
  averageTopScore: "Cosine of the nearest vector, on the mean.",
  lowConfidenceRate: "Share of answers of low confidence; where that is not calibrated, of those without any document.",
  zeroResultRate: "Share of answers without any document.",
  degradedRate: "Share of answers that lack a stage.",
  cacheHitRate: "Share of queries whose vector was remembered.",
};

const healthReportSchema = named(
  "EmbeddingHealth",
  describeFields(
    z.object({
      status: z.enum(["healthy", "warning", "critical", "unknown"]),
      sentence: z.string(),
      isCalibrated: z.boolean(),
      alerts: z.array(
        z.object({
          id: z.string(),
          severity: severity(),
          figure: z.number(),
          threshold: z.number(),
          sentence: z.string(),
          remedy: z.object({ command: z.string(), effect: z.string() }),
        }),
      ),
      figures: z
        .object({
          baselineRows: z.int(),
          currentRows: z.int(),
          meanDistance: z.number(),
          mmd: z.number(),
          mmdSquared: z.number(),
          pValue: z.number(),
          coherence: z.number(),
          baselineCoherence: z.number(),
          normDrift: z.number(),
          emptyShare: z.number(),
        })
        .optional(),
      limits: z
        .object({
          meanDistance: limit,
          mmd: limit,
          coherenceLow: limit,
          coherenceHigh: limit,
          normDrift: limit,
          emptyShare: limit,
        })
        .optional(),
    }),
    {
      status: "What was found; `unknown` where there are too few documents to judge.",
      sentence: "The same for people.",
      isCalibrated: "Whether the limits were made for this model and this library.",
      alerts: "What is beyond its limit, the worst first.",
      figures: "Shift, coherence and norms of the vectors against the baseline's.",
      limits: "Where each figure warns and where it is critical.",
    },
  ),
  { description: "A sample of vectors, held against the known-good one." },
);

const summarySchema = named(
  "QuerySummary",
  describeFields(
    z.object({
      minutes: z.int(),
      queries: z.int(),
      zeroResultRate: rate(),
      degradedRate: rate(),
      lowConfidenceRate: rate(),
      cacheHitRate: rate(),
      averageTopScore: rate(),
      averageGap: rate(),
      meanMs: rate(),
      p50Ms: rate(),
      p95Ms: rate(),
      p99Ms: rate(),
      maxMs: rate(),
      cacheLookups: z.int(),
      topScores: z.int(),
    }),
    {
      minutes: "Minutes that were looked at.",
      queries: "Queries that were answered.",
      ...rateWords,
      averageGap: "How far the second nearest vector is behind, on the mean.",
      meanMs: "Mean time to the answer.",
      maxMs: "The longest.",
      cacheLookups: "Queries whose vector was looked for.",
      topScores: "Queries that have a nearest vector.",
    },
  ),
  { description: "How queries fared over some minutes. Shares are 0..1; null where nothing was asked." },
);

const source = () => z.enum(["queries", "batch", "index"]);

const alertSchema = named(
  "Alert",
  describeFields(
    z.object({
      id: z.string(),
      source: source(),
      severity: severity(),
      title: z.string(),
      sentence: z.string(),
      since: z.string(),
      value: z.number().nullable(),
      threshold: z.number(),
      command: z.string(),
      effect: z.string(),
    }),
    {
      id: "Names the rule, or the figure of the vectors.",
      source: "The queries of the last minutes, what came in last, or all vectors.",
      severity: "How bad it is.",
      title: "What is wrong.",
      sentence: "What was found, with figures.",
      since: "When it began, ISO 8601.",
      value: "The figure that was read last.",
      threshold: "The limit that it passed.",
      command: "A command line to run next.",
      effect: "What that does.",
    },
  ),
  { description: "An alert that stands." },
);

const newsSchema = named(
  "AlertNews",
  describeFields(
    z.object({
      kind: z.enum(["raised", "cleared"]),
      id: z.string(),
      source: source(),
      severity: severity(),
      sentence: z.string(),
      value: z.number().nullable(),
      at: z.string(),
    }),
    {
      kind: "Which of the two.",
      id: "Names the rule, or the figure of the vectors.",
      source: "The queries of the last minutes, what came in last, or all vectors.",
      severity: "How bad it is, or was.",
      sentence: "What was found.",
      value: "The figure; null where nothing was asked any more.",
      at: "When, ISO 8601.",
    },
  ),
  { description: "That an alert began or ended." },
);

export const alertsSchema = named(
  "Alerts",
  describeFields(z.object({ alerts: z.array(alertSchema), events: z.array(newsSchema) }), {
    alerts: "Those that stand, the worst first.",
    events: "Those that began and ended lately, the newest first.",
  }),
  { description: "Alerts." },
);

const minuteSchema = named(
  "QueryMinute",
  describeFields(
    z.object({
      at: z.string(),
      queries: z.int(),
      p50Ms: rate(),
      p95Ms: rate(),
      p99Ms: rate(),
      averageTopScore: rate(),
      lowConfidenceRate: rate(),
      zeroResultRate: rate(),
      degradedRate: rate(),
      cacheHitRate: rate(),
    }),
    { at: "When the minute began, ISO 8601.", queries: "Queries that were answered.", ...rateWords },
  ),
  { description: "How the queries of one minute fared." },
);

const runSchema = named(
  "IngestRun",
  describeFields(
    z.object({
      id: z.int(),
      generation: z.int(),
      modelVersion: z.string(),
      startedAt: z.string(),
      finishedAt: z.string(),
      jobs: z.int(),
      documents: z.int(),
      failed: z.int(),
      chunks: z.int(),
      embedded: z.int(),
      truncated: z.int(),
      tokens: z.int(),
      health: healthReportSchema.nullable(),
    }),
    {
      id: "Numbers the run.",
      generation: "The index that it went into.",
      modelVersion: "The model that embedded it.",
      startedAt: "When its first documents were written, ISO 8601.",
      finishedAt: "When it was over, ISO 8601.",
      jobs: "Jobs of it: one large one, or small ones one after the other.",
      documents: "Documents that were written.",
      failed: "Documents and files that could not be taken in.",
      chunks: "Chunks of them.",
      embedded: "Passages that went through the model.",
      truncated: "Passages that it did not read to their end.",
      tokens: "Tokens that it read.",
      health: "What was found in a sample of it; null: not judged yet.",
    },
  ),
  { description: "What came in together." },
);

export const healthSchema = named(
  "Health",
  describeFields(
    z.object({
      status: z.enum(["healthy", "warning", "critical", "unknown"]),
      sentence: z.string(),
      at: z.string(),
      generation: z.int(),
      model: z.string(),
      embeddings: z.object({
        baseline: z.object({ rows: z.int(), madeAt: z.string(), coherence: z.number() }).nullable(),
        index: healthReportSchema.nullable(),
        runs: z.array(runSchema),
      }),
      queries: z.object({
        lastHour: summarySchema,
        lastFiveMinutes: summarySchema,
        minutes: z.array(minuteSchema),
        confidence: z
          .object({
            from: z.enum(["logit", "cosine"]),
            threshold: z.number(),
            missRate: z.number(),
            auc: z.number(),
            calibratedAt: z.string(),
          })
          .nullable(),
      }),
      alerts: z.array(alertSchema),
      events: z.array(newsSchema),
      migrations: z.array(z.object({ generation: z.int(), model: z.string(), startedAt: z.string() })),
    }),
    {
      status: "The worst of what stands; `unknown` where there is nothing to judge by yet.",
      sentence: "The same for people.",
      at: "When this was put together, ISO 8601.",
      generation: "The index that answers queries.",
      model: "Its model.",
      embeddings: "The known-good sample, all vectors held against it, and what came in lately.",
      queries: "The last hour of queries, and what confidence means here.",
      alerts: "Alerts that stand, the worst first.",
      events: "Alerts that began and ended lately, the newest first.",
      migrations: "Migrations whose index is still there, the newest first, and when they began.",
    },
  ),
  { description: "How well the library answers, at a glance." },
);

export const checkBodySchema = named(
  "HealthCheckRequest",
  describeFields(z.strictObject({ rebase: z.boolean().optional() }), {
    rebase: "From now on the index as it is now is the known-good one.",
  }),
  { description: "What is to be looked at: everything.", examples: [{}] },
);

export const diagnosisSchema = named(
  "Diagnosis",
  describeFields(
    z.object({
      atMs: z.number(),
      sentence: z.string(),
      findings: z.array(
        z.object({
          check: z.string(),
          title: z.string(),
          status: z.enum(["fine", "notice", "suspicious", "unknown"]),
          sentence: z.string(),
          figures: z.array(
            z.object({
              name: z.string(),
              value: z.union([z.number(), z.string()]),
              limit: z.union([z.number(), z.string()]).optional(),
            }),
          ),
          hints: z.array(z.object({ cause: z.string(), weight: z.number() })),
        }),
      ),
      causes: z.array(
        z.object({
          cause: z.string(),
          title: z.string(),
          belief: z.number(),
          evidence: z.array(z.string()),
          remedy: z.object({ command: z.string(), effect: z.string() }),
        }),
      ),
    }),
    {
      atMs: "When, in milliseconds since 1970.",
      sentence: "The most likely cause and the command that mends it, or that nothing was found.",
      findings: "What each check found, in the order in which they were made.",
      causes: "Causes that something speaks for, the most likely first. `belief` is an order, not a probability.",
    },
  ),
  { description: "What could be behind bad answers." },
);

const counts = {
  texts: z.int(),
  tokens: z.int(),
  cpuMs: z.number(),
  savedTexts: z.int(),
  savedTokens: z.int(),
  cpuSeconds: z.number(),
  savedCpuSeconds: z.number(),
};

export const costParameters = describeFields(
  z.strictObject({ by: z.enum(["model", "tenant", "day"]).default("model") }),
  { by: "What the lines are: models, tenants or days. Default model." },
);

export const costSchema = named(
  "Cost",
  describeFields(
    z.object({
      groups: z.array(z.object({ name: z.string(), ...counts })),
      total: z.object(counts),
      hosted: z.array(
        z.object({
          provider: z.string(),
          model: z.string(),
          usdPerMillionTokens: z.number(),
          asOf: z.string(),
          source: z.string(),
          usd: z.number(),
          savedUsd: z.number(),
        }),
      ),
    }),
    {
      groups:
        "A line for each model, tenant or day: what was encoded, and what the cache spared. The version of a sparse encoder is followed by `(sparse)`.",
      total: "All of them together.",
      hosted:
        "What the same tokens would have cost at hosted embedding APIs, by list prices of the month `asOf`. Those of a sparse encoder are left out.",
    },
  ),
  { description: "What embedding has cost." },
);

export const metricsSchema = named("Metrics", z.string(), { description: "Metrics in the text format of Prometheus." });
