// A disk that is full after the n-th page, for n = 0, 1, 2 ... until there is room: the cut-over of a migration, what fills the shadow,
// and vacuum.

import assert from "node:assert/strict";
import { statfsSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { LodestoneError, messageOf } from "../../src/errors.js";
import { vacuum } from "../../src/lifecycle/vacuum.js";
import { openReader } from "../../src/store/reader.js";
import { checkpoint } from "../../src/store/reclaim.js";
import { openWriter, type Writer } from "../../src/store/writer.js";
import { batchFor, chunksOf, recipeOf, seenIn, shadowBatch } from "../store/migration-fixture.js";
import { wholeContent } from "../store/whole-content.js";
import { mountSmallDisk, type SmallDisk } from "./small-disk.js";

const documents = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`d${i}`, ["alpha", "beta", "gamma", "delta", "epsilon"].slice(0, 1 + (i % 5))]),
);
const ROOMY_KIBIBYTES = 32_000;

function openBench(t: TestContext): { library: string; writer: Writer; disk: SmallDisk } | undefined {
  const disk = mountSmallDisk(t, ROOMY_KIBIBYTES);
  if (!disk) return undefined;
  const writer = openWriter(disk.path);
  t.after(() => writer.close());
  writer.generation(recipeOf(1));
  writer.write(batchFor(1, documents));
  writer.migration.start(recipeOf(2), 1);
  return { library: disk.path, writer, disk };
}

const fill = ({ db, migration }: Writer) => migration.fill(shadowBatch(db, 2, documents));

/** Tries with room for one page more each time until `work` succeeds; how often it did not. */
async function pageByPage(
  { writer, disk }: { writer: Writer; disk: SmallDisk },
  work: () => unknown,
  onFailure: () => void,
): Promise<number> {
  for (let pages = 0; ; pages++) {
    // An empty log takes room for every page that is written.
    checkpoint(writer.db);
    const { blocks, bfree, bsize } = statfsSync(disk.path);
    disk.resize(((blocks - bfree) * bsize) / 1024 + pages * 4);
    try {
      await work();
      disk.resize(ROOMY_KIBIBYTES);
      return pages;
    } catch (error) {
      disk.resize(ROOMY_KIBIBYTES);
      assert.ok(error instanceof LodestoneError, messageOf(error));
      assert.equal(error.code, "DISK_FULL", error.message);
      onFailure();
    }
  }
}

const chunks = (generation: number) =>
  Object.fromEntries(Object.entries(documents).map(([id, text]) => [id, chunksOf(generation, text)]));

for (const [name, before, step, after] of [
  ["documents for the shadow", () => undefined, fill, [1, 2]],
  ["the change of places", fill, ({ migration }: Writer) => migration.swap(null), [1, 2]],
  ["the end of a migration", fill, ({ migration }: Writer) => migration.finish(2), [1]],
] as const) {
  test(`a disk that is full at any page of ${name}: a clear error, nothing changed, and done when there is room`, async (t) => {
    const bench = openBench(t);
    if (!bench) return;
    const { writer, library } = bench;
    before(writer);
    const held = wholeContent(writer.db);
    const failures = await pageByPage(
      bench,
      () => step(writer),
      () => assert.deepEqual(wholeContent(writer.db), held),
    );
    assert.ok(failures > 0);
    assert.notDeepEqual(wholeContent(writer.db), held);
    for (const generation of after) {
      const reader = openReader(library, generation);
      t.after(() => reader.close());
      assert.deepEqual(seenIn(reader, generation), chunks(generation));
    }
    assert.deepEqual(writer.db.pragma("integrity_check"), [{ integrity_check: "ok" }]);
  });
}

test("a disk that is full at any page of a vacuum: a clear error, no answer changed, and done when there is room", async (t) => {
  const bench = openBench(t);
  if (!bench) return;
  const { writer, library } = bench;
  fill(writer);
  writer.migration.swap(null);
  writer.migration.finish(2);
  writer.remove(Object.keys(documents).filter((_, i) => i % 3 === 0));
  const reader = openReader(library);
  t.after(() => reader.close());
  const seen = seenIn(reader, 2);
  const parts = { library, db: writer.db, cache: undefined, signal: new AbortController().signal };
  const run = () => vacuum({}, { ...parts, onProgress: () => undefined });
  const failures = await pageByPage(bench, run, () => assert.deepEqual(seenIn(reader, 2), seen));
  assert.ok(failures > 0);
  assert.deepEqual(seenIn(reader, 2), seen);
  const { rows, generations } = await run();
  assert.deepEqual([rows, generations], [0, 0]);
  assert.deepEqual(writer.db.pragma("integrity_check"), [{ integrity_check: "ok" }]);
});
