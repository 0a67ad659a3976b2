import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LodestoneError, messageOf } from "../../src/errors.js";
import { restore } from "../../src/lifecycle/restore.js";
import { makeSnapshot } from "../../src/lifecycle/snapshot.js";
import { listSnapshotFolders } from "../../src/lifecycle/snapshot-folder.js";
import { openReader } from "../../src/store/reader.js";
import { context, smallLibrary } from "../lifecycle/small-library.js";
import { batchOf } from "../store/library-fixture.js";
import { mountSmallDisk } from "./small-disk.js";

const isDiskFull = (error: unknown) => {
  assert.ok(error instanceof LodestoneError, messageOf(error));
  assert.equal(error.code, "DISK_FULL", error.message);
  assert.match(error.message, /[Ff]ree some/);
  return true;
};

// As if somebody else had taken the room after it was looked at.
const unaware = { freeBytes: async () => Number.POSITIVE_INFINITY };

function libraryOfMegabytes(t: Parameters<typeof smallLibrary>[0], folder?: string) {
  const small = smallLibrary(t, folder);
  const texts = Array.from({ length: 200 }, () => randomBytes(5000).toString("base64"));
  small.writer.write(batchOf([{ id: "large", texts }]));
  return small;
}

test("a disk that fills up at any stage of a snapshot: a clear error, no snapshot, and one with more room succeeds", async (t) => {
  const disk = mountSmallDisk(t, 64);
  if (!disk) return;
  const { request } = libraryOfMegabytes(t);
  const whole = await makeSnapshot(request, context());
  const directory = join(disk.path, "snapshots");
  const making = (parts = {}) => makeSnapshot({ ...request, directory, withModels: true }, context(parts));
  // Page by page the end of the room moves through the database's last pages, the graph, the model and the manifest.
  const databaseKibibytes = Math.floor(statSync(join(whole.path, "lodestone.db")).size / 1024);
  const sizes = [64, 500, ...Array.from({ length: 40 }, (_, i) => databaseKibibytes - 40 + i * 4)];
  let failures = 0;
  for (const kibibytes of sizes) {
    disk.resize(kibibytes);
    try {
      await making(unaware);
      break;
    } catch (error) {
      failures++;
      assert.ok(isDiskFull(error), `at ${kibibytes} KiB`);
      assert.deepEqual(await listSnapshotFolders(directory), []);
    }
  }
  assert.ok(failures > 15 && failures < sizes.length, `${failures} failures`);
  assert.equal((await listSnapshotFolders(directory)).length, 1);
  await assert.rejects(making(), isDiskFull);
});

test("a library on the disk that its snapshots fill up goes on", async (t) => {
  const disk = mountSmallDisk(t, 9_000);
  if (!disk) return;
  const { request, writer, library } = libraryOfMegabytes(t, disk.path);
  let made = 0;
  await assert.rejects(async () => {
    for (;;) {
      await makeSnapshot(request, context(unaware));
      made++;
    }
  }, isDiskFull);
  assert.equal((await listSnapshotFolders(request.directory)).length, made);
  disk.resize(20_000);
  writer.write(batchOf([{ id: "after", texts: ["there is room again"] }]));
  const reader = openReader(library);
  t.after(() => reader.close());
  assert.equal(reader.counts().documents, 4);
});

test("a restore onto a disk that is too small leaves it empty, and succeeds with more room", async (t) => {
  const disk = mountSmallDisk(t, 500);
  if (!disk) return;
  const { request } = libraryOfMegabytes(t);
  const { path } = await makeSnapshot(request, context());
  await assert.rejects(restore({ snapshot: path, library: disk.path }, context()), isDiskFull);
  disk.resize(20_000);
  await restore({ snapshot: path, library: disk.path }, context());
  openReader(disk.path).close();
});
