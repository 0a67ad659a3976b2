import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type LodestoneError, messageOf } from "../../src/errors.js";
import { makeSnapshot } from "../../src/lifecycle/snapshot.js";
import { listSnapshotFolders } from "../../src/lifecycle/snapshot-folder.js";
import { checkSnapshot } from "../../src/lifecycle/verify-snapshot.js";
import { copyDatabase, takeLock } from "../../src/store/index.js";
import { headerPath, payloadPath } from "../../src/vectors/graph-file.js";
import { coded } from "../end-to-end/temporary.js";
import { failingAt } from "../files/failing-files.js";
import { batchOf } from "../store/library-fixture.js";
import { context, smallLibrary, writeGraph } from "./small-library.js";

const NAME = "2026-01-02T03-04-05.678Z";
const verified = (path: string) => checkSnapshot(path, context());

test("a snapshot holds the database, whole index files, the models' manifests and what vouches for them", async (t) => {
  const { request, directory } = smallLibrary(t);
  const made = await makeSnapshot(request, context());
  assert.equal(made.name, NAME);
  assert.equal(made.path, join(directory, NAME));
  assert.deepEqual([made.documents, made.chunks, made.files], [2, 3, 4]);
  assert.deepEqual(made.left, []);
  const paths = readdirSync(made.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.deepEqual(paths.map(({ name }) => name).sort(), [
    "graph-0123456789abcdef.hnsw",
    "graph.lseg",
    "lodestone.db",
    "manifest.json",
    "snapshot.json",
  ]);
  const report = await verified(made.path);
  assert.deepEqual([report.ok, report.faults], [true, []]);
  assert.deepEqual(await listSnapshotFolders(directory), [{ state: "complete", ...report.snapshot }]);
});

test("with the models every file of theirs is there; one that differs from its hash stops it", async (t) => {
  const { request, model, directory } = smallLibrary(t);
  const made = await makeSnapshot({ ...request, withModels: true }, context());
  assert.equal(readFileSync(join(made.path, "models/tiny/onnx/model.onnx"), "utf8"), "weights");
  assert.deepEqual(made.models, [{ name: "tiny", version: "tiny@0", role: "bi-encoder", complete: true }]);
  writeFileSync(join(model.directory, "onnx/model.onnx"), "weighty");
  await assert.rejects(makeSnapshot({ ...request, withModels: true }, context()), coded("MODEL_ALTERED"));
  assert.deepEqual(readdirSync(directory).sort(), [NAME, "snapshots.lock"]);
});

test("what is written meanwhile is in none of it or all of it: the copy is of one moment", async (t) => {
  const { request, writer } = smallLibrary(t);
  let written = 0;
  const made = await makeSnapshot(
    request,
    context({
      copyDatabase: (library, to, options) =>
        copyDatabase(library, to, {
          ...options,
          onProgress(done, total) {
            options.onProgress(done, total);
            writer.write(batchOf([{ id: `late-${written++}`, texts: ["gamma"] }]));
          },
        }),
    }),
  );
  assert.ok(written > 0);
  assert.deepEqual([made.documents, made.chunks], [2, 3]);
  assert.equal((await verified(made.path)).ok, true);
  const next = await makeSnapshot(request, context());
  assert.equal(next.documents, 2 + written);
  assert.ok(next.name > made.name, "the names of two of one millisecond differ");
});

test("a damaged graph, and one whose payload is gone, are left out and named", async (t) => {
  const { request, library } = smallLibrary(t);
  writeGraph(join(library, "index", "2"), "another graph", "fedcba9876543210");
  writeFileSync(payloadPath(join(library, "index"), "0123456789abcdef"), "links of a grapH");
  const made = await makeSnapshot(request, context());
  assert.deepEqual(
    made.left.map(({ path }) => path),
    [headerPath(join(library, "index"))],
  );
  assert.deepEqual(readdirSync(join(made.path, "index")), ["2"]);
  assert.deepEqual(readdirSync(join(made.path, "index", "2")).sort(), ["graph-fedcba9876543210.hnsw", "graph.lseg"]);
  rmSync(payloadPath(join(library, "index", "2"), "fedcba9876543210"));
  assert.equal((await makeSnapshot(request, context())).left.length, 2);
});

test("whichever write, flush or rename fails, nothing half lists as a snapshot and the library is as it was", async (t) => {
  const { request, directory, library } = smallLibrary(t);
  const before = readFileSync(join(library, "lodestone.db"));
  let failures = 0;
  for (let succeeded = false; !succeeded; ) {
    const files = failingAt(failures, Object.assign(new Error("broken"), { code: "EIO" }));
    try {
      await makeSnapshot({ ...request, withModels: true }, context({ files }));
      succeeded = true;
    } catch (error) {
      failures++;
      const { code } = error as LodestoneError;
      assert.equal(code, "FILE_UNREADABLE", messageOf(error));
      // Only the last flush comes after the rename: the snapshot is there, and whole.
      const listed = await listSnapshotFolders(directory);
      assert.ok(listed.length === 0 || files.failed === "syncDirectory", `${files.failed} left ${listed[0]?.name}`);
      for (const { path } of listed) {
        assert.equal((await verified(path)).ok, true);
        rmSync(path, { recursive: true });
      }
    }
  }
  assert.ok(failures > 15, `${failures} operations`);
  assert.equal((await listSnapshotFolders(directory)).length, 1);
  assert.deepEqual(readFileSync(join(library, "lodestone.db")), before);
});

test("what a run that was killed left behind is no snapshot, and the next run clears it away", async (t) => {
  const { request, directory } = smallLibrary(t);
  const made = await makeSnapshot(request, context());
  const halfWritten = `${directory}/2026-01-01T00-00-00.000Z.partial`;
  cpSync(made.path, halfWritten, { recursive: true });
  mkdirSync(join(directory, "of-somebody.partial"));
  assert.deepEqual(
    (await listSnapshotFolders(directory)).map(({ name }) => name),
    [NAME],
  );
  await makeSnapshot(request, context());
  assert.equal(existsSync(halfWritten), false);
  assert.equal(existsSync(join(directory, "of-somebody.partial")), true);
});

test("an abort leaves nothing", async (t) => {
  const { request, directory } = smallLibrary(t);
  for (const stage of ["database", "models", "hashing"]) {
    const controller = new AbortController();
    const progress = (at: { stage: string }) => {
      if (at.stage === stage) controller.abort();
    };
    const making = makeSnapshot({ ...request, withModels: true }, context({ signal: controller.signal, progress }));
    await assert.rejects(making, coded("ABORTED"), stage);
    assert.deepEqual(readdirSync(directory), ["snapshots.lock"], stage);
  }
});

test("of two runs in one folder the second is refused", async (t) => {
  const { request, directory } = smallLibrary(t);
  mkdirSync(directory);
  const lock = takeLock(join(directory, "snapshots.lock"))!;
  await assert.rejects(makeSnapshot(request, context()), coded("SNAPSHOT_RUNNING"));
  lock.release();
  await makeSnapshot(request, context());
});

test("a folder with too little room is refused before anything is copied", async (t) => {
  const { request, directory } = smallLibrary(t);
  await assert.rejects(makeSnapshot(request, context({ freeBytes: async () => 1000 })), coded("DISK_FULL"));
  assert.deepEqual(readdirSync(directory), ["snapshots.lock"]);
});

test("a folder without a library is refused", async (t) => {
  const { request, folder } = smallLibrary(t);
  await assert.rejects(
    makeSnapshot({ ...request, library: join(folder, "nothing") }, context()),
    coded("LIBRARY_NOT_FOUND"),
  );
});
