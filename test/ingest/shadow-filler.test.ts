// What the filling of a shadow does about models that fail, documents that change meanwhile, and ends in the middle.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMIT_MS, type MigrationBench, openMigrationBench } from "./migration-under-test.js";

const texts = (...names: string[]) => Object.fromEntries(names.map((name) => [name, `What ${name} says.`]));
const triesOf = ({ calls }: MigrationBench, word: string) =>
  calls.filter(({ texts }) => texts.some((text) => text.includes(word)));

/** Each generation's rows are its chunks, and each has its vector. */
function assertWhole(bench: MigrationBench, ...generations: number[]): void {
  for (const generation of generations) {
    const reader = bench.reader(generation);
    const { rows } = reader.rows(0, 10_000);
    assert.equal(reader.chunks(rows).length, rows.length);
    const chunks = bench.writer.db.prepare("SELECT count(*) FROM chunks WHERE key >> 32 = ?").pluck().get(generation);
    assert.equal(rows.length, chunks);
  }
}

for (const [what, does, message] of [
  ["throws", "throws", /the model threw/],
  ["not finite", "gives NaN", /gave NaN/],
  ["ends", "ends its thread", /stopped unexpectedly/],
] as const) {
  test(`a model that ${does} at one document: the others are brought in, it is named and tried again, later each time`, async (t) => {
    const bench = await openMigrationBench(t);
    bench.put({ ...texts("a", "b"), poison: `This one [${what}].`, ...texts("c", "d") });
    bench.start();
    await bench.until(() => bench.events.length > 0 && bench.progress.lacking === 1 && bench.progress.failing === 1);
    assert.deepEqual(bench.heldBy(2), ["a", "b", "c", "d"]);
    assert.match(bench.progress.error!, /^"poison": /);
    assert.match(bench.progress.error!, message);
    assertWhole(bench, 1, 2);
    for (const delayMs of [250, 500, 1000]) {
      const tries = triesOf(bench, what).length;
      const told = bench.events.length;
      bench.clock.turn(delayMs - 1);
      assert.equal(triesOf(bench, what).length, tries);
      bench.clock.turn(1);
      await bench.until(() => triesOf(bench, what).length === tries + 1 && bench.events.length > told + 1);
      assert.deepEqual(triesOf(bench, what).at(-1)!.texts.length, 1, "alone");
    }
    bench.put({ poison: "Mended." });
    await bench.turnUntil(() => bench.progress.lacking === 0);
    assert.deepEqual([bench.progress.failing, bench.progress.error], [0, null]);
    assert.deepEqual(bench.heldBy(2), ["a", "b", "c", "d", "poison"]);
    assertWhole(bench, 1, 2);
  });
}

test("a model that hangs at one document is stopped after its time, and the others are brought in", async (t) => {
  const bench = await openMigrationBench(t);
  bench.put({ ...texts("a", "b"), poison: "This one [hangs].", ...texts("c") });
  bench.start();
  const hung = () => triesOf(bench, "[hangs]").length;
  // All together, then each by itself.
  await bench.until(() => hung() === 1);
  bench.clock.turn(LIMIT_MS);
  await bench.until(() => hung() === 2);
  bench.clock.turn(LIMIT_MS);
  await bench.until(() => bench.progress.lacking === 1 && bench.progress.failing === 1);
  assert.deepEqual(bench.heldBy(2), ["a", "b", "c"]);
  assert.match(bench.progress.error!, /^"poison": The model took longer than/);
  // While it is at it once more, the active side is written all the same, and the end does not wait.
  bench.clock.turn(250);
  await bench.until(() => hung() === 3);
  bench.put(texts("d"));
  const startedMs = bench.clock.now();
  let isOver = false;
  const ended = bench.work.verbs.finishMigration(null).then(() => {
    isOver = true;
  });
  await bench.turnUntil(() => isOver);
  await ended;
  assert.ok(bench.clock.now() - startedMs < LIMIT_MS / 4);
  assertWhole(bench, 1);
});

test("a failing document that is removed is forgotten, and nothing is waited for on its behalf", async (t) => {
  const bench = await openMigrationBench(t);
  bench.put({ ...texts("a"), poison: "This one [throws]." });
  bench.start();
  await bench.until(() => bench.events.length > 0 && bench.progress.failing === 1 && bench.progress.lacking === 1);
  bench.remove("poison");
  await bench.turnUntil(() => bench.progress.failing === 0);
  assert.deepEqual([bench.progress.lacking, bench.progress.error], [0, null]);
  await bench.turnUntil(() => true);
  assert.equal(bench.clock.waiting, 0);
});

test("a model that cannot be opened is not tried for each document, and all come when it can be", async (t) => {
  const bench = await openMigrationBench(t);
  bench.beforeOpen = () => {
    throw new Error("no such file");
  };
  bench.put(texts(...Array.from({ length: 20 }, (_, i) => `d${i}`)));
  bench.start();
  await bench.until(() => bench.events.length > 0 && bench.progress.failing === 20);
  assert.match(bench.progress.error!, /no such file/);
  assert.equal(bench.opened, 1);
  bench.beforeOpen = () => undefined;
  await bench.turnUntil(() => bench.progress.lacking === 0);
  assert.equal(bench.progress.failing, 0);
});

test("a document that changes while it is embedded comes in as it is then, one that is removed does not", async (t) => {
  const bench = await openMigrationBench(t);
  bench.put(texts("a", "b", "c"));
  let calls = 0;
  bench.beforeEmbed = () => {
    if (calls++ > 0) return;
    bench.put({ b: "Something else altogether." });
    bench.remove("c");
  };
  bench.start();
  await bench.until(() => bench.events.length > 0 && bench.progress.lacking === 0);
  assert.deepEqual(bench.heldBy(2), ["a", "b"]);
  const reader = bench.reader(2);
  assert.deepEqual(
    reader.chunks(reader.liveRows()).map(({ text }) => text),
    ["What a says.", "Something else altogether."],
  );
  assertWhole(bench, 1, 2);
});

test("what is stopped in the middle goes on later with what is lacking, and nothing is embedded again", async (t) => {
  const bench = await openMigrationBench(t);
  bench.put(texts(...Array.from({ length: 100 }, (_, i) => `d${i}`)));
  let release: () => void = () => undefined;
  bench.beforeEmbed = () => {
    if (bench.calls.length === 2) return new Promise<void>((resolve) => (release = resolve));
  };
  bench.start();
  await bench.until(() => bench.calls.length === 2);
  const held = bench.heldBy(2);
  assert.equal(held.length, 32);
  const stopped = bench.stop();
  release();
  await stopped;
  const again = await openMigrationBench(t, { library: bench.library });
  assert.deepEqual(again.heldBy(2), held, "what the model was at when it was stopped is not written");
  again.work.verbs.fillShadow({ model: again.model, load: 1 });
  await again.until(() => again.events.length > 0 && again.progress.lacking === 0);
  assert.equal(again.heldBy(2).length, 100);
  const embedded = again.calls.flatMap(({ texts }) => texts);
  assert.equal(embedded.length, 68);
  assertWhole(again, 1, 2);
});

test("between two batches it leaves the time to others, but not where somebody waits for it", async (t) => {
  const bench = await openMigrationBench(t);
  bench.put(texts(...Array.from({ length: 100 }, (_, i) => `d${i}`)));
  bench.start({ load: 0.001 });
  await bench.until(() => bench.events.length > 0 && bench.progress.ms > 0);
  while (bench.clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(bench.progress.lacking, 68, "the clock stands");
  await bench.work.verbs.swapGenerations({ reason: null });
  assert.equal(bench.work.context.generation.id, 2);
  assert.equal(bench.heldBy(2).length, 100);
});
