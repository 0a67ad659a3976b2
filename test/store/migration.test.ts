import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Database } from "better-sqlite3";
import fc from "fast-check";
import { LodestoneError } from "../../src/errors.js";
import { prepareCompaction } from "../../src/store/compact-rows.js";
import { databasePath } from "../../src/store/connection.js";
import { inspectDatabase } from "../../src/store/copy-database.js";
import { openReader, type Reader } from "../../src/store/reader.js";
import { countDirt, dropGenerationPart, retiredGenerations } from "../../src/store/reclaim.js";
import { openWriter, type Writer } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { batchFor, chunksOf, recipeOf, seenIn, shadowBatch, vocabulary } from "./migration-fixture.js";

const coded = (code: string) => (error: unknown) => error instanceof LodestoneError && error.code === code;
function openBoth(t: TestContext) {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipeOf(1));
  const reader = (generation?: number) => {
    const opened = openReader(library, generation);
    t.after(() => opened.close());
    return opened;
  };
  return { library, writer, reader };
}

test("a shadow takes documents in beside the active generation, and changes places with it once it holds all", (t) => {
  const { writer, reader } = openBoth(t);
  const { migration } = writer;
  const documents = { a: ["alpha", "beta", "gamma"], b: ["beta"] };
  writer.write(batchFor(1, documents));
  const { source, target } = migration.start(recipeOf(2), 10);
  assert.deepEqual([source, target, migration.lacking(10)], [1, 2, ["a", "b"]]);
  assert.equal(migration.fill(shadowBatch(writer.db, 2, { a: documents.a })).documentKeys.length, 3);
  assert.throws(() => migration.swap(null), coded("MIGRATION_INCOMPLETE"));
  assert.throws(() => migration.setShare(10, null), coded("MIGRATION_INCOMPLETE"));
  assert.deepEqual(seenIn(reader(1), 1), { a: chunksOf(1, documents.a), b: chunksOf(1, documents.b) });
  assert.deepEqual(seenIn(reader(2), 2), { a: chunksOf(2, documents.a) });
  migration.fill(shadowBatch(writer.db, 2, { b: documents.b }));
  migration.setShare(50, null);
  migration.swap("because");
  const state = reader().migration()!;
  assert.deepEqual([state.active, state.lacking, state.migration.share, state.migration.reason], [2, 0, 0, "because"]);
  assert.equal(reader().generation().id, 2);
  assert.deepEqual(reader().counts(), {
    documents: 2,
    chunks: 4,
    tokens: 12,
    characters: reader().counts().characters,
  });
  writer.write(batchFor(2, { b: ["delta"] }));
  assert.deepEqual(migration.lacking(10), ["b"]);
  assert.deepEqual(migration.finish(20).endedAtMs, 20);
  assert.equal(writer.shadow(), undefined);
  assert.throws(() => reader(1).rows(0, 10), coded("LIBRARY_NOT_FOUND"));
  assert.deepEqual(countDirt(writer.db), { dead: 1 + 3, live: 4 }, "rows of a retired generation are dead");
});

test("documents are brought in by how often they were found, those never found in the order they came", (t) => {
  const { writer } = openBoth(t);
  const ids = Array.from({ length: 6 }, (_, i) => `d${i}`);
  writer.write(batchFor(1, Object.fromEntries(ids.map((id) => [id, ["alpha"]]))));
  writer.migration.noteUses([
    { id: "d4", uses: 2 },
    { id: "d2", uses: 5 },
    { id: "nobody", uses: 9 },
  ]);
  writer.migration.noteUses([{ id: "d4", uses: 4 }]);
  writer.migration.start(recipeOf(2), 1);
  assert.deepEqual(writer.migration.lacking(4), ["d4", "d2", "d0", "d1"]);
});

test("vectors of one model never come into the index of another, whichever way they are brought", (t) => {
  const { writer, reader } = openBoth(t);
  writer.write(batchFor(1, { a: ["alpha"] }));
  writer.migration.start(recipeOf(2), 1);
  const modelOf = (generation: number) => recipeOf(generation).modelVersion;
  const refused = (work: () => unknown) => assert.throws(work, coded("MODEL_VERSION_MISMATCH"));
  const shadow = shadowBatch(writer.db, 2, { a: ["alpha"] });
  refused(() => writer.write({ ...batchFor(1, { b: ["beta"] }), modelVersion: modelOf(2) }));
  refused(() => writer.write({ ...batchFor(2, { b: ["beta"] }), modelVersion: modelOf(1) }));
  refused(() => writer.migration.fill({ ...shadow, modelVersion: modelOf(1) }));
  refused(() => writer.migration.fill({ ...shadow, generation: 1 }));
  refused(() => writer.migration.fill({ ...shadow, generation: 1, modelVersion: modelOf(1) }));
  refused(() => writer.migration.fill({ ...shadow, generation: 3 }));
  // New documents go into the active generation: through the shadow they would be in no answer.
  refused(() => writer.write(batchFor(2, { b: ["beta"] })));
  writer.migration.fill(shadow);
  writer.migration.swap(null);
  refused(() => writer.write(batchFor(1, { b: ["beta"] })));
  refused(() => writer.migration.fill(shadow));
  writer.migration.finish(2);
  refused(() => writer.write(batchFor(1, { b: ["beta"] })));
  assert.deepEqual(seenIn(reader(2), 2), { a: chunksOf(2, ["alpha"]) });
  assert.equal(reader().counts().documents, 1);
});

test("a generation's number is never given out again, also where a vacuum has dropped the last one", (t) => {
  const { writer } = openBoth(t);
  writer.write(batchFor(1, { a: ["alpha"] }));
  assert.equal(writer.migration.start(recipeOf(2), 1).target, 2);
  writer.migration.finish(2);
  while (dropGenerationPart(writer.db, 2));
  assert.deepEqual(retiredGenerations(writer.db), []);
  assert.equal(writer.migration.start(recipeOf(2), 3).target, 3);
});

test("a generation that is dropped in part leaves a database that is whole, and goes in the end", (t) => {
  const { library, writer } = openBoth(t);
  const ids = Array.from({ length: 700 }, (_, i) => `d${i}`);
  // Many small segments.
  for (let i = 0; i < 700; i += 50) {
    const some = ids.slice(i, i + 50).map((id) => [id, ["alpha", "beta", "gamma", "delta", "epsilon"]]);
    writer.write(batchFor(1, Object.fromEntries(some)));
  }
  const documents = Object.fromEntries(ids.map((id) => [id, ["alpha", "beta", "gamma", "delta", "epsilon"]]));
  writer.migration.start(recipeOf(2), 1);
  writer.migration.fill(shadowBatch(writer.db, 2, documents));
  writer.migration.swap(null);
  writer.migration.finish(2);
  let parts = 0;
  while (writer.db.transaction(() => dropGenerationPart(writer.db, 1)).immediate()) {
    parts++;
    // As a snapshot of this moment has it.
    const { faults } = inspectDatabase(databasePath(library));
    assert.deepEqual(faults, [], `after part ${parts}`);
  }
  assert.ok(parts > 5);
});

type Model = {
  documents: Map<string, readonly string[]>;
  active: number;
  last: number;
  shadow: { generation: number; held: Map<string, readonly string[]>; complete: Set<string> } | undefined;
  open: { source: number; target: number } | undefined;
  uses: Map<string, number>;
};

const id = fc.integer({ min: 0, max: 8 }).map((n) => `d${n}`);
const text = fc.array(fc.constantFrom(...vocabulary), { minLength: 0, maxLength: 5 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("put" as const), documents: fc.dictionary(id, text, { maxKeys: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove" as const), ids: fc.array(id, { maxLength: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("start" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("fill" as const),
      limit: fc.integer({ min: 1, max: 6 }),
      /** What happens between the making of the batch and its writing. */
      meanwhile: fc.option(fc.record({ id, text: fc.option(text) }), { freq: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("swap" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("share" as const), share: fc.constantFrom(0, 10, 50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("finish" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("use" as const), id, uses: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("vacuum" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);

function put(writer: Writer, model: Model, documents: Record<string, readonly string[]>): void {
  writer.write(batchFor(model.active, documents));
  for (const [id, text] of Object.entries(documents)) {
    model.documents.set(id, text);
    model.shadow?.complete.delete(id);
  }
}

function remove(writer: Writer, model: Model, ids: readonly string[]): void {
  writer.remove(ids);
  for (const id of ids) {
    model.documents.delete(id);
    model.uses.delete(id);
    model.shadow?.held.delete(id);
    model.shadow?.complete.delete(id);
  }
}

function fill(writer: Writer, model: Model, limit: number, meanwhile: { id: string; text: string[] | null } | null) {
  const ids = writer.migration.lacking(limit);
  if (!model.shadow) return;
  const { generation, held, complete } = model.shadow;
  const documents = Object.fromEntries(ids.map((id) => [id, model.documents.get(id)!]));
  const batch = shadowBatch(writer.db, generation, documents);
  if (meanwhile?.text) put(writer, model, { [meanwhile.id]: meanwhile.text });
  else if (meanwhile) remove(writer, model, [meanwhile.id]);
  writer.migration.fill(batch);
  for (const [id, text] of Object.entries(documents)) {
    if (model.documents.get(id)?.join() !== text.join()) continue;
    held.set(id, text);
    complete.add(id);
  }
}

function swap(writer: Writer, model: Model): void {
  const { shadow, open } = model;
  const isComplete = shadow?.complete.size === model.documents.size;
  if (!open || !shadow || !isComplete) {
    const code = open ? "MIGRATION_INCOMPLETE" : "NO_MIGRATION";
    assert.throws(() => writer.migration.swap(null), coded(code));
    return;
  }
  writer.migration.swap(null);
  const held = new Map(model.documents);
  model.shadow = { generation: model.active, held, complete: new Set(held.keys()) };
  model.active = shadow.generation;
}

/** Everything that must hold after every step. */
function check(db: Database, reader: (generation?: number) => Reader, model: Model): void {
  const { documents, shadow, active } = model;
  const states = db
    .prepare<[], { id: number; state: string }>(
      "SELECT id, state FROM generations WHERE state <> 'retired' ORDER BY state",
    )
    .all();
  const expected = [{ id: active, state: "active" }, ...(shadow ? [{ id: shadow.generation, state: "shadow" }] : [])];
  assert.deepEqual(states, expected);
  const sides = [{ generation: active, held: documents }, ...(shadow ? [shadow] : [])];
  for (const { generation, held } of sides) {
    const texts = [...held].filter(([, text]) => text.length > 0).map(([id, text]) => [id, chunksOf(generation, text)]);
    assert.deepEqual(seenIn(reader(generation), generation), Object.fromEntries(texts));
    const counts = db
      .prepare<[number], { live: number; chunks: number }>(
        `SELECT live_chunks AS live, (SELECT count(*) FROM chunks WHERE key >> 32 = generations.id) AS chunks
         FROM generations WHERE id = ?`,
      )
      .get(generation);
    const chunks = texts.flatMap(([, chunks]) => chunks).length;
    assert.deepEqual(counts, { live: chunks, chunks });
  }
  assert.equal(reader().counts().documents, documents.size);
  assert.equal(reader().counts().chunks, reader(active).liveRows().length);
  assert.deepEqual(db.pragma("foreign_key_check"), []);
  const state = reader().migration();
  if (!model.open || !shadow) {
    assert.ok(state === undefined || state.migration.endedAtMs !== null);
    return;
  }
  const lacking = documents.size - shadow.complete.size;
  assert.deepEqual([state?.lacking, state?.active, state?.documents], [lacking, active, documents.size]);
  assert.deepEqual([state?.migration.source, state?.migration.target], [model.open.source, model.open.target]);
}

test("whatever is written, filled, swapped and ended in whatever order, each generation holds its own and nothing of another", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 50 }), (steps) => {
      const library = temporaryFolder();
      let writer = openWriter(library);
      const model: Model = {
        ...{ documents: new Map(), active: 1, last: 1, shadow: undefined, open: undefined, uses: new Map() },
      };
      writer.generation(recipeOf(1));
      const readers = new Map<number | undefined, Reader>();
      const reader = (generation?: number) => {
        const found = readers.get(generation) ?? openReader(library, generation);
        readers.set(generation, found);
        return found;
      };
      try {
        for (const step of steps) {
          switch (step.kind) {
            case "put":
              put(writer, model, step.documents);
              break;
            case "remove":
              remove(writer, model, step.ids);
              break;
            case "start": {
              const start = () => writer.migration.start(recipeOf(model.last + 1), 1);
              if (model.open) {
                assert.throws(start, coded("MIGRATION_RUNNING"));
                break;
              }
              assert.throws(() => writer.migration.start(recipeOf(model.active), 1), coded("INVALID_INPUT"));
              model.open = start();
              model.last = model.open.target;
              model.shadow = { generation: model.last, held: new Map(), complete: new Set() };
              break;
            }
            case "fill":
              fill(writer, model, step.limit, step.meanwhile);
              break;
            case "swap":
              swap(writer, model);
              break;
            case "share": {
              const set = () => writer.migration.setShare(step.share as 0, null);
              if (!model.open) assert.throws(set, coded("NO_MIGRATION"));
              else if (step.share > 0 && model.shadow!.complete.size < model.documents.size) {
                assert.throws(set, coded("MIGRATION_INCOMPLETE"));
              } else set();
              break;
            }
            case "finish":
              if (model.open) writer.migration.finish(1);
              else assert.throws(() => writer.migration.finish(1), coded("NO_MIGRATION"));
              model.open = model.shadow = undefined;
              break;
            case "use":
              writer.migration.noteUses([step]);
              if (model.documents.has(step.id)) model.uses.set(step.id, (model.uses.get(step.id) ?? 0) + step.uses);
              break;
            case "vacuum": {
              for (const generation of retiredGenerations(writer.db)) {
                while (writer.db.transaction(() => dropGenerationPart(writer.db, generation)).immediate());
              }
              for (const generation of [model.active, ...(model.shadow ? [model.shadow.generation] : [])]) {
                const compact = prepareCompaction(writer.db, generation);
                for (let next: number | undefined = 0; next !== undefined; ) next = compact(next).nextRow;
              }
              assert.equal(countDirt(writer.db).dead, 0);
              break;
            }
            case "reopen":
              writer.close();
              writer = openWriter(library);
              assert.equal(writer.generation(recipeOf(model.active)).id, model.active);
              break;
            default:
              step satisfies never;
          }
          check(writer.db, reader, model);
          if (!model.shadow) continue;
          const { complete } = model.shadow;
          const missing = [...model.documents.keys()].filter((id) => !complete.has(id));
          const listed = writer.migration.lacking(100);
          assert.deepEqual([...listed].sort(), missing.sort());
          const uses = listed.map((id) => model.uses.get(id) ?? 0);
          assert.deepEqual(
            uses,
            uses.toSorted((a, b) => b - a),
            "the most used ones first",
          );
        }
      } finally {
        for (const opened of readers.values()) opened.close();
        writer.close();
      }
    }),
    { numRuns: 25 },
  );
});
