import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { load } from "cheerio";
import type { AblationReport } from "../../../src/cli/evaluation/ablation.js";
import type { SweepReport } from "../../../src/cli/evaluation/sweep-report.js";
import { writeCollection } from "../collections.js";
import { openWorkplace } from "../run-cli.js";

const place = openWorkplace();
const { run, folder } = place;
after(place.remove);
writeCollection(place, "air");
writeCollection(place, "sea");

test("a sweep measures every point beside the settings as they are, says which is best, and plots them", async () => {
  const words = ["eval", "sweep", "air", "--library", "kept"];
  const axes = ["--over", "fusion.lexicalWeight=0.2..0.6:0.2", "--over", "vectors.format=float32,int8"];
  const { code, stdout, stderr } = await run([...words, ...axes, "--report", "sweep.html", "--json"]);
  assert.equal(code, 0, stderr);
  const { default: asItIs, points, best, measure } = JSON.parse(stdout) as SweepReport;
  assert.deepEqual([measure, asItIs.stage, asItIs.comparison, points.length], ["ndcg@10", "as it is", null, 6]);
  assert.deepEqual(points[3]?.settings, { "fusion.lexicalWeight": 0.4, "vectors.format": "int8" });
  assert.equal(points[3]?.comparison?.baseline, "as it is");
  assert.deepEqual(best.settings, points[0]?.settings, "of equal ones the first");
  const page = load(readFileSync(join(folder, "sweep.html"), "utf8"));
  assert.deepEqual(
    page("h3")
      .get()
      .map((heading) => page(heading).text()),
    ["fusion.lexicalWeight", "All points, the best first", "All points"],
  );
  assert.equal(page("svg.plot.wide .mark").length, 8, "two curves of three points, and the settings as they are");
});

test("each chunk size has a library of its own", async () => {
  const words = ["eval", "sweep", "air", "--library", "built", "--over", "chunking.maxTokens=16,64"];
  const { code, stdout, stderr } = await run(words);
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /\n {2}as it is .*\n {2}chunking\.maxTokens=16 .*\n {2}chunking\.maxTokens=64 .*\n\nbest: chunking/,
  );
  for (const build of ["build-0", "build-1", "build-2"]) {
    assert.ok(existsSync(join(folder, "built", build, "air", "lodestone.db")), build);
  }
});

test("an axis that is none is refused before anything runs", async () => {
  const cases: [axis: string, message: RegExp][] = [
    ["fuson.k=20", /The request of "fuson\.k=20" has an unknown field "fuson"\. Did you mean "fusion"\?/],
    ["fusion.k", /is written NAME=VALUES/],
    ["fusion.lexicalWeight=2", /fusion\.lexicalWeight/],
  ];
  for (const [axis, message] of cases) {
    const { code, stderr } = await run(["eval", "sweep", "air", "--over", axis]);
    assert.equal(code, 2, axis);
    assert.match(stderr, message);
  }
});

test("an ablation is one table over all collections, from a file and from the command line", async () => {
  place.write({
    "variants.json": JSON.stringify({
      base: { rerank: false },
      variants: [{ name: "vectors alone", request: { mode: "dense" } }],
    }),
  });
  const words = [
    "eval",
    "ablation",
    "air",
    "sea",
    "--variants",
    "variants.json",
    "--variant",
    'bm25={"mode":"lexical"}',
  ];
  const { code, stdout, stderr } = await run([...words, "--json"]);
  assert.equal(code, 0, stderr);
  const { collections, queries, rows } = JSON.parse(stdout) as AblationReport;
  assert.deepEqual([collections, queries], [["air", "sea"], 4]);
  assert.deepEqual(
    rows.map(({ variant, values, mean, difference, pHolm }) => [variant, values, mean, difference, pHolm]),
    [
      ["base", [1, 1], 1, null, null],
      ["vectors alone", [1, 1], 1, 0, 1],
      ["bm25", [1, 1], 1, 0, 1],
    ],
  );
  const markdown = await run([...words, "--markdown"]);
  assert.match(
    markdown.stdout,
    /^\*\*nDCG@10, 4 queries of 2 collections\*\*\n\n\| variant +\| +air \| +sea \| +mean \| +change \|/,
  );
});

test("the best of several variants is measured where it was not chosen", async () => {
  const words = ["eval", "ablation", "air", "sea", "--variant", 'bm25={"mode":"lexical"}'];
  const held = await run([...words, "--held-out", "queries,collections", "--folds", "2", "--json"]);
  assert.equal(held.code, 0, held.stderr);
  const { heldOut } = JSON.parse(held.stdout) as AblationReport;
  assert.deepEqual(
    heldOut.map(({ by, mean, difference, choices }) => [by, mean, difference, choices.map(({ leftOut }) => leftOut)]),
    [
      ["queries", 1, 0, ["fold 1", "fold 2"]],
      ["collections", 1, 0, ["air", "sea"]],
    ],
  );
  const table = await run([...words, "--held-out", "collections"]);
  assert.match(table.stdout, /\n {2}best of the other collections +1\.000 +1\.000 +1\.000 +\+0\.000 +1\.000/);
  assert.match(table.stdout, /\n\n {2}best of the other collections: base \(2\)\n/);
  assert.match((await run([...words, "--held-out", "folds"])).stderr, /Expected queries, collections/);
});

test("variants that cannot be read are refused", async () => {
  place.write({ "twice.json": '{"variants": [{"name": "a", "request": {}}]}', "odd.json": '{"variant": []}' });
  const cases: [words: string[], code: number, message: RegExp][] = [
    [[], 2, /There is nothing to compare/],
    [["--variant", "rerank"], 2, /is written NAME=REQUEST/],
    [["--variant", "a={rerank}"], 2, /is no JSON/],
    [
      ["--variant", 'a={"rerang":true}'],
      2,
      /The request of "a" has an unknown field "rerang"\. Did you mean "rerank"\?/,
    ],
    [["--variants", "twice.json", "--variant", "a={}"], 2, /Two variants are called "a"/],
    [["--variants", "odd.json"], 2, /unknown field "variant"\. Did you mean "variants"\?/],
    [["--variants", "none.json"], 1, /The variants none\.json cannot be read/],
  ];
  for (const [words, code, message] of cases) {
    const outcome = await run(["eval", "ablation", "air", ...words]);
    assert.equal(outcome.code, code, outcome.stderr);
    assert.match(outcome.stderr, message);
  }
});
