import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { diskOperations, writeFileAtomically } from "../../src/files/index.js";
import { failingAt } from "./failing-files.js";

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lodestone-write-"));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

const text = (content: string) => new TextEncoder().encode(content);

test("whichever operation fails, the file is the old one or the new one, whole, and nothing else is left", async (t) => {
  const directory = await folder(t);
  const path = join(directory, "file");
  await writeFile(path, "old");
  let failures = 0;
  for (let succeeded = false; !succeeded; ) {
    const files = failingAt(failures, Object.assign(new Error("broken"), { code: "EIO" }));
    try {
      await writeFileAtomically(path, (temporary) => files.write(temporary, text("new")), { files });
      succeeded = true;
    } catch (error) {
      failures++;
      assert.ok(error instanceof LodestoneError && error.code === "FILE_UNREADABLE");
      // Only the folder's flush comes after the rename.
      assert.equal(await readFile(path, "utf8"), files.failed === "syncDirectory" ? "new" : "old");
      assert.deepEqual(await readdir(directory), ["file"]);
      await writeFile(path, "old");
    }
  }
  assert.equal(failures, 4);
  assert.equal(await readFile(path, "utf8"), "new");
});

test("a full disk is named as such", async (t) => {
  const path = join(await folder(t), "file");
  const files = failingAt(0, Object.assign(new Error("no space"), { code: "ENOSPC" }));
  await assert.rejects(
    writeFileAtomically(path, (temporary) => files.write(temporary, text("new")), { files }),
    (error) => error instanceof LodestoneError && error.code === "DISK_FULL",
  );
});

test("a missing folder is named as such", async (t) => {
  const path = join(await folder(t), "absent", "file");
  await assert.rejects(
    writeFileAtomically(path, (temporary) => diskOperations.write(temporary, text("new"))),
    (error) => error instanceof LodestoneError && error.code === "PATH_NOT_FOUND",
  );
});

test("a file that its check refuses does not take its place", async (t) => {
  const path = join(await folder(t), "file");
  await writeFile(path, "old");
  const refusal = new LodestoneError("INDEX_DAMAGED", "not what was written");
  const write = writeFileAtomically(path, (temporary) => diskOperations.write(temporary, text("new")), {
    check: () => Promise.reject(refusal),
  });
  await assert.rejects(write, refusal);
  assert.equal(await readFile(path, "utf8"), "old");
});
