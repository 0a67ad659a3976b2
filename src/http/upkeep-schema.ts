// What the routes of upkeep take and give.

import { z } from "zod";
import { duplicateQuerySchema } from "../engine/index.js";
import { describeFields, integerParameter, named, numberParameter, withExample } from "./api-schema.js";
import { summarySchema } from "./document-schema.js";

export const cacheStatusSchema = named(
  "CacheStatus",
  describeFields(
    z.object({
      state: z.enum(["on", "off", "unreadable"]),
      reason: z.string().optional(),
      entries: z.int(),
      bytes: z.int(),
      limits: z.object({ memoryBytes: z.int(), diskBytes: z.int(), ttlDays: z.number() }),
      hits: z.object({ memory: z.int(), disk: z.int() }),
      misses: z.int(),
      hitRate: z.number().min(0).max(1),
      saved: z.object({ bytes: z.int(), tokens: z.int(), ms: z.number() }),
      since: z.string().optional(),
      queries: z.object({
        remembered: z.int(),
        hits: z.int(),
        misses: z.int(),
        savedMs: z.number(),
        hitRate: z.number().min(0).max(1),
      }),
    }),
    {
      state: "Whether embeddings are remembered. `unreadable`: the next run that writes makes the file anew.",
      reason: "Why the file cannot be read.",
      entries: "Embeddings in the file.",
      bytes: "Size of the file.",
      limits: "How large memory and file may grow, and for how many days an embedding is kept.",
      hits: "Passages that were known, by the level that knew them, since `since`.",
      misses: "Passages that had to be computed.",
      hitRate: "Hits of all look-ups, 0..1.",
      saved: "What the hits would have cost: bytes of vectors, tokens read, milliseconds of computing.",
      since: "When the file was made, ISO 8601.",
      queries: "The same of queries, since the library was opened. Their vectors are remembered in memory only.",
    },
  ),
  { description: "What the cache of embeddings holds and what it has been good for." },
);

export const vacuumStatusSchema = named(
  "VacuumStatus",
  describeFields(z.object({ running: z.boolean(), deadRows: z.int(), deadShare: z.number().min(0).max(1) }), {
    running: "Whether a vacuum is at work.",
    deadRows: "Rows of documents that were removed or changed, still stored.",
    deadShare: "Of all stored rows, 0..1.",
  }),
  { description: "What deletes and changes have left behind." },
);

export const vacuumBodySchema = named(
  "VacuumRequest",
  describeFields(z.strictObject({ cache: z.boolean().optional() }), {
    cache: "Also forgets the embeddings of texts that are not in the library any more. Default false.",
  }),
  { description: "What is to be vacuumed.", examples: [{ cache: true }] },
);

export const vacuumReportSchema = named(
  "VacuumReport",
  describeFields(
    z.object({
      bytesBefore: z.int(),
      bytesAfter: z.int(),
      rows: z.int(),
      blocks: z.object({ before: z.int(), after: z.int() }),
      generations: z.int(),
      cacheEntries: z.int(),
      ms: z.number(),
    }),
    {
      bytesBefore: "Size of the database and the cache before.",
      bytesAfter: "Size of both after.",
      rows: "Dead rows that are gone now.",
      blocks: "Blocks of rows that were rewritten, and into how many.",
      generations: "Replaced indexes that are gone now.",
      cacheEntries: "Embeddings of texts that are not in the library any more, where that was asked for.",
      ms: "Milliseconds in all.",
    },
  ),
  { description: "What a vacuum did." },
);

const { shape: duplicateShape } = duplicateQuerySchema;

export const duplicatesQuerySchema = describeFields(
  z.strictObject({
    kind: duplicateShape.kind.unwrap().clone().default("all"),
    threshold: numberParameter(duplicateShape.threshold.unwrap()).optional(),
    offset: integerParameter(duplicateShape.offset.unwrap()).default(0),
    limit: integerParameter(duplicateShape.limit.unwrap()).default(50),
  }),
  {
    kind: "Groups of one text only (`exact`), of several texts only (`near`), or both.",
    threshold: "Similarity from which two texts are near-duplicates, 0.3 to 1. Default 0.85.",
    offset: "Groups to leave out at the top. Default 0.",
    limit: "Groups to return. Default 50.",
  },
);

export const duplicatePageSchema = named(
  "DuplicatePage",
  describeFields(
    z.object({
      groups: z.array(
        z.object({
          kind: z.enum(["exact", "near"]),
          documents: z.array(z.object({ ...summarySchema.shape, similarity: z.number().min(0).max(1) })),
        }),
      ),
      total: z.int(),
      surplus: z.int(),
      offset: z.int(),
      limit: z.int(),
    }),
    {
      groups:
        "Groups of documents, the largest first. Of each, the document that was added first stands first; `similarity` is to " +
        "it: the share of runs of five words that both have, estimated; 1 for the same text.",
      total: "Groups in all.",
      surplus: "Documents in all groups but the first one of each.",
      offset: "Groups left out at the top.",
      limit: "Groups asked for.",
    },
  ),
  { description: "Documents with the same text, or nearly so." },
);

export const cacheClearQuerySchema = describeFields(
  z.strictObject({ tenant: withExample(z.string().max(200), "acme").optional() }),
  { tenant: "Only the embeddings of this tenant. Default: all." },
);

export const cacheClearedSchema = named(
  "CacheCleared",
  describeFields(z.object({ removed: z.int() }), { removed: "Embeddings that were in the file." }),
  { description: "What emptying the cache did." },
);
