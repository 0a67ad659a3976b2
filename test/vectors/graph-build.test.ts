import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type ErrorCode, LodestoneError } from "../../src/errors.js";
import type { FileOperations } from "../../src/files/index.js";
import { addonPackage, type GraphAddon, loadAddon } from "../../src/vectors/graph.js";
import { buildGraphFile, type GraphBuildProgress } from "../../src/vectors/graph-build.js";
import { measurePayload, payloadPath, verifyGraphFile } from "../../src/vectors/graph-file.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { failingAt } from "../files/failing-files.js";
import { randomFrom, rowsBelow, unitVectors } from "./random-vectors.js";

const dimensions = 24;
const rowCount = 400;
const model = { dimensions, modelVersion: "model@1" };
const loaded = await loadAddon(addonPackage);
const addonIsThere = loaded.state === "available" ? {} : { skip: `the graph addon is not installed: ${loaded.reason}` };

const rows = rowsBelow(rowCount);
const store = VectorStore.create(dimensions);
const slots = store.claim(rowCount);
const vectors = unitVectors(rowCount, dimensions, randomFrom(3));
for (const row of rows) store.write(slots[row]!, row, vectors, row);
store.bind(rows, slots);

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lodestone-graph-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

type Faults = {
  sequence?: number;
  signal?: AbortSignal;
  progress?: (value: GraphBuildProgress) => void;
  files?: FileOperations;
};

function build(directory: string, { sequence = 1, signal, progress = () => {}, files }: Faults = {}): Promise<void> {
  const { addon } = loaded as { addon: GraphAddon };
  return buildGraphFile(
    store,
    addon,
    { directory, modelVersion: model.modelVersion, sequence, rows, slots },
    { signal: signal ?? new AbortController().signal, progress, ...(files ? { files } : {}) },
  );
}

const withCode = (code: ErrorCode) => (error: unknown) => error instanceof LodestoneError && error.code === code;

test(
  "a finished build leaves a header and its payload, and says how far it was on the way",
  addonIsThere,
  async (t) => {
    const directory = await folder(t);
    const seen: GraphBuildProgress[] = [];
    await build(directory, { sequence: 17, progress: (value) => seen.push(value) });
    const header = await verifyGraphFile(directory, model);
    assert.deepEqual((await readdir(directory)).sort(), [`graph-${header.payloadId}.hnsw`, "graph.lseg"].sort());
    assert.equal(header.sequence, 17);
    assert.deepEqual(header.rows, rows);
    assert.deepEqual(seen.at(-1), { done: rowCount, total: rowCount });
  },
);

test(
  "whichever file operation of a build fails, a whole graph remains, the old one or the new",
  addonIsThere,
  async (t) => {
    const directory = await folder(t);
    await build(directory, { sequence: 1 });
    const failed: (string | undefined)[] = [];
    for (let succeeded = false; !succeeded; ) {
      const files = failingAt(failed.length, Object.assign(new Error("no space"), { code: "ENOSPC" }));
      try {
        await build(directory, { sequence: 2, files });
        succeeded = true;
      } catch (error) {
        assert.ok(withCode("DISK_FULL")(error), String(error));
        failed.push(files.failed);
        // The seventh is the flush of the folder after the header's rename.
        assert.equal((await verifyGraphFile(directory, model)).sequence, failed.length === 7 ? 2 : 1);
        assert.equal((await readdir(directory)).length, 2);
        await build(directory, { sequence: 1 });
      }
    }
    const writing = ["sync", "rename", "syncDirectory"];
    assert.deepEqual(failed, [...writing, "write", ...writing]);
    assert.equal((await verifyGraphFile(directory, model)).sequence, 2);
  },
);

test("what a killed build left behind is removed by the next one", addonIsThere, async (t) => {
  const directory = await folder(t);
  const kept = "notes.txt";
  for (const name of ["graph-0123456789abcdef.hnsw", "graph-00.hnsw.0a1b.tmp", "graph.lseg.0a1b.tmp", kept]) {
    await writeFile(join(directory, name), "left");
  }
  await build(directory);
  const header = await verifyGraphFile(directory, model);
  assert.deepEqual((await readdir(directory)).sort(), [`graph-${header.payloadId}.hnsw`, "graph.lseg", kept].sort());
});

test("an aborted build leaves nothing", addonIsThere, async (t) => {
  const directory = await folder(t);
  const abort = new AbortController();
  await assert.rejects(build(directory, { signal: abort.signal, progress: () => abort.abort() }), withCode("ABORTED"));
  assert.deepEqual(await readdir(directory), []);
});

test("a missing folder is said before the work begins", addonIsThere, async (t) => {
  const directory = join(await folder(t), "absent");
  let started = false;
  const progress = () => {
    started = true;
  };
  await assert.rejects(build(directory, { progress }), withCode("PATH_NOT_FOUND"));
  assert.equal(started, false);
});

test("a folder that vanishes during the build is said", addonIsThere, async (t) => {
  const directory = join(await folder(t), "graph");
  const made = spawnSync("mkdir", [directory]);
  assert.equal(made.status, 0);
  const progress = () => {
    spawnSync("rmdir", [directory]);
  };
  await assert.rejects(build(directory, { progress }), (error) => error instanceof LodestoneError);
});

test("a file that the addon cut off without a word is noticed, wherever it ends", addonIsThere, async (t) => {
  const directory = await folder(t);
  await build(directory, { sequence: 1 });
  const { payloadId, payloadBytes } = await verifyGraphFile(directory, model);
  const whole = await readFile(payloadPath(directory, payloadId));
  const cut = join(directory, "cut");
  const lengths = [0, 50, 95, 96, payloadBytes - 1, payloadBytes + 1];
  for (let length = 200; length < payloadBytes; length += 3001) lengths.push(length);
  for (const length of lengths) {
    await writeFile(cut, whole);
    await truncate(cut, length);
    await assert.rejects(measurePayload(cut, dimensions, rowCount), withCode("INDEX_DAMAGED"), `${length} bytes`);
  }
  await writeFile(cut, whole);
  assert.equal(await measurePayload(cut, dimensions, rowCount), payloadBytes);
  for (const [otherDimensions, otherRows] of [
    [dimensions, rowCount - 1],
    [dimensions - 1, rowCount],
  ] as const) {
    await assert.rejects(measurePayload(cut, otherDimensions, otherRows), withCode("INDEX_DAMAGED"));
  }
});

test("a build whose file was cut off keeps the graph before it", addonIsThere, async (t) => {
  const directory = await folder(t);
  await build(directory, { sequence: 1 });
  const { addon } = loaded as { addon: GraphAddon };
  class Forgetful extends addon.HierarchicalNSW {
    override async writeIndex(path: string): Promise<boolean> {
      await super.writeIndex(path);
      await truncate(path, 40_000);
      return true;
    }
  }
  const request = { directory, modelVersion: model.modelVersion, sequence: 2, rows, slots };
  const context = { signal: new AbortController().signal, progress: () => {} };
  await assert.rejects(
    buildGraphFile(store, { HierarchicalNSW: Forgetful }, request, context),
    withCode("INDEX_DAMAGED"),
  );
  assert.equal((await verifyGraphFile(directory, model)).sequence, 1);
  assert.equal((await readdir(directory)).length, 2);
});

/** A file system of 512 KiB, room for four graphs, or the reason why there is none. */
async function smallDisk(t: TestContext): Promise<{ directory: string } | { missing: string }> {
  const directory = await mkdtemp(join(tmpdir(), "lodestone-disk-"));
  const { status, stderr, error } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", directory], {
    encoding: "utf8",
  });
  t.after(async () => {
    if (status === 0) spawnSync("umount", [directory]);
    await rm(directory, { recursive: true });
  });
  return status === 0
    ? { directory }
    : { missing: `no small file system can be mounted here: ${error?.message ?? stderr.trim()}` };
}

const filler = (kibibytes: number) => new Uint8Array(kibibytes * 1024);

test("a disk too small is said before the work begins, with the numbers", addonIsThere, async (t) => {
  const disk = await smallDisk(t);
  if ("missing" in disk) return t.skip(disk.missing);
  await writeFile(join(disk.directory, "filler"), filler(440));
  const progress = () => assert.fail("the work began");
  await assert.rejects(build(disk.directory, { progress }), (error) => {
    assert.ok(withCode("DISK_FULL")(error), String(error));
    const { neededBytes, freeBytes } = (error as LodestoneError).detail as Record<string, number>;
    return neededBytes! > freeBytes!;
  });
});

test("a disk that fills up during the build is noticed, though the addon notices nothing", addonIsThere, async (t) => {
  const disk = await smallDisk(t);
  if ("missing" in disk) return t.skip(disk.missing);
  const { directory } = disk;
  await build(directory, { sequence: 1 });
  const path = join(directory, "filler");
  // 512 KiB less a graph of about 110 and this leaves some 50 for the next, in the middle of its vectors.
  const progress = () => writeFileSync(path, filler(350));
  await assert.rejects(build(directory, { sequence: 2, progress }), withCode("DISK_FULL"));
  assert.equal((await verifyGraphFile(directory, model)).sequence, 1);
  assert.equal((await readdir(directory)).length, 3);
  await rm(path);
  await build(directory, { sequence: 2 });
  assert.equal((await verifyGraphFile(directory, model)).sequence, 2);
});
