import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { prepareCompaction } from "../../src/store/compact-rows.js";
import { openReader, type Reader } from "../../src/store/reader.js";
import {
  checkpoint,
  countDirt,
  dropGenerationPart,
  freePages,
  retiredGenerations,
  shrinkFile,
} from "../../src/store/reclaim.js";
import { openWriter, type Writer } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { batchOf, dimensions, recipe } from "./library-fixture.js";

const vocabulary = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"];

function openBoth(t: TestContext, library = temporaryFolder()) {
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  const reader = openReader(library);
  t.after(() => reader.close());
  return { library, writer, reader };
}

/** Everything that a search gets to see. */
function seen(reader: Reader) {
  const rows: [row: number, key: number, vector: number[]][] = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    const slice = reader.rows(from, 3);
    slice.rows.forEach((row, i) => {
      const vector = [...slice.vectors.subarray(i * dimensions, (i + 1) * dimensions)];
      rows.push([row, slice.documentKeys[i]!, vector]);
    });
    from = slice.nextRow;
  }
  const texts = reader.chunks(Uint32Array.from(rows, ([row]) => row)).map(({ row, text }) => [row, text]);
  return { rows, texts };
}

/** One step of each kind, or until `steps` are done. Returns whether anything is left to do. */
function compactAll(writer: Writer, steps = Number.POSITIVE_INFINITY): { rows: number; done: boolean } {
  const compact = prepareCompaction(writer.db, 1);
  let rows = 0;
  let next: number | undefined = 0;
  for (let step = 0; next !== undefined; step++) {
    if (step === steps) return { rows, done: false };
    const from: number = next;
    const result = writer.db.transaction(() => compact(from)).immediate();
    rows += result.rows;
    next = result.nextRow;
  }
  return { rows, done: true };
}

test("dead rows leave their blocks; what is alive keeps number, document, vector and terms", (t) => {
  const { writer, reader } = openBoth(t);
  writer.write(batchOf(Array.from({ length: 30 }, (_, i) => ({ id: `d${i}`, texts: [`alpha text ${i}`, "beta"] }))));
  writer.remove(["d0", "d7", "d8", "d29"]);
  const before = seen(reader);
  assert.deepEqual(compactAll(writer), { rows: 8, done: true });
  assert.deepEqual(seen(reader), before);
  assert.deepEqual([...reader.deadRows().rows], []);
  assert.equal(reader.deadRows().forgotten, 8);
  assert.deepEqual(countDirt(writer.db), { dead: 0, live: 52 });
  assert.deepEqual(
    [...reader.liveRows()],
    before.rows.map(([row]) => row),
  );
  assert.deepEqual(compactAll(writer), { rows: 0, done: true }, "a second run finds nothing");
});

test("many small blocks become one, and a row that dies in it later is told again", (t) => {
  const { writer, reader } = openBoth(t);
  for (let i = 0; i < 20; i++) writer.write(batchOf([{ id: `d${i}`, texts: [`gamma ${i}`] }]));
  const before = seen(reader);
  compactAll(writer);
  assert.equal(writer.db.prepare("SELECT count(*) FROM row_blocks").pluck().get(), 1);
  assert.deepEqual(seen(reader), before);
  writer.remove(["d3"]);
  assert.deepEqual([...reader.deadRows().rows], [3]);
  writer.write(batchOf([{ id: "new", texts: ["gamma new"] }]));
  assert.deepEqual([...reader.rows(20, 100).rows], [20], "reading on begins in the middle of a block");
  compactAll(writer);
  assert.deepEqual(
    [...reader.liveRows()],
    Array.from({ length: 21 }, (_, i) => i).filter((row) => row !== 3),
  );
});

test("a library whose documents all went holds no block, and its rows are not given out again", (t) => {
  const { writer, reader } = openBoth(t);
  writer.write(batchOf([{ id: "a", texts: ["alpha", "beta"] }]));
  writer.remove(["a"]);
  compactAll(writer);
  assert.equal(writer.db.prepare("SELECT count(*) FROM row_blocks").pluck().get(), 0);
  assert.equal(writer.write(batchOf([{ id: "b", texts: ["alpha"] }])).firstRow, 2);
  assert.deepEqual([...reader.liveRows()], [2]);
});

test("a generation that was replaced goes in parts, and nothing else does", (t) => {
  const { writer, reader } = openBoth(t);
  writer.write(batchOf(Array.from({ length: 700 }, (_, i) => ({ id: `d${i}`, texts: [`alpha ${i}`] }))));
  writer.remove(["d1"]);
  // As a migration leaves it: the old generation's rows are still there.
  writer.db.exec("UPDATE generations SET state = 'retired'");
  const second = writer.generation({ ...recipe, maxTokens: 99 });
  assert.equal(second.id, 2);
  writer.write(batchOf([{ id: "new", texts: ["alpha beta"] }], { generation: 2 }));
  const before = seen(reader);
  assert.deepEqual(retiredGenerations(writer.db), [1]);
  let steps = 0;
  while (writer.db.transaction(() => dropGenerationPart(writer.db, 1)).immediate()) steps++;
  assert.ok(steps > 3, `${steps} steps`);
  assert.deepEqual(retiredGenerations(writer.db), []);
  assert.equal(writer.db.prepare("SELECT count(*) FROM chunks").pluck().get(), 1);
  assert.deepEqual(seen(reader), before);
  assert.deepEqual(writer.db.pragma("integrity_check"), [{ integrity_check: "ok" }]);
});

test("free pages go back to the system in steps", (t) => {
  const { writer } = openBoth(t);
  const text = "alpha ".repeat(4000);
  for (let i = 0; i < 10; i++) writer.write(batchOf([{ id: `d${i}`, texts: [`${text.repeat(4)} ${i}`] }]));
  const pages = () => writer.db.pragma("page_count", { simple: true }) as number;
  const before = pages();
  writer.remove(Array.from({ length: 10 }, (_, i) => `d${i}`));
  compactAll(writer);
  let free = freePages(writer.db);
  assert.ok(free > 20, `${free} free pages`);
  while (free > 0) {
    const left = shrinkFile(writer.db, 8);
    assert.ok(left < free);
    free = left;
  }
  checkpoint(writer.db);
  assert.ok(pages() < before / 2, `${pages()} of ${before} pages`);
});

test("whatever is put, removed, vacuumed in part and cut off, a search sees the same before and after", () => {
  const id = fc.integer({ min: 0, max: 14 }).map((n) => `d${n}`);
  const text = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 4 }).map((list) => list.join(" "));
  const action = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("put" as const), id, texts: fc.array(text, { maxLength: 4 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove" as const), ids: fc.array(id, { maxLength: 4 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("compact" as const), steps: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("shrink" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const) }) },
  );
  fc.assert(
    fc.property(fc.array(action, { minLength: 5, maxLength: 40 }), (actions) => {
      const folder = temporaryFolder();
      let library = join(folder, "0");
      let writer = openWriter(library);
      writer.generation(recipe);
      let reader = openReader(library);
      const model = new Map<string, string[]>();
      let copies = 0;
      for (const step of actions) {
        const before = seen(reader);
        switch (step.kind) {
          case "put": {
            const texts = [...new Set(step.texts)];
            writer.write(batchOf([{ id: step.id, texts }], {}, copies + step.texts.length));
            model.set(step.id, texts);
            break;
          }
          case "remove":
            writer.remove(step.ids);
            for (const id of step.ids) model.delete(id);
            break;
          case "compact":
            compactAll(writer, step.steps);
            assert.deepEqual(seen(reader), before);
            break;
          case "shrink":
            shrinkFile(writer.db, 2);
            checkpoint(writer.db);
            assert.deepEqual(seen(reader), before);
            break;
          case "kill": {
            // The files as they lie at this moment are what a killed process leaves.
            const copy = join(folder, String(++copies));
            cpSync(library, copy, { recursive: true });
            reader.close();
            writer.close();
            library = copy;
            writer = openWriter(library);
            reader = openReader(library);
            assert.deepEqual(seen(reader), before);
            break;
          }
          default:
            step satisfies never;
        }
      }
      const stored = new Map(
        reader
          .list({ tenant: "", offset: 0, limit: 100 })
          .documents.map(({ id }) => [id, [...reader.chunks(rowsOfDocument(reader, id))].map(({ text }) => text)]),
      );
      assert.deepEqual(new Map([...stored].sort()), new Map([...model].sort()));
      assert.deepEqual(
        [...reader.liveRows()],
        seen(reader).rows.map(([row]) => row),
      );
      reader.close();
      writer.close();
    }),
    { numRuns: 40 },
  );
});

function rowsOfDocument(reader: Reader, id: string): Uint32Array {
  const chunkIds = new Set(reader.document(id)!.chunks.map((chunk) => chunk.id));
  const records = reader.chunks(reader.liveRows()).filter((record) => chunkIds.has(record.id));
  return Uint32Array.from(records.sort((a, b) => a.index - b.index).map(({ row }) => row));
}
