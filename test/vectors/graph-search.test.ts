import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type ErrorCode, LodestoneError } from "../../src/errors.js";
import { addonPackage, loadAddon } from "../../src/vectors/graph.js";
import { openVectorIndex, RowBitmap, type VectorIndex } from "../../src/vectors/index.js";
import { clusteredVectors, randomFrom, rowsBelow, vectorAt } from "./random-vectors.js";

const loaded = await loadAddon(addonPackage);
const addonIsThere = loaded.state === "available" ? {} : { skip: `the graph addon is not installed: ${loaded.reason}` };
const withCode = (code: ErrorCode) => (error: unknown) => error instanceof LodestoneError && error.code === code;

const dimensions = 32;
const modelVersion = "model@1";

async function open(t: TestContext, dimensions: number, addon?: string): Promise<VectorIndex> {
  const index = await openVectorIndex({ dimensions, ...(addon ? { graph: { addon } } : {}) });
  t.after(() => index.close());
  return index;
}

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lodestone-search-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function filled(t: TestContext, count: number): Promise<{ index: VectorIndex; vectors: Float32Array }> {
  const index = await open(t, dimensions);
  const vectors = clusteredVectors(count, dimensions, randomFrom(21));
  await index.add(rowsBelow(count), vectors);
  return { index, vectors };
}

/** Share of the exact scan's results that the graph finds too. */
async function recall(index: VectorIndex, queries: Float32Array, k: number, allow?: RowBitmap): Promise<number> {
  let found = 0;
  let wanted = 0;
  for (let i = 0; i < queries.length / dimensions; i++) {
    const query = vectorAt(queries, i, dimensions);
    const exact = await index.search(query, { k, allow, plan: "exact" });
    const graph = await index.search(query, { k, allow, plan: "graph" });
    assert.equal(exact.plan.kind, "exact");
    const scores = new Map(Array.from(exact.rows, (row, rank) => [row, exact.scores[rank]]));
    graph.rows.forEach((row, rank) => {
      if (!scores.has(row)) return;
      found++;
      // What both find has the same score, to the bit: the graph's candidates are rescored by the scan's kernel.
      assert.equal(graph.scores[rank], scores.get(row));
    });
    wanted += exact.rows.length;
  }
  return found / wanted;
}

test("a graph finds at least 95 % of the ten nearest, with the scores of the exact scan", addonIsThere, async (t) => {
  const { index } = await filled(t, 4000);
  await index.buildGraph({ directory: await folder(t), modelVersion, sequence: 1 });
  const queries = clusteredVectors(100, dimensions, randomFrom(22));
  assert.equal((await index.search(vectorAt(queries, 0, dimensions), { k: 10, plan: "graph" })).plan.kind, "graph");
  assert.ok((await recall(index, queries, 10)) >= 0.95);
  assert.ok((await recall(index, queries, 300)) >= 0.95);
});

test("a filter holds exactly and finds as much, at every selectivity", addonIsThere, async (t) => {
  const { index } = await filled(t, 4000);
  await index.buildGraph({ directory: await folder(t), modelVersion, sequence: 1 });
  const queries = clusteredVectors(40, dimensions, randomFrom(23));
  for (const every of [1, 2, 3, 5, 20, 1000]) {
    const allow = RowBitmap.of([...rowsBelow(4000)].filter((row) => row % every === 0));
    for (let i = 0; i < 40; i++) {
      const query = vectorAt(queries, i, dimensions);
      const { rows, plan } = await index.search(query, { k: 10, allow, plan: "graph" });
      assert.ok(rows.every((row) => row % every === 0));
      assert.equal(rows.length, Math.min(10, 4000 / every));
      if (every >= 5) assert.equal(plan.kind, "exact");
    }
    assert.ok((await recall(index, queries, 10, allow)) >= 0.99, `every ${every}`);
  }
});

test("rows added, replaced and removed after the build are as findable as in the scan", addonIsThere, async (t) => {
  const { index, vectors } = await filled(t, 2000);
  const directory = await folder(t);
  await index.buildGraph({ directory, modelVersion, sequence: 1 });
  const fresh = clusteredVectors(300, dimensions, randomFrom(24));
  // 0..99 are replaced, 100..199 removed, 2000..2199 are new.
  await index.add(rowsBelow(100), fresh.subarray(0, 100 * dimensions));
  await index.remove(rowsBelow(100).map((row) => row + 100));
  await index.add(
    rowsBelow(200).map((row) => row + 2000),
    fresh.subarray(100 * dimensions),
  );
  const check = async () => {
    for (const [row, vector] of [
      [7, vectorAt(fresh, 7, dimensions)],
      [2150, vectorAt(fresh, 250, dimensions)],
      [1000, vectorAt(vectors, 1000, dimensions)],
    ] as const) {
      const { rows, plan } = await index.search(vector, { k: 1, plan: "graph" });
      assert.equal(plan.kind, "graph");
      assert.deepEqual([...rows], [row]);
    }
    const removed = await index.search(vectorAt(vectors, 150, dimensions), { k: 2100, plan: "exact" });
    const walked = await index.search(vectorAt(vectors, 150, dimensions), { k: 50, plan: "graph" });
    for (const { rows } of [removed, walked]) assert.ok(rows.every((row) => row < 100 || row >= 200));
    const replaced = await index.search(vectorAt(vectors, 7, dimensions), { k: 1, plan: "graph" });
    assert.notEqual(replaced.rows[0], 7);
    const { graph } = await index.status();
    assert.ok(graph.state === "ready" && graph.rows === 2000 && graph.usable === 1800);
  };
  await check();
  // The same graph, loaded anew beside the changed rows, tells by itself which of its rows still hold.
  await index.loadGraph({ directory, modelVersion });
  await check();
});

test("searches go on while a graph is built and swapped in, and miss nothing", addonIsThere, async (t) => {
  const { index, vectors } = await filled(t, 3000);
  const directory = await folder(t);
  const seen: number[] = [];
  let building = true;
  const build = index
    .buildGraph({ directory, modelVersion, sequence: 1, onProgress: ({ done }) => seen.push(done) })
    .finally(() => {
      building = false;
    });
  const random = randomFrom(4);
  let searches = 0;
  while (building) {
    const row = Math.floor(random() * 3000);
    // A row comes and goes while the graph is made; its vector is the query's, so it must be first when it is there.
    const query = vectorAt(vectors, row, dimensions);
    await index.add(Uint32Array.of(5000), query);
    const during = await index.search(query, { k: 2 });
    assert.deepEqual(
      [...during.rows].sort((a, b) => a - b),
      [row, 5000],
    );
    await index.remove(Uint32Array.of(5000));
    const after = await index.search(query, { k: 1 });
    assert.deepEqual([...after.rows], [row]);
    searches++;
  }
  const status = await build;
  assert.equal(status.state, "ready");
  assert.ok(searches > 5);
  assert.equal(seen.at(-1), 3000);
  const walked = await index.search(vectorAt(vectors, 9, dimensions), { k: 1, plan: "graph" });
  assert.deepEqual([walked.rows[0], walked.plan.kind], [9, "graph"]);
});

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at]! ^= 1 << (at % 8);
  await writeFile(path, bytes);
}

const damages: [string, (path: string, bytes: number) => Promise<void>][] = [
  ["deleted", (path) => rm(path)],
  ["emptied", (path) => truncate(path, 0)],
  ["halved", (path, bytes) => truncate(path, Math.floor(bytes / 2))],
  ["zeroed", (path, bytes) => writeFile(path, new Uint8Array(bytes))],
  ["lengthened by a byte", (path) => writeFile(path, "x", { flag: "a" })],
  ...[0, 0.01, 0.3, 0.5, 0.7, 0.99, 0.9999].map((place): [string, (path: string, bytes: number) => Promise<void>] => [
    `with one bit flipped at ${place * 100} %`,
    (path, bytes) => flip(path, Math.floor(place * bytes)),
  ]),
];

test("a damaged graph is noticed, the scan goes on, and a rebuild mends it", addonIsThere, async (t) => {
  const { index, vectors } = await filled(t, 500);
  const directory = await folder(t);
  const query = vectorAt(vectors, 42, dimensions);
  const place = { directory, modelVersion };
  for (const kind of ["graph.lseg", ".hnsw"]) {
    for (const [what, damage] of damages) {
      await index.buildGraph({ ...place, sequence: 1 });
      const name = (await readdir(directory)).find((name) => name.endsWith(kind))!;
      const path = join(directory, name);
      await damage(path, (await readFile(path)).length);
      // Both in an index that had no graph and in one that goes on with the graph it has.
      const another = await openVectorIndex({ dimensions });
      await another.add(rowsBelow(500), vectors);
      for (const each of [index, another]) {
        await assert.rejects(each.loadGraph(place), withCode("INDEX_DAMAGED"), `${kind} ${what}`);
        assert.deepEqual([...(await each.search(query, { k: 1 })).rows], [42]);
      }
      assert.equal((await another.status()).graph.state, "none");
      await another.buildGraph({ ...place, sequence: 2 });
      assert.equal((await another.search(query, { k: 1, plan: "graph" })).plan.kind, "graph");
      await another.close();
    }
  }
  // The sixth of Lucene's kinds: untouched.
  assert.equal((await index.loadGraph(place)).state, "ready");
});

test("a graph of another model or dimension is refused by name", addonIsThere, async (t) => {
  const { index } = await filled(t, 100);
  const directory = await folder(t);
  await index.buildGraph({ directory, modelVersion, sequence: 1 });
  await assert.rejects(index.loadGraph({ directory, modelVersion: "model@2" }), (error) => {
    assert.ok(withCode("MODEL_VERSION_MISMATCH")(error));
    return /model@1.*model@2/.test((error as Error).message);
  });
  const narrow = await open(t, 8);
  await assert.rejects(narrow.loadGraph({ directory, modelVersion }), withCode("MODEL_VERSION_MISMATCH"));
});

test("a folder without a graph, or no folder, is told apart from damage", addonIsThere, async (t) => {
  const { index } = await filled(t, 10);
  const directory = await folder(t);
  await assert.rejects(index.loadGraph({ directory, modelVersion }), withCode("NOT_FOUND"));
  const absent = join(directory, "absent");
  await assert.rejects(index.loadGraph({ directory: absent, modelVersion }), withCode("NOT_FOUND"));
  await assert.rejects(index.buildGraph({ directory: absent, modelVersion, sequence: 0 }), withCode("PATH_NOT_FOUND"));
});

test("a build can be aborted, and the next one succeeds", addonIsThere, async (t) => {
  const { index } = await filled(t, 3000);
  const directory = await folder(t);
  const abort = new AbortController();
  const build = { directory, modelVersion, sequence: 1 };
  await assert.rejects(
    index.buildGraph({ ...build, signal: abort.signal, onProgress: () => abort.abort() }),
    withCode("ABORTED"),
  );
  assert.deepEqual(await readdir(directory), []);
  assert.equal((await index.status()).graph.state, "none");
  assert.equal((await index.buildGraph(build)).state, "ready");
});

test("two builds at once, an empty one and a false sequence are refused", addonIsThere, async (t) => {
  const directory = await folder(t);
  const build = { directory, modelVersion, sequence: 1 };
  const empty = await open(t, dimensions);
  await assert.rejects(empty.buildGraph(build), withCode("INVALID_INPUT"));
  const { index } = await filled(t, 1000);
  for (const sequence of [-1, 0.5, Number.NaN]) {
    await assert.rejects(index.buildGraph({ ...build, sequence }), withCode("INVALID_INPUT"));
  }
  const first = index.buildGraph(build);
  await assert.rejects(index.buildGraph(build), withCode("INVALID_INPUT"));
  await first;
});

test("closing stops a build", addonIsThere, async (t) => {
  const directory = await folder(t);
  const index = await openVectorIndex({ dimensions });
  await index.add(rowsBelow(3000), clusteredVectors(3000, dimensions, randomFrom(2)));
  const build = index.buildGraph({ directory, modelVersion, sequence: 1 });
  const ended = assert.rejects(build, LodestoneError);
  await index.close();
  await ended;
  assert.deepEqual(await readdir(directory), []);
});

test("without a graph, a search that insists on one fails and every other is exact and says why", async (t) => {
  for (const addon of ["a-package-that-is-not-installed", "node:path"]) {
    const index = await open(t, dimensions, addon);
    const vectors = clusteredVectors(50, dimensions, randomFrom(8));
    await index.add(rowsBelow(50), vectors);
    const query = vectorAt(vectors, 3, dimensions);
    const { rows, plan, reason } = await index.search(query, { k: 1 });
    assert.deepEqual([rows[0], plan], [3, { kind: "exact" }]);
    assert.ok(reason.includes(addon), reason);
    const directory = await folder(t);
    await assert.rejects(index.search(query, { k: 1, plan: "graph" }), withCode("GRAPH_UNAVAILABLE"));
    await assert.rejects(index.loadGraph({ directory, modelVersion }), withCode("GRAPH_UNAVAILABLE"));
    await assert.rejects(index.buildGraph({ directory, modelVersion, sequence: 1 }), withCode("GRAPH_UNAVAILABLE"));
    const { graph } = await index.status();
    assert.ok(graph.state === "unavailable" && graph.reason.includes(addon));
  }
});
