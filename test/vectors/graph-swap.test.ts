import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { hashFile } from "../../src/files/index.js";
import { type AddonState, addonPackage, type GraphAddon, loadAddon } from "../../src/vectors/graph.js";
import { buildGraphFile } from "../../src/vectors/graph-build.js";
import { readCurrentGraph, verifyGraphFile } from "../../src/vectors/graph-file.js";
import { GraphSearch } from "../../src/vectors/graph-search.js";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { randomFrom, rowsBelow, unitVectors } from "./random-vectors.js";

const loaded = await loadAddon(addonPackage);
const addonIsThere = loaded.state === "available" ? {} : { skip: `the graph addon is not installed: ${loaded.reason}` };

const dimensions = 16;
const count = 300;
const model = { dimensions, modelVersion: "model@1" };
const isDamage = (error: unknown) => error instanceof LodestoneError && error.code === "INDEX_DAMAGED";

const store = VectorStore.create(dimensions);
const slots = store.claim(count);
const vectors = unitVectors(count, dimensions, randomFrom(81));
for (const row of rowsBelow(count)) store.write(slots[row]!, row, vectors, row);
store.bind(rowsBelow(count), slots);

/** What the process that writes the library does. */
function build(directory: string, sequence: number): Promise<void> {
  const { addon } = loaded as { addon: GraphAddon };
  const request = { directory, modelVersion: model.modelVersion, sequence, rows: rowsBelow(count), slots };
  return buildGraphFile(store, addon, request, { signal: new AbortController().signal, progress: () => {} });
}

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lodestone-swap-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await build(directory, 1);
  return directory;
}

test(
  "a graph that is replaced between its header and its payload is not taken for damaged",
  addonIsThere,
  async (t) => {
    const directory = await folder(t);
    let hashed = 0;
    const header = await readCurrentGraph(directory, () =>
      verifyGraphFile(directory, model, undefined, async (path) => {
        if (hashed++ === 0) await build(directory, 2);
        return hashFile(path);
      }),
    );
    assert.deepEqual([header.sequence, hashed], [2, 2]);
  },
);

test("nor is one that is replaced before the addon reads it: the new one is loaded", addonIsThere, async (t) => {
  const directory = await folder(t);
  const { addon } = loaded as { addon: GraphAddon };
  let reads = 0;
  class Late extends addon.HierarchicalNSW {
    override async readIndex(path: string): Promise<boolean> {
      if (reads++ === 0) await build(directory, 2);
      return super.readIndex(path);
    }
  }
  const state: AddonState = { state: "available", addon: { HierarchicalNSW: Late } };
  const graph = new GraphSearch(store, await loadKernels(store.memory), state);
  await graph.load({ directory, modelVersion: model.modelVersion });
  const status = graph.status();
  assert.ok(status.state === "ready" && status.sequence === 2 && status.usable === count);
  assert.equal(reads, 2);
});

test("a graph that is damaged and stays as it is is read once and reported", addonIsThere, async (t) => {
  const directory = await folder(t);
  const payload = (await readdir(directory)).find((name) => name.endsWith(".hnsw"))!;
  await writeFile(join(directory, payload), "x", { flag: "a" });
  let reads = 0;
  const read = () => {
    reads++;
    return verifyGraphFile(directory, model);
  };
  await assert.rejects(readCurrentGraph(directory, read), isDamage);
  assert.equal(reads, 1);
  await rm(join(directory, "graph.lseg"));
  await assert.rejects(readCurrentGraph(directory, read), isDamage);
  assert.equal(reads, 2);
});

test("one that is replaced again and again is given up after the second time", addonIsThere, async (t) => {
  const directory = await folder(t);
  let sequence = 1;
  const reading = readCurrentGraph(directory, () =>
    verifyGraphFile(directory, model, undefined, async (path) => {
      await build(directory, ++sequence);
      return hashFile(path);
    }),
  );
  await assert.rejects(reading, isDamage);
  assert.equal(sequence, 3);
});
