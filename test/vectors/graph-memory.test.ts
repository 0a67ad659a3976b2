import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { availableMemory, graphMemoryBytes } from "../../src/vectors/available-memory.js";
import { addonPackage, type GraphAddon, loadAddon } from "../../src/vectors/graph.js";
import { buildGraphFile } from "../../src/vectors/graph-build.js";
import { GraphSearch } from "../../src/vectors/graph-search.js";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { randomFrom, rowsBelow, unitVectors } from "./random-vectors.js";

const loaded = await loadAddon(addonPackage);
const addonIsThere = loaded.state === "available" ? {} : { skip: `the graph addon is not installed: ${loaded.reason}` };

const dimensions = 16;
const count = 300;
const modelVersion = "model@1";
const needed = graphMemoryBytes(count, dimensions);

function filledStore(): { store: VectorStore; slots: Uint32Array } {
  const store = VectorStore.create(dimensions);
  const slots = store.claim(count);
  const vectors = unitVectors(count, dimensions, randomFrom(71));
  for (const row of rowsBelow(count)) store.write(slots[row]!, row, vectors, row);
  store.bind(rowsBelow(count), slots);
  return { store, slots };
}

async function build(t: TestContext, memoryBytes: () => number, progress: () => void = () => {}) {
  const directory = await mkdtemp(join(tmpdir(), "lodestone-memory-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const { store, slots } = filledStore();
  const { addon } = loaded as { addon: GraphAddon };
  const request = { directory, modelVersion, sequence: 1, rows: rowsBelow(count), slots };
  const built = buildGraphFile(store, addon, request, { signal: new AbortController().signal, progress, memoryBytes });
  return { directory, store, built };
}

const tooLittle = (work: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LodestoneError && error.code === "GRAPH_UNAVAILABLE", String(error));
  assert.match(error.message, work);
  assert.match(error.message, /300 rows needs about 2\.7 MiB of memory; 2\.7 MiB are available\. Free some/);
  assert.deepEqual(error.detail, { neededBytes: needed, availableBytes: needed - 1 });
  return true;
};

test("a build that does not fit into memory is refused with the numbers before it begins", addonIsThere, async (t) => {
  const { directory, built } = await build(
    t,
    () => needed - 1,
    () => assert.fail("the work began"),
  );
  await assert.rejects(built, tooLittle(/^Building/));
  assert.deepEqual(await readdir(directory), []);
});

test("a graph that just fits is built and loaded, one that does not is not loaded", addonIsThere, async (t) => {
  const { directory, store, built } = await build(t, () => needed);
  await built;
  const graph = new GraphSearch(store, await loadKernels(store.memory), loaded);
  const place = { directory, modelVersion };
  await assert.rejects(
    graph.load(place, undefined, () => needed - 1),
    tooLittle(/^Loading/),
  );
  assert.equal(graph.status().state, "none");
  await graph.load(place, undefined, () => needed);
  assert.equal(graph.status().state, "ready");
});

test("what is available is some of the machine's memory", () => {
  const bytes = availableMemory();
  assert.ok(bytes > 0 && bytes <= totalmem(), `${bytes}`);
});
