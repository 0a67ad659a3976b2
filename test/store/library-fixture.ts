// A library in a temporary folder, and documents for it that need no model: the tests give the vectors.

import { deflateRawSync } from "node:zlib";
import type { Metadata } from "../../src/documents/index.js";
import { passageHash, passageOf } from "../../src/documents/passage.js";
import { metadataFields } from "../../src/store/fields.js";
import type { GenerationRecipe } from "../../src/store/generation.js";
import type { DocumentWrite, WriteBatch } from "../../src/store/write-batch.js";

export const dimensions = 4;

export const recipe: GenerationRecipe = {
  modelName: "test-model",
  modelVersion: "test-model@000000000000",
  dimensions,
  maxTokens: 64,
  overlapTokens: 8,
};

export type DocumentSketch = {
  id: string;
  /** One chunk each. */
  texts: string[];
  title?: string;
  headings?: string[];
  type?: string;
  path?: string | null;
  metadata?: Metadata;
  modifiedAtMs?: number | null;
  file?: string;
  /** Texts whose stored vectors are counted on. */
  keep?: string[];
  /** Sequence of the job that brings it. */
  job?: number;
};

/** A batch whose vectors count up from `firstVector`, so that each can be told from the others. */
export function batchOf(sketches: DocumentSketch[], parts: Partial<WriteBatch> = {}, firstVector = 1): WriteBatch {
  const vectors: number[] = [];
  const documents = sketches.map((sketch): DocumentWrite => {
    const { id, texts, title = id, type = "text/plain", path = null, metadata = {}, keep = [] } = sketch;
    const headings = (sketch.headings ?? []).map((title) => ({ level: 1, title, start: 0 }));
    const chunks = texts.map((text, index) => {
      const kept = keep.includes(text);
      if (!kept) vectors.push(firstVector + vectors.length / dimensions, 0, 0, 1);
      return {
        id: `${id}_${index}`,
        index,
        start: index * 100,
        end: index * 100 + text.length,
        tokens: text.split(" ").length,
        headingPath: [],
        text,
        passageHash: passageHash(passageOf(title, [], text)),
        vector: kept ? null : vectors.length / dimensions - 1,
      };
    });
    return {
      id,
      job: sketch.job ?? null,
      title,
      mediaType: type,
      path,
      file: sketch.file ?? null,
      metadata: JSON.stringify(metadata),
      fields: metadataFields(metadata),
      contentHash: passageHash(texts.join()),
      modifiedAtMs: sketch.modifiedAtMs ?? null,
      characters: texts.join(" ").length,
      textHash: passageHash(texts.join(" ")),
      signature: null,
      staleness: null,
      outline: JSON.stringify({ headings, codeBlocks: [] }),
      deflatedText: deflateRawSync(texts.join(" ")),
      chunks,
    };
  });
  return {
    generation: 1,
    modelVersion: recipe.modelVersion,
    pipeline: "test",
    documents,
    touched: [],
    files: [],
    gone: [],
    earliestJob: 0,
    vectors: Float32Array.from(vectors),
    indexedAtMs: 1_700_000_000_000,
    ...parts,
  };
}
