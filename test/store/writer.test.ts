import assert from "node:assert/strict";
import { test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { openReader } from "../../src/store/reader.js";
import { openWriter } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { batchOf, dimensions, recipe } from "./library-fixture.js";
import { rowsWith, storedPassages } from "./stored-passages.js";

function openBoth(t: import("node:test").TestContext) {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  const generation = writer.generation(recipe);
  const reader = openReader(library);
  t.after(() => reader.close());
  return { library, writer, reader, generation };
}

const coded = (code: string) => (error: unknown) => error instanceof LodestoneError && error.code === code;

test("what a batch writes is read back: document, chunks, vectors and passages", (t) => {
  const { writer, reader } = openBoth(t);
  const written = writer.write(
    batchOf([
      {
        id: "a",
        title: "Keys",
        texts: ["rotate the keys", "store the keys"],
        metadata: { tags: ["x", "y"], year: 2024 },
      },
      { id: "b", texts: ["bake the bread"] },
    ]),
  );
  assert.equal(written.firstRow, 0);
  assert.deepEqual(written.conflicts, []);
  assert.equal(written.documentKeys.length, 3);

  const document = reader.document("a")!;
  assert.equal(document.text, "rotate the keys store the keys");
  assert.equal(document.title, "Keys");
  assert.deepEqual(document.metadata, { tags: ["x", "y"], year: 2024 });
  assert.deepEqual(
    document.chunks.map(({ id, start, end }) => [id, start, end]),
    [
      ["a_0", 0, 15],
      ["a_1", 100, 114],
    ],
  );

  const { rows, documentKeys, vectors, nextRow } = reader.rows(0, 1000);
  assert.equal(documentKeys.length, 3);
  assert.equal(documentKeys[0], documentKeys[1]);
  assert.deepEqual([...rows], [0, 1, 2]);
  assert.deepEqual(
    Array.from(rows, (_, i) => vectors[i * dimensions]),
    [1, 2, 3],
  );
  assert.equal(nextRow, undefined);

  assert.deepEqual(rowsWith(writer.db, "bread"), [2]);
  assert.deepEqual(rowsWith(writer.db, "key"), [0, 1]);
  assert.deepEqual(reader.counts(), { documents: 2, chunks: 3, tokens: 9, characters: 44 });
});

test("a changed document keeps the rows of unchanged chunks and loses the others", (t) => {
  const { writer, reader } = openBoth(t);
  writer.write(batchOf([{ id: "a", texts: ["alpha one", "beta two", "gamma three"] }]));
  const changed = writer.write(batchOf([{ id: "a", texts: ["beta two", "delta four"], keep: ["beta two"] }], {}, 50));
  assert.deepEqual([...changed.removedRows].sort(), [0, 2]);
  assert.equal(changed.firstRow, 3);
  assert.deepEqual([...reader.rows(0, 1000).rows], [1, 3]);
  const { rows, vectors } = reader.rows(0, 1000);
  assert.deepEqual([...reader.deadRows().rows], [0, 2]);
  assert.deepEqual(
    Array.from(rows, (row, i) => [row, vectors[i * dimensions]]),
    [
      [1, 2],
      [3, 50],
    ],
  );
  assert.deepEqual(
    reader.document("a")!.chunks.map(({ id }) => id),
    ["a_0", "a_1"],
  );
  assert.deepEqual([...storedPassages(writer.db).keys()], [1, 3]);
});

test("a document that counts on a vector which is gone is left out and named", (t) => {
  const { writer, reader } = openBoth(t);
  const written = writer.write(
    batchOf([
      { id: "a", texts: ["alpha"], keep: ["alpha"] },
      { id: "b", texts: ["beta"] },
    ]),
  );
  assert.deepEqual(written.conflicts, ["a"]);
  assert.equal(reader.document("a"), undefined);
  assert.ok(reader.document("b"));
});

test("a removed document is gone from every list, and removing it again names it as missing", (t) => {
  const { writer, reader } = openBoth(t);
  writer.write(
    batchOf([
      { id: "a", texts: ["alpha"], metadata: { k: 1 } },
      { id: "b", texts: ["beta"] },
    ]),
  );
  const removed = writer.remove(["a", "nowhere", "a"]);
  assert.deepEqual(removed.removed, ["a"]);
  assert.deepEqual(removed.missing, ["nowhere"]);
  assert.deepEqual([...removed.rows], [0]);
  assert.equal(reader.document("a"), undefined);
  assert.deepEqual(rowsWith(writer.db, "alpha"), []);
  assert.deepEqual([...reader.rows(0, 1000).rows], [1]);
  assert.deepEqual([...reader.matching("", { kind: "exists", field: "k" })], []);
  assert.deepEqual(writer.remove(["a"]).missing, ["a"]);
});

test("rows are never given out twice", (t) => {
  const { writer } = openBoth(t);
  writer.write(batchOf([{ id: "a", texts: ["one", "two"] }]));
  writer.remove(["a"]);
  assert.equal(writer.write(batchOf([{ id: "b", texts: ["three"] }])).firstRow, 2);
});

test("vectors of another model version are refused, and nothing of the batch is written", (t) => {
  const { writer, reader } = openBoth(t);
  const batch = batchOf([{ id: "a", texts: ["alpha"] }], { modelVersion: "other@111111111111" });
  assert.throws(() => writer.write(batch), coded("MODEL_VERSION_MISMATCH"));
  assert.equal(reader.document("a"), undefined);
});

test("a batch that fails in the middle leaves no trace", (t) => {
  const { writer, reader } = openBoth(t);
  const batch = batchOf([
    { id: "a", texts: ["alpha"] },
    { id: "b", texts: ["beta"] },
  ]);
  batch.documents[1]!.title = null as unknown as string;
  assert.throws(() => writer.write(batch), /NOT NULL/);
  assert.deepEqual(reader.counts(), { documents: 0, chunks: 0, tokens: 0, characters: 0 });
  assert.deepEqual(rowsWith(writer.db, "alpha"), []);
});

test("records that left a file are removed when the file is complete", (t) => {
  const { writer, reader } = openBoth(t);
  const file = (documentIds: string[] | null) => ({
    files: [{ path: "/x/records.jsonl", sizeBytes: 10, modifiedAtMs: 1, contentHash: null, documentIds, job: null }],
  });
  const record = (id: string) => ({ id, texts: [id], file: "/x/records.jsonl" });
  writer.write(batchOf([record("r1"), record("r2"), { id: "other", texts: ["other"] }], file(["r1", "r2"])));
  const written = writer.write(batchOf([], file(["r2"])));
  assert.deepEqual([...written.removedRows], [0]);
  assert.deepEqual(
    reader.list({ tenant: "", offset: 0, limit: 10 }).documents.map(({ id }) => id),
    ["other", "r2"],
  );
  writer.write(batchOf([], file(null)));
  assert.ok(reader.document("r2"), "null means that the file's bytes are what they were");
  assert.deepEqual(writer.write(batchOf([], { gone: [{ path: "/x/records.jsonl", job: 1 }] })).removedWith, [1]);
  assert.equal(reader.document("r2"), undefined);
});

test("an empty library takes a new recipe, one with documents keeps its own", (t) => {
  const { writer } = openBoth(t);
  const other = { ...recipe, modelVersion: "other@111111111111" };
  const second = writer.generation(other);
  assert.equal(second.modelVersion, other.modelVersion);
  writer.write(batchOf([{ id: "a", texts: ["alpha"] }], { generation: second.id, modelVersion: other.modelVersion }));
  assert.equal(writer.generation(recipe).modelVersion, other.modelVersion);
});

test("a folder below an indexed one belongs to its source; an unrelated one with the same name gets a number", (t) => {
  const { writer } = openBoth(t);
  assert.deepEqual(writer.source("/home/a/notes"), { name: "notes", path: "/home/a/notes" });
  assert.deepEqual(writer.source("/home/a/notes/sub/deep"), { name: "notes", path: "/home/a/notes" });
  assert.deepEqual(writer.source("/home/b/notes"), { name: "notes-2", path: "/home/b/notes" });
  assert.deepEqual(writer.source("/home/b/notes"), { name: "notes-2", path: "/home/b/notes" });
});
