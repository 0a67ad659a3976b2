import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/package-root.js";

/** The launcher in a package of its own, so that there is no build unless the test puts one there. */
function copiedLauncher(t: { after(done: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), "lodestone-launcher-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  copyFileSync(join(packageRoot, "bin", "lodestone.js"), join(folder, "bin", "lodestone.js"));
  const launch = (...nodeOptions: string[]) =>
    spawnSync(process.execPath, [...nodeOptions, join(folder, "bin", "lodestone.js"), "one", "two"], {
      encoding: "utf8",
    });
  return { folder, launch };
}

test("without a build the launcher names the command that makes one", (t) => {
  const { status, stdout, stderr } = copiedLauncher(t).launch();
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr, /^error: Lodestone is not built yet\. .*npm run build\n$/);
});

test("an old Node is told which one is needed", (t) => {
  const older = "Object.defineProperty(process.versions, 'node', { value: '20.18.3' })";
  const { status, stderr } = copiedLauncher(t).launch("--import", `data:text/javascript,${encodeURIComponent(older)}`);
  assert.equal(status, 1);
  assert.match(stderr, /^error: Lodestone needs Node 20\.19 or later; this is Node 20\.18\.3\. /);
});

test("with a build its command line runs with the words given", (t) => {
  const { folder, launch } = copiedLauncher(t);
  mkdirSync(join(folder, "dist/src/cli"), { recursive: true });
  writeFileSync(join(folder, "dist/src/cli/main.js"), "console.log(process.argv.slice(2).join())");
  const { status, stdout, stderr } = launch();
  assert.deepEqual([status, stdout, stderr], [0, "one,two\n", ""]);
});
