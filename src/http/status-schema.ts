// What the status routes give.

import { z } from "zod";
import { describeFields, named } from "./api-schema.js";
import { queueDepthSchema } from "./job-schema.js";
import { cacheStatusSchema, vacuumStatusSchema } from "./upkeep-schema.js";

/** A route without parameters refuses any. */
export const noParameters = z.strictObject({});

const partSchema = z.looseObject({ state: z.string() });

export const statusSchema = named(
  "Status",
  describeFields(
    z.object({
      version: z.string(),
      library: z.object({
        path: z.string(),
        formatVersion: z.int(),
        readOnly: z.boolean(),
        documents: z.int(),
        chunks: z.int(),
        tokens: z.int(),
        characters: z.int(),
        bytes: z.int(),
      }),
      generation: z.object({
        id: z.int(),
        model: z.string(),
        dimensions: z.int(),
        chunking: z.object({ maxTokens: z.int(), overlapTokens: z.int() }),
        createdAt: z.string(),
      }),
      models: z.object({
        biEncoder: z.string(),
        sparseEncoder: z.string().nullable(),
        crossEncoder: z.string().nullable(),
      }),
      ranking: z
        .object({
          lexicalWeight: z.number(),
          sparseWeight: z.number().optional(),
          feedback: z.enum(["none", "rocchio", "rm3", "both"]),
          learnedAt: z.string(),
          queries: z.int(),
          defaultNdcg: z.number(),
          heldOutNdcg: z.number(),
          pValue: z.number(),
        })
        .nullable(),
      vectors: z.object({
        dimensions: z.int(),
        format: z.enum(["float32", "float16", "int8"]),
        storedDimensions: z.int(),
        rows: z.int(),
        bytes: z.int(),
        onDisk: z.object({ path: z.string(), bytes: z.int(), found: partSchema }).optional(),
        codes: partSchema,
        graph: partSchema,
      }),
      cache: cacheStatusSchema,
      vacuum: vacuumStatusSchema,
      ingest: z.object({ running: z.boolean(), done: z.int(), total: z.int() }),
      queue: queueDepthSchema,
    }),
    {
      version: "Version of Lodestone.",
      library: "The library: its folder and what it holds. `bytes` counts all its files but for snapshots.",
      generation: "The index that answers queries: one complete index of one model.",
      models: "The models in use, each name@version.",
      ranking: "How the lists are fused, where that was learned; null: as the model recommends.",
      vectors:
        "The vector index in memory, or its vectors onDisk: how its vectors are kept (format, and fewer storedDimensions where they are truncated), with its one-bit codes and its graph where there are any.",
      cache: "The cache of embeddings.",
      vacuum: "What deletes and changes have left behind.",
      ingest: "Files of the runs in progress.",
      queue: "Jobs that are not done.",
    },
  ),
  { description: "What the server serves." },
);

const counts = () => z.array(z.object({ value: z.string(), count: z.int() }));

export const facetsSchema = named(
  "Facets",
  describeFields(z.object({ folders: counts(), types: counts() }), {
    folders: "Documents by folder, each with everything below it.",
    types: "Documents by media type.",
  }),
  { description: "Documents by folder and by type, most frequent first." },
);

export const livenessSchema = named("Liveness", z.object({ status: z.literal("alive") }), {
  description: "The process takes requests.",
});

export const readinessSchema = named(
  "Readiness",
  describeFields(
    z.object({
      status: z.enum(["ready", "not ready"]),
      reasons: z.array(z.string()),
      tookMs: z.number(),
      queue: queueDepthSchema.optional(),
    }),
    {
      status: "Whether a query is answered in full.",
      reasons: "Why not.",
      tookMs: "Milliseconds that the query took.",
      queue: "Jobs that are not done. They do not keep it from answering.",
    },
  ),
  { description: "Whether the server answers queries." },
);
