// What one generation is made with: its model's tokenizer and encoder, its chunking. During a migration there are two.

import type { Database } from "better-sqlite3";
import type { Clock } from "../clock.js";
import { type BiEncoderModel, openBiEncoder, openTokenizer } from "../encoders/index.js";
import type { EmbeddingCache, Generation } from "../store/index.js";
import { type EmbeddedPassages, type EmbeddingCost, type EmbedOptions, embedPassages } from "./embed-passages.js";
import { type EncoderKeeperOptions, keepEncoder } from "./encoder-keeper.js";
import { openPreparer, type Preparer } from "./prepare.js";

export type IndexContext = {
  generation: Generation;
  /** The most tokens that the model reads of a text. */
  maxTokens: number;
  /** Readers and tokenizer are loaded with the first document: a library that is only searched does without them. */
  preparer(): Preparer;
  embed(passages: readonly string[], options: EmbedOptions): Promise<EmbeddedPassages>;
  close(): Promise<void>;
};

export type IndexContextParts = {
  db: Database;
  model: BiEncoderModel;
  /** Threads of the encoder's session; undefined: as the model wants. */
  threads: number | undefined;
  cache(): EmbeddingCache | undefined;
  signal: AbortSignal;
  clock: Clock;
  /** Told what each batch has cost. */
  onCost?(of: { tenant: string; model: string }, cost: EmbeddingCost): void;
} & Pick<EncoderKeeperOptions, "limitMs" | "fullBatch">;

export function openIndexContext(generation: Generation, parts: IndexContextParts): IndexContext {
  const { db, model, threads, limitMs, fullBatch, clock, signal, onCost } = parts;
  let preparer: Preparer | undefined;
  const encoder = keepEncoder({
    open: () => openBiEncoder(model, threads === undefined ? {} : { threads }),
    limitMs,
    fullBatch,
    clock,
  });
  return {
    generation,
    maxTokens: model.manifest.maxTokens,
    preparer() {
      preparer ??= openPreparer(db, generation, openTokenizer(model));
      return preparer;
    },
    embed: (passages, options) =>
      embedPassages(passages, options, {
        encoder: async () => encoder,
        cache: parts.cache(),
        space: { tenant: options.tenant, modelVersion: generation.modelVersion, kind: "passage" },
        dimensions: generation.dimensions,
        signal,
        onCost: (cost) => onCost?.({ tenant: options.tenant, model: generation.modelVersion }, cost),
      }),
    close: () => encoder.close(),
  };
}
