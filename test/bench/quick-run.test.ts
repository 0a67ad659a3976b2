// The bench as a person starts it, over few rows and without peers.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { load } from "cheerio";
import type { BenchResult } from "../../bench/vectors/result.js";
import { packageRoot } from "../../src/package-root.js";

const program = fileURLToPath(new URL("../../bench/vectors.js", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "lodestone-quick-"));
after(() => rm(folder, { recursive: true, force: true }));
const out = join(folder, "quick");

/** Where systems under test keep their files: gone after a run. */
async function workFolders(): Promise<string[]> {
  await mkdir(join(packageRoot, ".bench"), { recursive: true });
  return (await readdir(join(packageRoot, ".bench"))).filter((name) => name.startsWith("run-"));
}

function bench(...words: string[]) {
  return spawnSync(process.execPath, [program, ...words], { encoding: "utf8" });
}

test("a quick run writes figures, tables and report, and says nothing in between", async () => {
  const before = await workFolders();
  const { status, stdout, stderr } = bench("--quick", "--out", out);
  assert.deepEqual([status, stderr], [0, ""]);
  const result = JSON.parse(await readFile(`${out}.json`, "utf8")) as BenchResult;
  const [scenario] = result.scenarios;
  assert.equal(scenario?.vectors.rows, 2000);
  const plain = scenario?.systems.find(({ name }) => name === "lodestone");
  assert.ok(plain);
  for (const { recall } of plain.points.filter(({ setting }) => setting.family === "exact").map(({ held }) => held)) {
    assert.equal(recall, 1);
  }
  const searched = new Set(plain.points.map(({ searched }) => JSON.stringify(searched)));
  assert.equal(searched.size, 7, "all rows, five filters, deletes");
  assert.deepEqual(
    plain.throughput.map(({ clients }) => clients),
    [1, 8],
  );
  assert.ok(plain.build.memory.peakBytes > plain.build.memory.beforeBytes);
  assert.ok(plain.build.readyMs > 0 && plain.removal?.rows);
  assert.equal(stdout.includes(await readFile(`${out}.md`, "utf8")), true);
  const $ = load(await readFile(`${out}.html`, "utf8"));
  assert.equal($("h2").text(), "2,000 synthetic vectors of 64 dimensions");
  assert.deepEqual(await workFolders(), before);
});

test("figures of an earlier run make the same report, but none where the exact search was wrong", async () => {
  const again = join(folder, "again");
  assert.equal(bench("--from", `${out}.json`, "--out", again).status, 0);
  assert.equal(await readFile(`${again}.html`, "utf8"), await readFile(`${out}.html`, "utf8"));

  assert.equal(bench("--from", `${out}.json,${out}.json`, "--out", again).status, 0);
  assert.equal(load(await readFile(`${again}.html`, "utf8"))("h2").length, 2);

  const result = JSON.parse(await readFile(`${out}.json`, "utf8")) as BenchResult;
  const exact = result.scenarios[0]?.systems[0]?.points.find(({ setting }) => setting.family === "exact");
  assert.ok(exact);
  exact.held.recall = 0.99;
  await writeFile(join(folder, "wrong.json"), JSON.stringify(result));
  const refused = bench("--from", join(folder, "wrong.json"), "--out", join(folder, "wrong"));
  assert.deepEqual([refused.status, refused.stdout], [1, ""]);
  assert.match(refused.stderr, /our exact search and the independent scan differ/);
  assert.ok(!(await readdir(folder)).includes("wrong.html"));
});

test("help shows how to call it, and a wrong flag ends with status 2", () => {
  assert.match(bench("--help").stdout, /node dist\/bench\/vectors\.js --full/);
  const { status, stderr } = bench("--quik");
  assert.equal(status, 2);
  assert.match(stderr, /Did you mean --quick/);
});
