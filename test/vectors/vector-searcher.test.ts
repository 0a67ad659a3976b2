import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { addonPackage, loadAddon } from "../../src/vectors/graph.js";
import { buildGraphFile } from "../../src/vectors/graph-build.js";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { VectorSearcher } from "../../src/vectors/vector-searcher.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";

const loaded = await loadAddon(addonPackage);
const addonIsThere = loaded.state === "available" ? {} : { skip: `the graph addon is not installed: ${loaded.reason}` };

test("a slot that changes hands at any moment of a load is not taken for the graph's", addonIsThere, async (t) => {
  if (loaded.state !== "available") return;
  const directory = await mkdtemp(join(tmpdir(), "lodestone-searcher-"));
  t.after(() => rm(directory, { recursive: true }));
  // More rows than are compared in one slice of a load.
  const [dimensions, count, modelVersion] = [4, 9000, "model@1"];
  const store = VectorStore.create(dimensions);
  const vectors = unitVectors(count, dimensions, randomFrom(1));
  const rows = rowsBelow(count);
  const slots = store.claim(count);
  for (const row of rows) store.write(slots[row]!, row, vectors, row);
  const searcher = new VectorSearcher(store, await loadKernels(store.memory), loaded);
  searcher.commit({ chunks: [], rows, slots });
  const context = { signal: new AbortController().signal, progress: () => {} };
  await buildGraphFile(store, loaded.addon, { directory, modelVersion, sequence: 1, rows, slots }, context);

  let loading = true;
  const load = searcher.loadGraph({ directory, modelVersion }).finally(() => {
    loading = false;
  });
  // One after the other the first rows go, and others with new vectors come into their slots.
  const newcomers = unitVectors(count, dimensions, randomFrom(2));
  let came = 0;
  for (; loading; came++) {
    searcher.remove(Uint32Array.of(came));
    store.write(slots[came]!, 100_000 + came, newcomers, came);
    searcher.commit({ chunks: [], rows: Uint32Array.of(100_000 + came), slots: Uint32Array.of(slots[came]!) });
    await setImmediate();
  }
  await load;
  assert.ok(came > 1);
  for (let i = 0; i < came; i++) {
    const query = vectorAt(newcomers, i, dimensions);
    const { rows, plan } = searcher.search({ query, k: 1, plan: "graph" });
    assert.equal(plan.kind, "graph");
    assert.equal(rows[0], 100_000 + i);
  }
});
