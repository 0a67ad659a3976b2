// The change of places between two generations while documents are written: what fails, and what comes at the same time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { reprepare } from "../../src/ingest/reprepare.js";
import { failingRows } from "../store/failing-rows.js";
import { wholeContent } from "../store/whole-content.js";
import { type MigrationBench, openMigrationBench } from "./migration-under-test.js";

const coded = (code: string) => (error: unknown) => error instanceof LodestoneError && error.code === code;
const isFilled = (bench: MigrationBench) => bench.events.length > 0 && bench.progress.lacking === 0;
const activeOf = ({ writer }: MigrationBench) =>
  writer.db.prepare("SELECT id FROM generations WHERE state = 'active'").pluck().get();

test("a change of places whose write fails changes nothing: the shadow is filled on, and the next one succeeds", async (t) => {
  const bench = await openMigrationBench(t);
  bench.put({ a: "The first.", b: "The second." });
  bench.start();
  await bench.until(() => isFilled(bench));
  const rows = failingRows(bench.writer.db);
  const held = wholeContent(bench.writer.db);
  let failures = 0;
  for (let done = false; !done; ) {
    rows.failAt(failures);
    try {
      await bench.work.verbs.swapGenerations({ reason: null });
      done = true;
    } catch (error) {
      failures++;
      assert.ok(coded("DISK_FULL")(error));
      assert.deepEqual(wholeContent(bench.writer.db), held);
      assert.equal(bench.work.context.generation.id, 1);
      assert.ok(!bench.events.some(({ kind }) => kind === "swapped"));
    }
  }
  assert.ok(failures > 3);
  rows.failAt(Number.POSITIVE_INFINITY);
  assert.deepEqual([bench.work.context.generation.id, activeOf(bench)], [2, 2]);
  bench.put({ c: "The third." });
  await bench.until(() => isFilled(bench) && bench.heldBy(1).length === 3);
  assert.deepEqual(bench.heldBy(2), ["a", "b", "c"]);
});

test("an end whose write fails leaves the migration as it is: the shadow is filled on, and the next one succeeds", async (t) => {
  const bench = await openMigrationBench(t);
  bench.put({ a: "The first." });
  bench.start();
  await bench.until(() => isFilled(bench));
  const rows = failingRows(bench.writer.db);
  const held = wholeContent(bench.writer.db);
  for (let row = 0; row < 3; row++) {
    rows.failAt(row);
    await assert.rejects(bench.work.verbs.finishMigration(null), coded("DISK_FULL"));
    assert.deepEqual(wholeContent(bench.writer.db), held);
  }
  rows.failAt(Number.POSITIVE_INFINITY);
  bench.put({ b: "The second." });
  await bench.until(() => isFilled(bench) && bench.heldBy(2).length === 2);
  await bench.work.verbs.finishMigration(null);
  assert.equal(bench.writer.shadow(), undefined);
});

test("an end that comes during a change of places comes after it, in whichever order they are asked for", async (t) => {
  for (const swapFirst of [true, false]) {
    const bench = await openMigrationBench(t);
    bench.put({ a: "The first.", b: "The second." });
    bench.start();
    await bench.until(() => isFilled(bench));
    // Not filled in at once: the change waits for it.
    bench.put({ c: "The third." });
    const { swapGenerations, finishMigration } = bench.work.verbs;
    const swap = () => swapGenerations({ reason: null });
    const calls = swapFirst ? [swap(), finishMigration(null)] : [finishMigration(null), swap()];
    const [first, second] = await Promise.allSettled(calls);
    assert.equal(first?.status, "fulfilled");
    assert.equal(second?.status, swapFirst ? "fulfilled" : "rejected");
    const active = swapFirst ? 2 : 1;
    assert.deepEqual([activeOf(bench), bench.work.context.generation.id], [active, active]);
    assert.equal(bench.writer.shadow(), undefined);
    await bench.work.context.embed(["What is active has an encoder."], { fresh: true, tenant: "" });
    bench.put({ d: "The fourth." });
    assert.deepEqual(bench.heldBy(active), ["a", "b", "c", "d"]);
  }
});

test("generations do not change places while nothing is brought into the other one", async (t) => {
  const bench = await openMigrationBench(t);
  const { swapGenerations, startMigration } = bench.work.verbs;
  await assert.rejects(swapGenerations({ reason: null }), coded("NO_MIGRATION"));
  startMigration({ model: bench.model, chunking: { maxTokens: 32, overlapTokens: 0 } });
  // It lacks nothing, for there is nothing.
  await assert.rejects(swapGenerations({ reason: null }), coded("MIGRATION_INCOMPLETE"));
  assert.deepEqual([activeOf(bench), bench.work.context.generation.id], [1, 1]);
});

test("documents that are prepared anew while generations change places go into the one that is active then", async (t) => {
  const bench = await openMigrationBench(t);
  bench.put({ a: "The first.", b: "The second." });
  bench.start();
  await bench.until(() => isFilled(bench));
  // As another version of the pipeline left them.
  bench.writer.db.exec(
    "UPDATE documents SET pipeline = 'older'; UPDATE chunks SET passage_hash = x'00' WHERE key >> 32 = 1",
  );
  const generations: number[] = [];
  let swapped: Promise<void> | undefined;
  bench.beforeEmbed = async () => {
    swapped ??= bench.work.verbs.swapGenerations({ reason: null });
    await swapped;
  };
  const { documents } = await reprepare(["a", "b"], {
    writer: bench.writer,
    context: () => bench.work.context,
    onWritten: () => generations.push(bench.work.context.generation.id),
    signal: new AbortController().signal,
  });
  assert.deepEqual([documents, generations], [2, [2]]);
  assert.equal(bench.writer.db.prepare("SELECT count(*) FROM documents WHERE pipeline = 'older'").pluck().get(), 0);
  bench.work.wake();
  await bench.until(() => isFilled(bench));
  for (const generation of [1, 2]) {
    assert.deepEqual(bench.heldBy(generation), ["a", "b"]);
    assert.equal(bench.reader(generation).liveRows().length, 2);
  }
});
