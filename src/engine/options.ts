// What an engine can be opened with: one schema, and the one place of its defaults.

import { z } from "zod";
import { parseInput } from "../input/parse-input.js";
import { vectorFormats } from "../vectors/index.js";

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

export const engineOptionsSchema = z.strictObject({
  /** Folder of the library. Created on first use, unless `readOnly`. */
  library: z.string().min(1),
  /** Opens without the writing lock: searches and reads only, beside a process that writes. Default false. */
  readOnly: z.boolean().default(false),
  /** Further folders to look for models in, before the bundled ones. */
  models: z.array(z.string().min(1)).default([]),
  /** Name of the bi-encoder for a new library. An existing library has its own. Default: the bundled one. */
  biEncoder: z.string().min(1).optional(),
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
  threads: z
    .strictObject({
      /** For the query's bi-encoder and the cross-encoder. Default: one for a model without layers, else the cores. */
      query: z.int().min(1).max(256).optional(),
      /** For the bi-encoder that embeds documents. Default: as for queries. */
      ingest: z.int().min(1).max(256).optional(),
    })
    .default({}),
});

export type EngineOptions = z.input<typeof engineOptionsSchema>;
export type CheckedEngineOptions = z.output<typeof engineOptionsSchema>;
export type Chunking = { maxTokens: number; overlapTokens: number };

/** Fills in the defaults; throws INVALID_INPUT or UNKNOWN_FIELD. */
export function checkEngineOptions(options: unknown): CheckedEngineOptions {
  return parseInput(engineOptionsSchema, options, "The engine's options");
}

/** The chunking asked for, over `stored` (the library's own) or the defaults. */
export function chunkingOf(asked: CheckedEngineOptions["chunking"], stored: Chunking | undefined): Chunking {
  const maxTokens = asked?.maxTokens ?? stored?.maxTokens ?? DEFAULT_MAX_TOKENS;
  const kept = asked?.maxTokens === undefined ? stored?.overlapTokens : undefined;
  return { maxTokens, overlapTokens: asked?.overlapTokens ?? kept ?? Math.floor(maxTokens / 8) };
}
