import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type ErrorCode, LodestoneError } from "../../src/errors.js";
import { addonPackage, loadAddon } from "../../src/vectors/graph.js";
import { openVectorIndex, planRequests, RowBitmap, type VectorIndex } from "../../src/vectors/index.js";
import { clusteredVectors, randomFrom, rowsBelow, vectorAt } from "./random-vectors.js";

const loaded = await loadAddon(addonPackage);
const addonIsThere = loaded.state === "available" ? {} : { skip: `the graph addon is not installed: ${loaded.reason}` };
const withCode = (code: ErrorCode) => (error: unknown) => error instanceof LodestoneError && error.code === code;

const dimensions = 16;
const count = 2000;
const vectors = clusteredVectors(count, dimensions, randomFrom(91));
const query = vectorAt(vectors, 7, dimensions);
const scans = ["auto", "exact", "prefilter", "ivf"] as const;

async function open(t: TestContext, rows = count): Promise<VectorIndex> {
  const index = await openVectorIndex({ dimensions, codes: { minRows: 500, listsFromRows: 1000 } });
  t.after(() => index.close());
  if (rows > 0) await index.add(rowsBelow(rows), vectors.subarray(0, rows * dimensions));
  await index.settle();
  return index;
}

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lodestone-bad-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test("numbers out of their range are refused by every plan, with the range and what was given", async (t) => {
  const index = await open(t);
  const bad: [name: string, values: number[], message: RegExp][] = [
    ["k", [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60], /"k" is a whole number of at least 1, not/],
    ["ef", [0, -1, 1.5, Number.NaN], /"ef" is a whole number of at least 1, not/],
    ["probes", [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY], /"probes" is a whole number of at least 1, not/],
    ["oversampling", [0, 0.99, -3, Number.NaN, Number.POSITIVE_INFINITY], /"oversampling" is a number from 1 to /],
    ["recall", [0, 0.89, 1.01, -1, Number.NaN], /"recall" is a number from 0.9 to 1, not/],
  ];
  for (const plan of scans) {
    for (const [name, values, message] of bad) {
      for (const value of values) {
        const options = { k: 10, plan, [name]: value };
        const refused = (error: Error) => withCode("INVALID_INPUT")(error) && message.test(error.message);
        await assert.rejects(index.search(query, options), refused, `${name}: ${value}`);
        await assert.rejects(index.searchMany(vectors.slice(0, 3 * dimensions), options), refused);
      }
    }
  }
  assert.equal((await index.search(query, { k: 1 })).rows[0], 7);
});

test("a plan that nobody knows and a filter that is none are refused", async (t) => {
  const index = await open(t);
  await assert.rejects(
    index.search(query, { k: 1, plan: "hnsw" as "graph" }),
    /"plan" is auto, .*ivf, graph, not "hnsw"/,
  );
  for (const allow of [[1, 2], new Uint32Array(3), null, { words: new Uint32Array(3) }]) {
    const options = { k: 1, allow: allow as unknown as RowBitmap };
    await assert.rejects(index.search(query, options), withCode("INVALID_INPUT"));
  }
});

test("numbers as large as they may be answer with all there is", async (t) => {
  const index = await open(t);
  const most = { ef: Number.MAX_SAFE_INTEGER, probes: Number.MAX_SAFE_INTEGER, oversampling: 1e6 };
  for (const plan of scans) {
    for (const allow of [undefined, RowBitmap.of([3, 7, 1999, 2000, 123_456])]) {
      const all = await index.search(query, { k: Number.MAX_SAFE_INTEGER, plan, allow, ...most });
      assert.equal(all.rows.length, allow ? 3 : count);
      assert.equal(all.rows[0], 7);
      const { rows } = await index.search(query, { k: Number.MAX_SAFE_INTEGER, plan, allow });
      assert.deepEqual(rows, all.rows);
    }
  }
});

test("an empty index, and a filter that allows nothing, answer with nothing by every plan but a graph that is not there", async (t) => {
  const empty = await open(t, 0);
  const index = await open(t);
  await index.remove(rowsBelow(count).filter((row) => row >= 1500));
  const nothing = [new RowBitmap(), RowBitmap.of([1700]), RowBitmap.of([5_000_000])];
  for (const plan of planRequests) {
    const searches = [
      () => empty.search(query, { k: 10, plan }),
      () => empty.search(query, { k: 10, plan, allow: RowBitmap.below(9) }),
      ...nothing.map((allow) => () => index.search(query, { k: 10, plan, allow })),
    ];
    for (const search of searches) {
      if (plan === "graph") await assert.rejects(search, withCode("GRAPH_UNAVAILABLE"));
      else assert.equal((await search()).rows.length, 0);
    }
  }
  assert.deepEqual(await empty.searchMany(new Float32Array(0), { k: 1 }), []);
  assert.deepEqual(await empty.vectorsOf(new Uint32Array(0)), new Float32Array(0));
});

test("a filter that allows nothing is answered also where there is a graph", addonIsThere, async (t) => {
  const index = await open(t);
  await index.buildGraph({ directory: await folder(t), modelVersion: "m", sequence: 1 });
  for (const plan of planRequests) {
    assert.equal((await index.search(query, { k: 10, plan, allow: new RowBitmap() })).rows.length, 0);
    const { rows } = await index.search(query, { k: Number.MAX_SAFE_INTEGER, plan, ef: Number.MAX_SAFE_INTEGER });
    assert.equal(rows.length, count);
  }
});

/** A folder that nothing can be written to, also not by root; or the reason why there is none. */
async function readOnlyFolder(t: TestContext): Promise<{ directory: string } | { missing: string }> {
  const directory = await mkdtemp(join(tmpdir(), "lodestone-bad-"));
  const isRoot = process.getuid?.() === 0;
  const mount = ["-t", "tmpfs", "-o", "ro", "tmpfs", directory];
  const mounted = isRoot ? spawnSync("mount", mount, { encoding: "utf8" }) : undefined;
  if (!isRoot) await chmod(directory, 0o555);
  t.after(async () => {
    if (mounted?.status === 0) spawnSync("umount", [directory]);
    await rm(directory, { recursive: true });
  });
  const failed = mounted !== undefined && mounted.status !== 0;
  return failed ? { missing: `no read-only folder can be made here: ${mounted.stderr}` } : { directory };
}

test(
  "a folder that is read-only, a file or not there is said before a graph is built, and searches go on",
  addonIsThere,
  async (t) => {
    const index = await open(t);
    const build = (directory: string) =>
      index.buildGraph({
        directory,
        modelVersion: "m",
        sequence: 1,
        onProgress: () => assert.fail("the work began"),
      });
    const parent = await folder(t);
    await writeFile(join(parent, "file"), "kept");
    await mkdir(join(parent, "folder"));
    await assert.rejects(build(join(parent, "file")), (error: Error) => {
      return withCode("PATH_NOT_FOUND")(error) && /is a file; a folder is expected/.test(error.message);
    });
    await assert.rejects(build(join(parent, "absent")), (error: Error) => {
      return withCode("PATH_NOT_FOUND")(error) && /does not exist/.test(error.message);
    });
    assert.deepEqual((await readdir(parent)).sort(), ["file", "folder"]);
    assert.equal((await index.status()).graph.state, "none");
    assert.equal((await index.search(query, { k: 1 })).rows[0], 7);
    const readOnly = await readOnlyFolder(t);
    if ("missing" in readOnly) return t.diagnostic(readOnly.missing);
    await assert.rejects(build(readOnly.directory), (error: Error) => {
      return (
        withCode("FILE_UNREADABLE")(error) &&
        /cannot be written .*(EROFS|EACCES).*Make the folder writable/.test(error.message)
      );
    });
    assert.equal((await index.search(query, { k: 1 })).rows[0], 7);
  },
);
