import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/package-root.js";
import { temporaryFolder } from "../temporary-folder.js";

/** The launcher in a package of its own, so that there is no build unless the test puts one there. */
function copiedLauncher() {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  copyFileSync(join(packageRoot, "bin", "lodestone.js"), join(folder, "bin", "lodestone.js"));
  const launch = (...nodeOptions: string[]) =>
    spawnSync(process.execPath, [...nodeOptions, join(folder, "bin", "lodestone.js"), "one", "two"], {
      encoding: "utf8",
    });
  return { folder, launch };
}

test("without a build the launcher names the command that makes one", () => {
  const { status, stdout, stderr } = copiedLauncher().launch();
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr, /^error: Lodestone is not built yet\. .*npm run build\n$/);
});

test("an old Node is told which one is needed", () => {
  const older = "Object.defineProperty(process.versions, 'node', { value: '20.18.3' })";
  const { status, stderr } = copiedLauncher().launch("--import", `data:text/javascript,${encodeURIComponent(older)}`);
  assert.equal(status, 1);
  assert.match(stderr, /^error: Lodestone needs Node 20\.19 or later; this is Node 20\.18\.3\. /);
});

test("with a build its command line runs with the words given", () => {
  const { folder, launch } = copiedLauncher();
  mkdirSync(join(folder, "dist/src/cli"), { recursive: true });
  writeFileSync(join(folder, "dist/src/cli/main.js"), "console.log(process.argv.slice(2).join())");
  const { status, stdout, stderr } = launch();
  assert.deepEqual([status, stdout, stderr], [0, "one,two\n", ""]);
});
