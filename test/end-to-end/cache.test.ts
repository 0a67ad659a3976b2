import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary } from "./temporary.js";

const sentence = (n: number) =>
  `Passage number ${n} tells about ${["lakes", "hills", "roads", "ships"][n % 4]} at length.`;
const texts = Array.from({ length: 12 }, (_, n) => `${sentence(n)} ${sentence(n + 3)}`);
const documents = texts.map((text, n) => ({ id: `d${n}`, title: `Title ${n}`, text }));

test("what was embedded before is not embedded again, also in another library life, and gives the same answers", async (t) => {
  const library = join(temporaryFolder(), "library");
  const ask = async (engine: Awaited<ReturnType<typeof openTemporary>>) =>
    (await engine.search({ query: "hills and ships", mode: "dense", limit: 20 })).hits.map(({ id, score }) => [
      id,
      score,
    ]);
  const first = await openTemporary(t, { library, crossEncoder: null });
  assert.equal((await first.put(documents)).embedded, 12);
  const answers = await ask(first);
  await first.remove(documents.map(({ id }) => id));
  assert.equal((await first.put(documents)).embedded, 0);
  assert.deepEqual(await ask(first), answers);
  await first.remove(documents.map(({ id }) => id));
  await first.close();

  const second = await openTemporary(t, { library, crossEncoder: null });
  assert.equal((await second.put(documents)).embedded, 0);
  assert.deepEqual(await ask(second), answers);
  const { hits, misses, entries, saved } = await second.cache.status();
  assert.deepEqual([hits, misses, entries], [{ memory: 12, disk: 12 }, 12, 12]);
  assert.ok(saved.ms > 0 && saved.tokens > 100 && saved.bytes === 24 * 512 * 4);
});

test("the same content under many ids is embedded once", async (t) => {
  for (const cache of [{}, { off: true }]) {
    const engine = await openTemporary(t, { crossEncoder: null, cache });
    const copies = Array.from({ length: 5 }, (_, n) => ({ id: `copy ${n}`, title: "One title", text: texts[0]! }));
    const report = await engine.put(copies);
    assert.deepEqual([report.written, report.chunks, report.embedded], [5, 5, 1]);
  }
});

test("another chunking of the same texts embeds only passages that are new", async (t) => {
  const library = join(temporaryFolder(), "library");
  const long = Array.from({ length: 60 }, (_, n) => sentence(n)).join(" ");
  const first = await openTemporary(t, { library, crossEncoder: null, chunking: { maxTokens: 64, overlapTokens: 0 } });
  const { chunks } = await first.put([{ id: "long", title: "Long", text: long }]);
  assert.ok(chunks > 8);
  await first.remove(["long"]);
  await first.close();
  const second = await openTemporary(t, { library, crossEncoder: null, chunking: { maxTokens: 64, overlapTokens: 0 } });
  const appended = await second.put([{ id: "long", title: "Long", text: `${long} And one more sentence.` }]);
  assert.ok(appended.embedded <= 2 && appended.chunks >= chunks, `${appended.embedded} of ${appended.chunks}`);
});

test("forcing embeds everything again", async (t) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "note.md"), `# Note\n\n${texts[0]}\n`);
  const engine = await openTemporary(t, { crossEncoder: null });
  assert.equal((await engine.ingestPaths([folder])).embedded, 1);
  const forced = await engine.ingestPaths([folder], { force: true });
  assert.deepEqual([forced.embedded, forced.cached], [1, 0]);
});

test("a damaged cache costs a notice, and an empty one costs time only", async (t) => {
  const library = join(temporaryFolder(), "library");
  const first = await openTemporary(t, { library, crossEncoder: null });
  await first.put(documents);
  await first.close();
  writeFileSync(join(library, "cache.sqlite"), "no database at all ".repeat(1000));

  const notices: string[] = [];
  const second = await openTemporary(t, { library, crossEncoder: null, onNotice: (notice) => notices.push(notice) });
  assert.equal((await second.cache.status()).state, "unreadable");
  await second.remove(documents.map(({ id }) => id));
  assert.equal((await second.put(documents)).embedded, 12);
  assert.equal((await second.search({ query: "ships", limit: 1 })).hits.length, 1);
  assert.equal((await second.cache.clear()).removed, 12);
  assert.equal(notices.length, 1);
  assert.match(notices[0]!, /cache\.sqlite was damaged/);
  assert.equal((await second.cache.status()).entries, 0);
  assert.equal((await second.list()).total, 12, "documents keep their vectors");
});

test("a read-only engine tells of the cache and does not empty it; one without a cache makes none", async (t) => {
  const library = join(temporaryFolder(), "library");
  const without = await openTemporary(t, { library, crossEncoder: null, cache: { off: true } });
  await without.put(documents);
  assert.deepEqual([(await without.cache.status()).state, (await without.cache.status()).bytes], ["off", 0]);
  await without.close();
  const reading = await openTemporary(t, { library, readOnly: true, crossEncoder: null });
  assert.deepEqual((await reading.status()).cache, await reading.cache.status());
  await assert.rejects(reading.cache.clear(), coded("LIBRARY_READ_ONLY"));
});

test("queries that come again are counted as known", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put(documents);
  for (const query of ["lakes", "hills", "lakes"]) await engine.search({ query });
  const { hits, misses, remembered, hitRate, savedMs } = (await engine.cache.status()).queries;
  assert.deepEqual([hits, misses, remembered, hitRate], [1, 2, 2, 1 / 3]);
  assert.ok(savedMs > 0);
});
