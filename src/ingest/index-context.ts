// What one generation is made with: its model's tokenizer and encoders, its chunking. During a migration there are two.

import type { Database } from "better-sqlite3";
import type { Clock } from "../clock.js";
import { openBiEncoder, openSparseEncoder, openTokenizer } from "../encoders/index.js";
import type { EmbeddingCache, Generation } from "../store/index.js";
import { type EmbeddedPassages, type EmbeddingCost, type EmbedOptions, embedPassages } from "./embed-passages.js";
import { type EncoderKeeperOptions, embedderOf, keepEncoder } from "./encoder-keeper.js";
import type { IndexModels } from "./index-models.js";
import { openPreparer, type Preparer } from "./prepare.js";
import { weighPassages } from "./weigh-passages.js";

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
  /** Threads of each encoder's session; undefined: as the model wants. */
  threads: number | undefined;
  cache(): EmbeddingCache | undefined;
  signal: AbortSignal;
  clock: Clock;
  /** Told what each batch has cost. */
  onCost?(of: { tenant: string; model: string; isSparse?: boolean }, cost: EmbeddingCost): void;
} & IndexModels &
  Pick<EncoderKeeperOptions<never>, "limitMs" | "fullBatch">;

export function openIndexContext(generation: Generation, parts: IndexContextParts): IndexContext {
  const { db, model, sparseModel, threads, limitMs, fullBatch, clock, signal, onCost } = parts;
  let preparer: Preparer | undefined;
  const session = threads === undefined ? {} : { threads };
  const limits = { limitMs, fullBatch, clock };
  const encoder = keepEncoder({ open: () => openBiEncoder(model, session), ...limits });
  const sparse = sparseModel && {
    model: sparseModel,
    keeper: keepEncoder({ open: () => openSparseEncoder(sparseModel, session), ...limits }),
    signal,
  };
  return {
    generation,
    maxTokens: model.manifest.maxTokens,
    preparer() {
      preparer ??= openPreparer(db, generation, openTokenizer(model));
      return preparer;
    },
    async embed(passages, options) {
      const [embedded, weighed] = await Promise.all([
        embedPassages(passages, options, {
          encoder: async () => embedderOf(encoder),
          cache: parts.cache(),
          space: { tenant: options.tenant, modelVersion: generation.modelVersion, kind: "passage" },
          dimensions: generation.dimensions,
          signal,
          onCost: (cost) => onCost?.({ tenant: options.tenant, model: generation.modelVersion }, cost),
        }),
        sparse &&
          weighPassages(passages, {
            ...sparse,
            onCost: (cost) => onCost?.({ tenant: options.tenant, model: sparse.model.version, isSparse: true }, cost),
          }),
      ]);
      return weighed ? { ...embedded, sparse: weighed } : embedded;
    },
    async close() {
      await Promise.all([encoder.close(), sparse?.keeper.close()]);
    },
  };
}
