import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { LodestoneError, openEngine } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { openTemporary } from "./temporary.js";

const topics = ["rivers", "mountains", "bread", "keys", "whales", "engines", "gardens", "clouds"];
const documents = Array.from({ length: 80 }, (_, i) => {
  const topic = topics[i % topics.length]!;
  return { id: `d${i}`, text: `Note ${i} is about ${topic}, and says that ${topic} were studied in year ${1900 + i}.` };
});

test("one library answers in every format and length, and goes back to floats unharmed", async () => {
  const library = join(temporaryFolder(), "library");
  const found: string[][] = [];
  const bytes: number[] = [];
  for (const vectors of [{}, { format: "float16" }, { format: "int8", truncate: 128 }, {}] as const) {
    const engine = await openEngine({ library, vectors });
    if (found.length === 0) await engine.put(documents);
    // Also what is written while the library is open in this format.
    if (found.length === 2) await engine.put([{ id: "new", text: "Porpoises and dolphins swim in the sea." }]);
    const status = await engine.status();
    assert.equal(status.generation.dimensions, 512);
    assert.deepEqual(
      [status.vectors.format, status.vectors.storedDimensions, status.vectors.rows],
      [
        "format" in vectors ? vectors.format : "float32",
        "truncate" in vectors ? vectors.truncate : 512,
        found.length < 2 ? 80 : 81,
      ],
    );
    bytes.push(status.vectors.bytes);
    const { hits, degraded } = await engine.search({ query: "the study of whales", mode: "dense", rerank: false });
    assert.deepEqual(degraded, []);
    found.push(hits.map(({ id }) => id));
    for (const { id } of hits.slice(0, 5)) assert.equal(Number(id.slice(1)) % topics.length, topics.indexOf("whales"));
    if (found.length > 2) {
      const { hits } = await engine.search({ query: "dolphins", mode: "dense", rerank: false });
      assert.equal(hits[0]?.id, "new");
    }
    await engine.close();
  }
  assert.deepEqual(found[1], found[0]);
  assert.deepEqual(found[3], found[0]);
  assert.ok(bytes[1]! < bytes[0]! * 0.51 && bytes[2]! < bytes[0]! * 0.07 && bytes[3] === bytes[0], `${bytes}`);
});

test("a truncation that the model was not trained for is refused with those that it was", async (t) => {
  const refused = (pattern: RegExp) => (error: unknown) =>
    error instanceof LodestoneError && error.code === "INVALID_INPUT" && pattern.test(error.message);
  const library = join(temporaryFolder(), "library");
  for (const truncate of [100, 513, 1024]) {
    await assert.rejects(
      openEngine({ library, vectors: { truncate } }),
      refused(/The 512 dimensions .* but to 256 or 128\./),
    );
  }
  await assert.rejects(openEngine({ library, vectors: { truncate: 0 } }), refused(/vectors\.truncate/));
  await assert.rejects(openEngine({ library, vectors: { format: "int4" as "int8" } }), refused(/vectors\.format/));
  // A library of short vectors cannot be made longer.
  const short = await openTemporary(t, { library, dimensions: 256 });
  await short.close();
  await assert.rejects(
    openEngine({ library, vectors: { truncate: 512 } }),
    refused(/The 256 dimensions .* to 512, but to 128\./),
  );
  const shorter = await openTemporary(t, { library, vectors: { truncate: 128 } });
  const { vectors } = await shorter.status();
  assert.deepEqual([vectors.dimensions, vectors.storedDimensions], [256, 128]);
});
