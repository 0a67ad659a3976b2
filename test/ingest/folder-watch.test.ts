import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, type watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { LodestoneError } from "../../src/errors.js";
import { FolderWatch } from "../../src/ingest/folder-watch.js";

function watched(t: TestContext, start?: typeof watch) {
  const root = mkdtempSync(join(tmpdir(), "lodestone-watch-"));
  const limits: LodestoneError[] = [];
  const seen = new Set<string>();
  let noted: () => void = () => undefined;
  const folders = new FolderWatch({
    onChange({ path }) {
      seen.add(path);
      noted();
    },
    onLimit: (error) => limits.push(error),
    ...(start === undefined ? {} : { watch: start }),
  });
  t.after(() => {
    folders.close();
    rmSync(root, { recursive: true, force: true });
  });
  /** Resolves once `path` was told of. */
  const told = async (path: string) => {
    while (!seen.has(path))
      await new Promise<void>((resolve) => {
        noted = resolve;
      });
    seen.clear();
  };
  return { root, folders, limits, told };
}

const failing = (code: string) =>
  (() => {
    throw Object.assign(new Error(`${code}: system limit`), { code });
  }) as unknown as typeof watch;

test("names that come, change and go in a folder are told; those below it are not", async (t) => {
  const { root, folders, told } = watched(t);
  mkdirSync(join(root, "sub"));
  folders.add(root);
  assert.equal(folders.size, 1);
  writeFileSync(join(root, "sub", "unseen.md"), "");
  for (const change of [
    () => writeFileSync(join(root, "a.md"), "1"),
    () => writeFileSync(join(root, "a.md"), "22"),
    () => rmSync(join(root, "a.md")),
  ]) {
    change();
    await told(join(root, "a.md"));
  }
});

test("a folder that took the place of another is watched anew; one that is removed is not any more", async (t) => {
  const { root, folders, told } = watched(t);
  const folder = join(root, "folder");
  mkdirSync(join(folder, "below"), { recursive: true });
  for (const path of [folder, join(folder, "below")]) folders.add(path);
  renameSync(folder, join(root, "old"));
  mkdirSync(folder);
  folders.add(folder);
  assert.equal(folders.size, 1);
  writeFileSync(join(folder, "b.md"), "");
  await told(join(folder, "b.md"));
  folders.remove(root);
  assert.equal(folders.size, 1, "a folder that is not watched has none below it");
  folders.remove(folder);
  assert.equal(folders.size, 0);
  folders.add(join(root, "not-there"));
  assert.equal(folders.size, 0);
});

test("where the system watches no more folders, the error says what to do", (t) => {
  for (const [code, setting] of [
    ["ENOSPC", "max_user_watches"],
    ["EMFILE", "max_user_instances"],
    ["EINVAL", "--poll"],
  ] as const) {
    const { root, folders, limits } = watched(t, failing(code));
    folders.add(root);
    assert.equal(limits[0]?.code, "WATCH_UNAVAILABLE");
    assert.ok(limits[0].message.includes(setting) && limits[0].message.includes("--poll"), limits[0].message);
  }
});

test("a folder that may not be read is left to the scan, which tells of it", (t) => {
  const { root, folders, limits } = watched(t, failing("EACCES"));
  folders.add(root);
  assert.deepEqual([folders.size, limits], [0, []]);
});
