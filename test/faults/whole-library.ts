// Whether a library's database is whole: SQLite's own checks, and that each generation's chunks, rows and vectors are those of
// the documents.

import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";
import Database from "better-sqlite3";
import { readRows } from "../../src/store/rows.js";

type GenerationRow = { id: number; state: string; liveChunks: number; dimensions: number };
type ChunkRow = {
  row: number;
  documentKey: number;
  id: string;
  start: number;
  end: number;
  text: string;
};
type DocumentRow = { key: number; id: string; deflated: Buffer; isInShadow: number };

/** `path`: of the database, which nobody has open. */
export function assertWholeLibrary(path: string): void {
  const db = new Database(path, { readonly: true });
  try {
    assert.deepEqual(db.pragma("integrity_check"), [{ integrity_check: "ok" }]);
    assert.deepEqual(db.pragma("foreign_key_check"), []);
    const generations = db
      .prepare<[], GenerationRow>(
        "SELECT id, state, live_chunks AS liveChunks, dimensions FROM generations WHERE state <> 'retired'",
      )
      .all();
    const inState = (state: string) => generations.filter((generation) => generation.state === state).length;
    const open = db.prepare("SELECT count(*) FROM migrations WHERE ended_at_ms IS NULL").pluck().get();
    assert.deepEqual(
      [inState("active"), inState("shadow")],
      [1, open],
      "one active generation, a shadow in a migration",
    );
    const documents = db
      .prepare<[], DocumentRow>(
        `SELECT d.key, d.id, t.deflated, EXISTS (SELECT 1 FROM shadow_documents s WHERE s.document_key = d.key) AS isInShadow
         FROM documents d JOIN document_texts t ON t.document_key = d.key`,
      )
      .all();
    if (open === 0) assert.ok(documents.every(({ isInShadow }) => isInShadow === 0));
    for (const generation of generations) assertWholeGeneration(db, generation, documents);
  } finally {
    db.close();
  }
}

function assertWholeGeneration(
  db: Database.Database,
  { id, state, liveChunks, dimensions }: GenerationRow,
  documents: readonly DocumentRow[],
): void {
  const name = `of the ${state} generation ${id}`;
  const chunks = db
    .prepare<[number], ChunkRow>(
      `SELECT key & 0xffffffff AS row, document_key AS documentKey, id, start_char AS start, end_char AS end, text
       FROM chunks JOIN chunk_texts ON chunk_key = key WHERE key >> 32 = ? ORDER BY key`,
    )
    .all(id);
  const { rows, documentKeys, vectors } = readRows(db, id, 0, 2 ** 31);
  assert.deepEqual(
    Array.from(rows, (row, i) => [row, documentKeys[i]]),
    chunks.map(({ row, documentKey }) => [row, documentKey]),
    `rows and chunks ${name}`,
  );
  assert.equal(vectors.length, rows.length * dimensions);
  rows.forEach((row, i) => {
    const norm = Math.hypot(...vectors.subarray(i * dimensions, (i + 1) * dimensions));
    assert.ok(Math.abs(norm - 1) < 0.01, `the vector of row ${row} ${name} is ${norm} long`);
  });
  assert.equal(liveChunks, chunks.length, `count ${name}`);

  const byDocument = new Map<number, ChunkRow[]>();
  for (const chunk of chunks) byDocument.set(chunk.documentKey, [...(byDocument.get(chunk.documentKey) ?? []), chunk]);
  for (const document of documents) {
    const own = byDocument.get(document.key) ?? [];
    for (const chunk of own) assert.ok(chunk.id.startsWith(`${document.id}_`), `${chunk.id} ${name}`);
    // What the shadow holds of a document that has changed since is as it was.
    if (state === "shadow" && document.isInShadow === 0) continue;
    const text = inflateRawSync(document.deflated).toString("utf8");
    assert.ok(own.length > 0 || text.trim() === "", `${document.id} has chunks ${name}`);
    for (const { start, end, text: stored } of own)
      assert.equal(stored, text.slice(start, end), `${document.id} ${name}`);
  }
}
