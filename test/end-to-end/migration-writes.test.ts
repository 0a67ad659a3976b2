import assert from "node:assert/strict";
import { test } from "node:test";
import { openTemporary } from "./temporary.js";

test("what was put is found at once, also by queries that the new index would answer; chunks are counted once", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null, migration: { load: 1, guardRails: false } });
  const text = "A note of lakes, hills and roads that is long enough for several chunks. ".repeat(12);
  await engine.put(Array.from({ length: 20 }, (_, i) => ({ id: `note-${i}`, text: `${text} Note ${i}.` })));
  const { library } = await engine.status();
  await engine.migration.start({ maxTokens: 64 });
  const isFilled = async () => (await engine.migration.status())?.documents.done === 20;
  while (!(await isFilled())) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual((await engine.status()).library.chunks, library.chunks);
  await engine.migration.split(100);
  for (let i = 0; i < 20; i++) {
    await engine.put([{ id: `new-${i}`, text: `The word zebra${i} is said here.` }]);
    const { hits } = await engine.search({ query: `zebra${i}`, mode: "lexical" });
    assert.equal(hits[0]?.id, `new-${i}`);
  }
  await engine.remove(["note-1"]);
  const { hits } = await engine.search({ query: "lakes", mode: "lexical", limit: 100 });
  assert.ok(hits.length > 0 && hits.every(({ id }) => id !== "note-1"));
});
