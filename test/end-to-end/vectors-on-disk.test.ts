import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openEngine } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { flipBit } from "../vectors/damages.js";

const topics = ["rivers", "mountains", "bread", "keys", "whales", "engines", "gardens", "clouds"];
const documents = Array.from({ length: 80 }, (_, i) => {
  const topic = topics[i % topics.length]!;
  return { id: `d${i}`, text: `Note ${i} is about ${topic}, and says that ${topic} were studied in year ${1900 + i}.` };
});

test("a library with vectors on disk answers as one with vectors in memory, through changes, damage and reopening", async (t) => {
  const library = join(temporaryFolder(), "library");
  const notices: string[] = [];
  const open = async (onDisk: boolean, readOnly = false) => {
    const onNotice = (notice: string) => void notices.push(notice);
    const engine = await openEngine({ library, readOnly, vectors: { onDisk }, onNotice });
    t.after(() => engine.close());
    return engine;
  };
  const request = { query: "the study of whales", mode: "dense", rerank: false } as const;
  const answerOf = async (engine: Awaited<ReturnType<typeof open>>) => {
    const { hits, degraded } = await engine.search(request);
    assert.deepEqual(degraded, []);
    return hits.map(({ id, score }) => ({ id, score }));
  };

  const inMemory = await open(false);
  await inMemory.put(documents);
  const expected = await answerOf(inMemory);
  assert.equal((await inMemory.status()).vectors.onDisk, undefined);
  await inMemory.close();

  const first = await open(true);
  assert.deepEqual(await answerOf(first), expected);
  assert.match(notices.splice(0).join(), /no vectors file .* 80 vectors are written anew/);
  await first.put([{ id: "new", text: "Porpoises and dolphins swim in the sea." }]);
  await first.remove(["d4"]);
  const after = await answerOf(first);
  assert.ok(after.every(({ id }) => id !== "d4"));
  const { vectors } = await first.status();
  const path = join(library, "index", "generation-1", "vectors.lvec");
  assert.deepEqual([vectors.onDisk?.path, vectors.onDisk?.bytes], [path, statSync(path).size]);
  assert.equal(vectors.graph.state, "unavailable");
  await first.close();

  const again = await open(true);
  assert.deepEqual(await answerOf(again), after);
  assert.deepEqual(notices, []);
  await again.close();

  // A vector of a whale: the search for it comes upon the damage.
  flipBit(path, 4096 + 12 * 2048 + 100, 6);
  const second = await open(true);
  const reader = await open(true, true);
  for (const engine of [second, reader]) assert.deepEqual(await answerOf(engine), after);
  assert.equal(notices.length, 2, notices.join("\n"));
  for (const notice of notices) assert.match(notice, /vectors\.lvec is damaged: .* written anew/);
  await second.put([{ id: "more", text: "Whales sing, and the study of whales listens to the song." }]);
  for (const engine of [second, reader]) assert.equal((await answerOf(engine))[0]?.id, "more");
});
