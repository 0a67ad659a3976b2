import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { LodestoneError, messageOf } from "../../src/errors.js";
import { restore } from "../../src/lifecycle/restore.js";
import { makeSnapshot } from "../../src/lifecycle/snapshot.js";
import { decodeManifest, encodeManifest } from "../../src/lifecycle/snapshot-manifest.js";
import { checkSnapshot } from "../../src/lifecycle/verify-snapshot.js";
import { formatVersion } from "../../src/store/index.js";
import { openReader } from "../../src/store/reader.js";
import { coded } from "../end-to-end/temporary.js";
import { failingAt } from "../files/failing-files.js";
import { damages } from "./damages.js";
import { context, smallLibrary } from "./small-library.js";

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();

test("each of six damages to each file of a snapshot is found, and a restore refuses it naming the file", async (t) => {
  const { request, folder } = smallLibrary(t);
  const { path } = await makeSnapshot({ ...request, withModels: true }, context());
  const files = filesBelow(path);
  assert.equal(files.length, 7);
  for (const file of files) {
    for (const [damage, inflict] of Object.entries(damages)) {
      const hurt = join(folder, "hurt");
      cpSync(path, hurt, { recursive: true });
      inflict(join(hurt, file));
      const library = join(folder, "restored");
      const report = await checkSnapshot(hurt, context());
      if (damage === "untouched") {
        assert.deepEqual([report.ok, report.faults], [true, []]);
        await restore({ snapshot: hurt, library }, context());
      } else {
        assert.equal(report.ok, false, `${file} ${damage}`);
        assert.equal(report.faults[0]?.file, file, `${file} ${damage}`);
        await assert.rejects(
          restore({ snapshot: hurt, library }, context()),
          (error) =>
            error instanceof LodestoneError &&
            // Without its manifest it is no snapshot at all.
            error.code === (file === "snapshot.json" && damage === "deleted" ? "NOT_FOUND" : "SNAPSHOT_DAMAGED") &&
            error.message.includes(file),
          `${file} ${damage}`,
        );
        assert.equal(existsSync(library), false, `${file} ${damage}`);
      }
      rmSync(hurt, { recursive: true });
      rmSync(library, { recursive: true, force: true });
    }
  }
});

test("a restored library holds what the snapshot's did: documents, vectors, graph and models", async (t) => {
  const { request, folder, library } = smallLibrary(t);
  const { path } = await makeSnapshot({ ...request, withModels: true }, context());
  const target = join(folder, "restored");
  mkdirSync(target);
  const restored = await restore({ snapshot: path, library: target }, context());
  assert.deepEqual([restored.library, restored.documents], [target, 2]);
  assert.deepEqual(filesBelow(target), [
    "index/graph-0123456789abcdef.hnsw",
    "index/graph.lseg",
    "lodestone.db",
    "models/tiny/config.json",
    "models/tiny/manifest.json",
    "models/tiny/onnx/model.onnx",
  ]);
  const [before, after] = [openReader(library), openReader(target)];
  t.after(() => [before, after].forEach((reader) => void reader.close()));
  assert.deepEqual(after.chunks(after.liveRows()), before.chunks(before.liveRows()));
  assert.deepEqual(after.rows(0, 100), before.rows(0, 100));
  assert.deepEqual(after.document("a"), before.document("a"));
});

test("a folder that holds anything is refused and left alone", async (t) => {
  const { request, folder, library } = smallLibrary(t);
  const { path } = await makeSnapshot(request, context());
  await assert.rejects(restore({ snapshot: path, library }, context()), coded("FOLDER_NOT_EMPTY"));
  const target = join(folder, "mine");
  mkdirSync(target);
  writeFileSync(join(target, "index"), "a file of mine");
  await assert.rejects(restore({ snapshot: path, library: target }, context()), coded("FOLDER_NOT_EMPTY"));
  assert.equal(readFileSync(join(target, "index"), "utf8"), "a file of mine");
});

test("a snapshot of a newer format, and one of a newer library, are refused with what to do", async (t) => {
  const { request, folder } = smallLibrary(t);
  const { path } = await makeSnapshot(request, context());
  const file = join(path, "snapshot.json");
  const text = readFileSync(file, "utf8");
  const manifest = decodeManifest(text, file);
  for (const newer of [
    text.replace('"format": 1', '"format": 2'),
    encodeManifest({ ...manifest, libraryFormat: formatVersion + 1 }),
  ]) {
    writeFileSync(file, newer);
    const target = join(folder, "restored");
    await assert.rejects(
      restore({ snapshot: path, library: target }, context()),
      (error) => error instanceof LodestoneError && error.code === "LIBRARY_TOO_NEW" && /Upgrade/.test(error.message),
    );
    const report = await checkSnapshot(path, context());
    assert.deepEqual([report.ok, existsSync(target)], [false, false]);
  }
});

test("a manifest that would lead out of the library's folder is refused", async (t) => {
  const { request } = smallLibrary(t);
  const { path } = await makeSnapshot(request, context());
  const file = join(path, "snapshot.json");
  const manifest = decodeManifest(readFileSync(file, "utf8"), file);
  const [first] = manifest.files;
  for (const bad of ["../evil", "index/../../evil", "/etc/passwd", "models\\..\\evil", "writer.pid"]) {
    assert.throws(() => encodeManifest({ ...manifest, files: [{ ...first!, path: bad }] }), bad);
  }
});

test("a database that is whole in itself but not the one that was saved is found", async (t) => {
  const { request } = smallLibrary(t);
  const { path } = await makeSnapshot(request, context());
  const file = join(path, "snapshot.json");
  const manifest = decodeManifest(readFileSync(file, "utf8"), file);
  writeFileSync(file, encodeManifest({ ...manifest, documents: 3 }));
  const report = await checkSnapshot(path, context());
  assert.deepEqual(
    report.faults.map((fault) => fault.file),
    ["lodestone.db"],
  );
});

test("a file that SQLite would take in beside the database is found", async (t) => {
  const { request, folder } = smallLibrary(t);
  const { path } = await makeSnapshot(request, context());
  writeFileSync(join(path, "lodestone.db-wal"), "");
  const { faults } = await checkSnapshot(path, context());
  assert.deepEqual(
    faults.map(({ file }) => file),
    ["lodestone.db-wal"],
  );
  await assert.rejects(
    restore({ snapshot: path, library: join(folder, "restored") }, context()),
    coded("SNAPSHOT_DAMAGED"),
  );
});

test("checking writes nothing into the snapshot", async (t) => {
  const { request } = smallLibrary(t);
  const { path } = await makeSnapshot(request, context());
  const before = filesBelow(path);
  await checkSnapshot(path, context());
  assert.deepEqual(filesBelow(path), before);
  const db = new Database(join(path, "lodestone.db"), { readonly: true });
  t.after(() => db.close());
  assert.equal(db.pragma("journal_mode", { simple: true }), "delete");
});

test("whichever write, flush or rename fails, the folder is no library, and the next restore succeeds", async (t) => {
  const { request, folder } = smallLibrary(t);
  const { path } = await makeSnapshot({ ...request, withModels: true }, context());
  let failures = 0;
  for (let succeeded = false; !succeeded; ) {
    const library = join(folder, `restored-${failures}`);
    const files = failingAt(failures, Object.assign(new Error("broken"), { code: "EIO" }));
    try {
      await restore({ snapshot: path, library }, context({ files }));
      succeeded = true;
    } catch (error) {
      failures++;
      assert.ok(error instanceof LodestoneError, messageOf(error));
      assert.equal(existsSync(join(library, "lodestone.db")), false, `after ${files.failed} failed`);
      await restore({ snapshot: path, library }, context());
    }
    openReader(library).close();
  }
  assert.ok(failures > 20, `${failures} operations`);
});

test("a restore that was killed half-way is begun anew", async (t) => {
  const { request, folder } = smallLibrary(t);
  const { path } = await makeSnapshot(request, context());
  const library = join(folder, "restored");
  mkdirSync(join(library, "index"), { recursive: true });
  writeFileSync(join(library, "restore-unfinished"), "");
  writeFileSync(join(library, "lodestone.db.tmp"), "half");
  writeFileSync(join(library, "index", "graph.lseg"), "half");
  await restore({ snapshot: path, library }, context());
  assert.deepEqual(readdirSync(library).sort(), ["index", "lodestone.db"]);
});

test("an abort leaves the folder empty", async (t) => {
  const { request, folder } = smallLibrary(t);
  const { path } = await makeSnapshot(request, context());
  const library = join(folder, "restored");
  const controller = new AbortController();
  const progress = ({ stage }: { stage: string }) => {
    if (stage === "copying") controller.abort();
  };
  await assert.rejects(
    restore({ snapshot: path, library }, context({ signal: controller.signal, progress })),
    coded("ABORTED"),
  );
  assert.deepEqual(readdirSync(library), []);
});
