// Two generations of one library for tests without a model: chunks and vectors say which of the two they are of.

import assert from "node:assert/strict";
import type { Database } from "better-sqlite3";
import type { GenerationRecipe } from "../../src/store/generation.js";
import type { ShadowBatch } from "../../src/store/migration.js";
import type { Reader } from "../../src/store/reader.js";
import { batchOf, dimensions, recipe } from "./library-fixture.js";

export const vocabulary = ["alpha", "beta", "gamma", "delta", "epsilon"];

/** Every generation has a model of its own, and chunks of one word or of two. */
export const recipeOf = (generation: number): GenerationRecipe => ({
  ...recipe,
  modelVersion: generation === 1 ? recipe.modelVersion : `model-${generation}@000000000000`,
  maxTokens: 64 + generation,
});

/** What a generation makes of a document: each chunk says whose it is. */
export function chunksOf(generation: number, text: readonly string[]): string[] {
  const width = 1 + (generation % 2);
  const chunks: string[] = [];
  for (let i = 0; i < text.length; i += width) {
    chunks.push([...text.slice(i, i + width), `of${generation}`, `at${i}`].join(" "));
  }
  return chunks;
}

/** And each vector. */
const vectorOf = (generation: number, chunk: string) => [
  generation,
  [...chunk].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7),
  0,
  1,
];

export function batchFor(generation: number, documents: Record<string, readonly string[]>) {
  const sketches = Object.entries(documents).map(([id, text]) => ({ id, texts: chunksOf(generation, text) }));
  const vectors = Float32Array.from(
    sketches.flatMap(({ texts }) => texts.flatMap((text) => vectorOf(generation, text))),
  );
  return batchOf(sketches, { generation, modelVersion: recipeOf(generation).modelVersion, vectors });
}

/** Documents as they are stored now, chunked for a generation that is the shadow. */
export function shadowBatch(
  db: Database,
  generation: number,
  documents: Record<string, readonly string[]>,
): ShadowBatch {
  const { modelVersion, vectors, ...batch } = batchFor(generation, documents);
  const stored = db.prepare<[string], { key: number; contentHash: Buffer }>(
    "SELECT key, content_hash AS contentHash FROM documents WHERE id = ?",
  );
  return {
    generation,
    modelVersion,
    vectors,
    documents: batch.documents.map(({ id, title, chunks }) => ({ id, title, chunks, ...stored.get(id)! })),
  };
}

/** What a reader that is bound to a generation gets to see: chunks by document, each held against its vector. */
export function seenIn(reader: Reader, generation: number): Record<string, string[]> {
  const { rows, vectors, documentKeys } = reader.rows(0, 100_000);
  const chunks = reader.chunks(rows);
  assert.equal(chunks.length, rows.length, "each row has its chunk");
  assert.deepEqual([...reader.liveRows()], [...rows]);
  chunks.forEach(({ row, documentKey, text }, i) => {
    assert.deepEqual([row, documentKey], [rows[i], documentKeys[i]]);
    const vector = [...vectors.subarray(i * dimensions, (i + 1) * dimensions)];
    assert.deepEqual(vector, vectorOf(generation, text), `the vector of "${text}" in generation ${generation}`);
  });
  const ids = new Map(reader.summaries([...new Set(documentKeys)]).map(({ key, id }) => [key, id]));
  const seen: Record<string, string[]> = {};
  for (const { documentKey, text, index } of chunks) {
    const id = ids.get(documentKey)!;
    seen[id] ??= [];
    seen[id][index] = text;
  }
  return seen;
}
