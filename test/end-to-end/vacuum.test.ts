import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Engine, VacuumProgress } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary } from "./temporary.js";

const subjects = ["lakes", "hills", "roads", "ships", "bread", "keys", "stars"];
const document = (n: number) => ({
  id: `d${n}`,
  title: `Title ${n}`,
  text: `Document ${n} speaks of ${subjects[n % 7]} and of ${subjects[(n * 3) % 7]}, ${"at some length, ".repeat(n % 9)}and ends.`,
});
const documents = (count: number) => Array.from({ length: count }, (_, n) => document(n));

async function answers(engine: Engine) {
  const requests = subjects.flatMap((query) =>
    (["hybrid", "lexical", "dense"] as const).map((mode) => ({ query, mode })),
  );
  return Promise.all(
    requests.map(async (request) => {
      const { hits } = await engine.search({ ...request, limit: 50 });
      return hits.map(({ score, chunk }) => `${chunk.id} ${score}`).join();
    }),
  );
}

test("a vacuum takes dead rows out and changes no answer, here, for readers beside it, and after reopening", async (t) => {
  const library = join(temporaryFolder(), "library");
  const engine = await openTemporary(t, { library, crossEncoder: null });
  for (let n = 0; n < 300; n += 20) await engine.put(documents(300).slice(n, n + 20));
  const reading = await openTemporary(t, { library, readOnly: true, crossEncoder: null });
  await answers(reading);
  await engine.remove(documents(300).flatMap(({ id }, n) => (n % 3 === 0 ? [id] : [])));
  const before = await answers(engine);
  assert.deepEqual((await engine.status()).vacuum, { running: false, deadRows: 100, deadShare: 1 / 3 });

  const phases = new Set<string>();
  const report = await engine.vacuum({ onProgress: ({ phase }: VacuumProgress) => phases.add(phase) });
  assert.equal(report.rows, 100);
  assert.deepEqual([report.blocks.before, report.generations, report.cacheEntries], [15, 0, 0]);
  assert.ok(report.bytesAfter < report.bytesBefore, `${report.bytesBefore} -> ${report.bytesAfter}`);
  assert.deepEqual([...phases], ["rows", "file", "words"]);
  assert.deepEqual((await engine.status()).vacuum, { running: false, deadRows: 0, deadShare: 0 });
  assert.deepEqual(await answers(engine), before);
  // This one never heard of the rows that died: they were forgotten before it looked.
  assert.deepEqual(await answers(reading), before);
  assert.equal((await reading.status()).vectors.rows, 200);
  await engine.put([document(1000)]);
  await answers(reading);
  assert.equal((await reading.status()).vectors.rows, 201);
  await engine.close();

  const again = await openTemporary(t, { library, crossEncoder: null });
  await again.remove(["d1000"]);
  assert.deepEqual(await answers(again), before);
  assert.equal((await again.vacuum()).rows, 1);
});

test("writes and searches go on during a vacuum", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put(documents(400));
  await engine.remove(documents(200).map(({ id }) => id));
  let putting: Promise<unknown> | undefined;
  await engine.vacuum({
    onProgress() {
      putting ??= engine.put([{ id: "late", text: "Lighthouses are tall." }]);
    },
  });
  await putting;
  assert.equal((await engine.search({ query: "lighthouses" })).hits[0]!.id, "late");
  assert.equal((await engine.list({ limit: 1 })).total, 201);
});

test("a vacuum that is stopped keeps what it has done, and the next one does the rest", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put(documents(300));
  await engine.remove(documents(300).flatMap(({ id }, n) => (n % 2 === 0 ? [id] : [])));
  const before = await answers(engine);
  const stop = new AbortController();
  await assert.rejects(engine.vacuum({ signal: stop.signal, onProgress: () => stop.abort() }), coded("ABORTED"));
  assert.deepEqual(await answers(engine), before);
  await engine.vacuum();
  assert.equal((await engine.status()).vacuum.deadRows, 0);
  assert.deepEqual(await answers(engine), before);
});

test("a library vacuums itself once enough of it is dead, unless it may not", async (t) => {
  for (const auto of [true, false]) {
    const engine = await openTemporary(t, { crossEncoder: null, vacuum: { auto, deadShare: 0.4 } });
    await engine.put(documents(1400));
    const ids = documents(1400).map(({ id }) => id);
    await engine.remove(ids.slice(0, 550));
    assert.equal((await engine.status()).vacuum.running, false, "a share of 0.39 is not enough");
    await engine.remove(ids.slice(550, 600));
    const started = (await engine.status()).vacuum;
    // Either it is at work or it has been: another one waits for it.
    await engine.vacuum();
    if (auto) assert.ok(started.running || started.deadRows === 0);
    else assert.deepEqual([started.running, started.deadRows], [false, 600]);
    assert.equal((await engine.status()).vacuum.deadRows, 0);
  }
});

test("embeddings of texts that are gone leave the cache on request, those of the others stay", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put(documents(60));
  await engine.remove(documents(60).flatMap(({ id }, n) => (n < 20 ? [id] : [])));
  assert.equal((await engine.vacuum()).cacheEntries, 0);
  assert.equal((await engine.vacuum({ cache: true })).cacheEntries, 20);
  assert.equal((await engine.cache.status()).entries, 40);
  assert.equal((await engine.put([document(5)])).embedded, 1);
  await engine.remove(["d40"]);
  assert.equal((await engine.put([document(40)])).embedded, 0);
});

test("the file gets smaller, and a read-only engine cannot make it so", async (t) => {
  const library = join(temporaryFolder(), "library");
  const engine = await openTemporary(t, { library, crossEncoder: null });
  await engine.put(documents(500));
  await engine.remove({ filter: { id: { exists: true } } });
  await engine.vacuum();
  const size = statSync(join(library, "lodestone.db")).size;
  assert.ok(size < 500_000, `${size} bytes`);
  const reading = await openTemporary(t, { library, readOnly: true, crossEncoder: null });
  await assert.rejects(reading.vacuum(), coded("LIBRARY_READ_ONLY"));
});
