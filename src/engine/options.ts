// What an engine can be opened with: one schema, and the one place of its defaults.

import { z } from "zod";
import { parseInput } from "../input/parse-input.js";
import { checkMonitoring, monitoringOptionsSchema } from "../monitoring/index.js";
import { vectorFormats } from "../vectors/index.js";
import { migrationOptionsSchema } from "./migration-options.js";
import { checkStalenessRules, stalenessOptionsSchema } from "./stale.js";

const chunkingSchema = z
  .strictObject({
    /** Longest chunk in tokens of the bi-encoder's own tokenizer. Default 256. */
    maxTokens: z.int().min(16).max(8192).optional(),
    /** Tokens that a chunk repeats of the one before it, whole sentences only. Default an eighth of maxTokens. */
    overlapTokens: z.int().min(0).max(4096).optional(),
  })
  .refine(
    ({ maxTokens = DEFAULT_MAX_TOKENS, overlapTokens = 0 }) => overlapTokens <= maxTokens / 2,
    "overlapTokens must be at most half of maxTokens",
  );

const DEFAULT_MAX_TOKENS = 256;

const queueSchema = z.strictObject({
  /** Jobs that are not done, failed ones included; more are refused with QUEUE_FULL. Default 10,000. */
  maxJobs: z.int().min(1).max(1_000_000).default(10_000),
  /** Bytes that were submitted with them. Default 1 GiB. */
  maxBytes: z
    .int()
    .min(1)
    .default(1024 * 1024 * 1024),
  /** Passages embedded and written together at most. Default 512. */
  maxBatch: z.int().min(1).max(100_000).default(512),
  /** The same in tokens. Default 131,072. */
  maxBatchTokens: z.int().min(1).default(131_072),
  /** How long a batch for which nobody waits is kept open for further documents. Default 100. */
  maxWaitMs: z.int().min(0).max(60_000).default(100),
  /** Batches on their way at once: one that is embedded, and one that follows it. Default 2. */
  concurrency: z.int().min(1).max(64).default(2),
  /** How long the model may take for a batch before it is stopped and the batch is tried again. Default five minutes. */
  batchLimitMs: z.int().min(1).max(86_400_000).default(300_000),
  /** Takes jobs in without beginning any: they are done when the library is opened the next time. Default false. */
  paused: z.boolean().default(false),
});

export const engineOptionsSchema = z.strictObject({
  /** Folder of the library. Created on first use, unless `readOnly`. */
  library: z.string().min(1),
  /** Opens without the writing lock: searches and reads only, beside a process that writes. Default false. */
  readOnly: z.boolean().default(false),
  /** Further folders to look for models in, before the bundled ones. */
  models: z.array(z.string().min(1)).default([]),
  /** Name of the bi-encoder for a new library. An existing library has its own. Default: the bundled one. */
  biEncoder: z.string().min(1).optional(),
  /** Name of the sparse encoder of a new library; null for none. An existing library has its own. Default: none. */
  sparseEncoder: z.string().min(1).nullable().optional(),
  /** Name of the cross-encoder; null for none. Default: the bundled one. */
  crossEncoder: z.string().min(1).nullable().optional(),
  /** Length of the vectors of a new library, where the bi-encoder is a Matryoshka model. Default: all its dimensions. */
  dimensions: z.int().positive().optional(),
  /** Chunking of a new library. An existing library has its own. */
  chunking: chunkingSchema.optional(),
  /**
   * Live chunks from which a graph (HNSW) is built and used; 0 for never. Below, and for rows that are not in it yet,
   * one-bit codes or exact scans serve: up to some hundred thousand rows they are as fast, ready at once, and filters
   * cost them nothing. Default 500,000.
   */
  graphFromChunks: z.int().min(0).default(500_000),
  tenants: z
    .strictObject({
      /** Chunks from which a tenant gets an index of its own. Default 100,000. */
      ownIndexFromChunks: z.int().min(1).default(100_000),
    })
    .prefault({}),
  /** How a change to another model or chunking goes on in the background. */
  migration: migrationOptionsSchema,
  /** Watching how well the library answers: alerts, who is told of them, prices. */
  monitoring: monitoringOptionsSchema,
  /** Where `snapshot` puts snapshots. Default: the folder "snapshots" in the library's. */
  snapshotDirectory: z.string().min(1).optional(),
  /** How vectors are kept in memory. Those on disk stay as they are: each opening may choose anew. */
  vectors: z
    .strictObject({
      /**
       * "float32" (default): as they are. "float16": half the memory, the same answers. "int8": a quarter of the memory, exact scans
       * in half the time, and about one of a hundred results another.
       */
      format: z.enum(vectorFormats).optional(),
      /**
       * Dimensions to keep of each vector, one of the bi-encoder's Matryoshka dimensions. Memory and time shrink with them; what
       * is found changes much more than with a format. Default: all.
       */
      truncate: z.int().positive().optional(),
      /**
       * Keeps vectors in a file of the library instead of memory, where one-bit codes of them stay: a million chunks of 384 dimensions
       * take some 200 MB instead of 1.7 GB. Each result costs a few microseconds more, exact scans some twenty times as much, and
       * there is no graph. Default false.
       */
      onDisk: z.boolean().optional(),
    })
    .default({}),
  /** Told, in a sentence, what the engine works around: no graph to be had, a damaged index file that is rebuilt. */
  onNotice: z.custom<(notice: string) => void>((value) => typeof value === "function", "must be a function").optional(),
  /** The cache of embeddings, in memory and in cache.sqlite of the library's folder. */
  cache: z
    .strictObject({
      /** Of vectors kept in memory while documents are indexed. Default 64 MiB. */
      memoryBytes: z
        .int()
        .min(0)
        .default(64 * 1024 * 1024),
      /** Largest size of the file; what has not been used for longest goes first. Default 1 GiB. */
      diskBytes: z
        .int()
        .min(0)
        .default(1024 * 1024 * 1024),
      /** Days after which an embedding is computed again. Default 30. */
      ttlDays: z.number().positive().max(36_500).default(30),
      /** Remembers nothing. Default false. */
      off: z.boolean().default(false),
    })
    .prefault({}),
  /** Searches that got feedback are kept with it: what evaluation sets are made of. */
  feedback: z
    .strictObject({
      /** At most so many, the newest; 0 keeps none. Default 10,000. */
      keepSearches: z.int().min(0).max(1_000_000).default(10_000),
      /** Days after which one is forgotten. Default 365. */
      keepDays: z.number().positive().max(36_500).default(365),
    })
    .prefault({}),
  /** The queue of jobs. */
  queue: queueSchema.prefault({}),
  /** Taking out for good what deletes and changes leave behind. */
  vacuum: z
    .strictObject({
      /** Vacuums by itself, between other work. Default true. */
      auto: z.boolean().default(true),
      /** Share of dead rows from which it does, 0..1. Default 0.3. */
      deadShare: z.number().positive().max(1).default(0.3),
    })
    .prefault({}),
  /** When the content of documents is looked at again. */
  staleness: stalenessOptionsSchema,
  /** Synonyms of queries, in a file of Solr's format; the README has it. Default: none. */
  synonyms: z
    .strictObject({
      file: z.string().min(1),
      /** What a synonym counts against a word of the query. Default 0.5. */
      weight: z.number().positive().max(10).optional(),
    })
    .optional(),
  threads: z
    .strictObject({
      /** For the query's encoders and the cross-encoder, each. Default: one for a model without layers, else the cores. */
      query: z.int().min(1).max(256).optional(),
      /** For the encoders that read documents, each. Default: as for queries. */
      ingest: z.int().min(1).max(256).optional(),
    })
    .default({}),
});

export type EngineOptions = z.input<typeof engineOptionsSchema>;
export type CheckedEngineOptions = z.output<typeof engineOptionsSchema>;
export type Chunking = { maxTokens: number; overlapTokens: number };

/** Fills in the defaults; throws INVALID_INPUT or UNKNOWN_FIELD. */
export function checkEngineOptions(options: unknown): CheckedEngineOptions {
  const checked = parseInput(engineOptionsSchema, options, "The engine's options");
  checkStalenessRules(checked.staleness);
  checkMonitoring(checked.monitoring);
  return checked;
}

/** The chunking asked for, over `stored` (the library's own) or the defaults. */
export function chunkingOf(asked: CheckedEngineOptions["chunking"], stored: Chunking | undefined): Chunking {
  const maxTokens = asked?.maxTokens ?? stored?.maxTokens ?? DEFAULT_MAX_TOKENS;
  const kept = asked?.maxTokens === undefined ? stored?.overlapTokens : undefined;
  return { maxTokens, overlapTokens: asked?.overlapTokens ?? kept ?? Math.floor(maxTokens / 8) };
}
