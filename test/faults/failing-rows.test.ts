// The n-th row that is written fails, for n = 0, 1, 2 ... until all is written: over every step of a migration, what is written while
// one is under way, and vacuum.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { LodestoneError, messageOf } from "../../src/errors.js";
import { vacuum } from "../../src/lifecycle/vacuum.js";
import { openReader } from "../../src/store/reader.js";
import { openWriter, type Writer } from "../../src/store/writer.js";
import { type FailingRows, failingRows } from "../store/failing-rows.js";
import { batchFor, chunksOf, recipeOf, seenIn, shadowBatch } from "../store/migration-fixture.js";
import { wholeContent } from "../store/whole-content.js";
import { temporaryFolder } from "../temporary-folder.js";

const documents: Record<string, string[]> = {
  a: ["alpha", "beta", "gamma"],
  b: ["beta", "gamma"],
  c: ["delta", "alpha", "epsilon"],
};

type Bench = { library: string; writer: Writer; rows: FailingRows };

function openBench(t: TestContext): Bench {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipeOf(1));
  writer.write(batchFor(1, documents));
  return { library, writer, rows: failingRows(writer.db) };
}

const start = ({ writer }: Bench) => writer.migration.start(recipeOf(2), 1);
const fill = ({ writer }: Bench, held = documents) => writer.migration.fill(shadowBatch(writer.db, 2, held));

function assertDiskFull(error: unknown): void {
  assert.ok(error instanceof LodestoneError, messageOf(error));
  assert.equal(error.code, "DISK_FULL");
  assert.match(error.message, /Nothing was lost.*Free some space/);
}

/** Steps, each with what comes before it and what a reader sees of both generations after it. */
const steps: {
  name: string;
  before(bench: Bench): void;
  step(bench: Bench): void;
  after(bench: Bench): Record<number, Record<string, string[]>>;
}[] = [
  {
    name: "the start of a migration",
    before: () => undefined,
    step: start,
    after: () => ({ 1: documents, 2: {} }),
  },
  {
    name: "bringing documents into the shadow",
    before(bench) {
      start(bench);
      fill(bench, { a: ["alpha"], b: ["beta"] });
      bench.writer.write(batchFor(1, { b: ["epsilon"] }));
    },
    step: (bench) => fill(bench, { b: ["epsilon"], c: documents.c! }),
    after: () => ({ 1: { ...documents, b: ["epsilon"] }, 2: { a: ["alpha"], b: ["epsilon"], c: documents.c! } }),
  },
  {
    name: "a share of the queries",
    before(bench) {
      start(bench);
      fill(bench);
    },
    step: ({ writer }) => writer.migration.setShare(25, null),
    after: () => ({ 1: documents, 2: documents }),
  },
  {
    name: "the change of places",
    before(bench) {
      start(bench);
      fill(bench);
      bench.writer.migration.setShare(50, null);
    },
    step: ({ writer }) => writer.migration.swap("asked for"),
    after: () => ({ 1: documents, 2: documents }),
  },
  {
    name: "the way back",
    before(bench) {
      start(bench);
      fill(bench);
      bench.writer.migration.swap(null);
    },
    step: ({ writer }) => writer.migration.swap("worse"),
    after: () => ({ 1: documents, 2: documents }),
  },
  {
    name: "the end of a migration",
    before(bench) {
      start(bench);
      fill(bench);
      bench.writer.migration.swap(null);
    },
    step: ({ writer }) => void writer.migration.finish(2),
    after: () => ({ 2: documents }),
  },
  {
    name: "documents that are written beside a shadow",
    before(bench) {
      start(bench);
      fill(bench);
    },
    step: ({ writer }) => void writer.write(batchFor(1, { b: ["delta", "beta"], d: ["alpha"] })),
    after: () => ({ 1: { ...documents, b: ["delta", "beta"], d: ["alpha"] }, 2: documents }),
  },
  {
    name: "documents that are removed from both sides",
    before(bench) {
      start(bench);
      fill(bench);
    },
    step: ({ writer }) => void writer.remove(["a", "c"]),
    after: () => ({ 1: { b: documents.b! }, 2: { b: documents.b! } }),
  },
];

for (const { name, before, step, after } of steps) {
  test(`whichever row of it fails, nothing of ${name} is left, and the next try succeeds`, (t) => {
    const bench = openBench(t);
    before(bench);
    const { writer, rows, library } = bench;
    const held = wholeContent(writer.db);
    let failures = 0;
    for (let done = false; !done; ) {
      rows.failAt(failures);
      try {
        step(bench);
        done = true;
      } catch (error) {
        failures++;
        assertDiskFull(error);
        assert.deepEqual(wholeContent(writer.db), held, `after row ${failures}`);
      }
    }
    assert.ok(failures > 0 && rows.written === failures, `${failures} failures`);
    rows.failAt(Number.POSITIVE_INFINITY);
    for (const [generation, texts] of Object.entries(after(bench))) {
      const reader = openReader(library, Number(generation));
      t.after(() => reader.close());
      const chunks = Object.entries(texts).map(([id, text]) => [id, chunksOf(Number(generation), text)]);
      assert.deepEqual(seenIn(reader, Number(generation)), Object.fromEntries(chunks));
    }
    assert.deepEqual(writer.db.pragma("integrity_check"), [{ integrity_check: "ok" }]);
    assert.deepEqual(writer.db.pragma("foreign_key_check"), []);
  });
}

test("whichever row of it fails, a vacuum after a migration loses nothing, and the next one goes on", async (t) => {
  const bench = openBench(t);
  const { writer, rows, library } = bench;
  start(bench);
  for (const id of ["a", "b", "c"]) fill(bench, { [id]: documents[id]! });
  writer.migration.swap(null);
  writer.migration.finish(2);
  writer.write(batchFor(2, { b: ["delta"], d: ["alpha", "beta"] }));
  writer.remove(["c"]);
  const reader = openReader(library);
  t.after(() => reader.close());
  const seen = seenIn(reader, 2);
  const run = () =>
    vacuum(
      {},
      { library, db: writer.db, cache: undefined, signal: new AbortController().signal, onProgress: () => undefined },
    );
  let failures = 0;
  for (let done = false; !done; ) {
    rows.failAt(failures);
    try {
      await run();
      done = true;
    } catch (error) {
      failures++;
      assertDiskFull(error);
      assert.deepEqual(seenIn(reader, 2), seen, `after failure ${failures}`);
    }
  }
  assert.ok(failures > 5, `${failures} failures`);
  rows.failAt(Number.POSITIVE_INFINITY);
  const { generations, rows: forgotten } = await run();
  assert.deepEqual([generations, forgotten], [0, 0], "nothing is left to do");
  assert.deepEqual(seenIn(reader, 2), seen);
  assert.deepEqual(writer.db.prepare("SELECT id, state FROM generations").all(), [{ id: 2, state: "active" }]);
  assert.deepEqual(writer.db.pragma("integrity_check"), [{ integrity_check: "ok" }]);
});
