import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { load } from "cheerio";
import type { EvaluationReport } from "../../../src/cli/evaluation/figures.js";
import { writeCollection } from "../collections.js";
import { openWorkplace } from "../run-cli.js";

const place = openWorkplace();
const { run, folder } = place;
after(place.remove);

writeCollection(place, "air");
writeCollection(place, "heat");

test("every stage is measured on every collection, with means, run files and no library left behind", async () => {
  const { code, stdout, stderr } = await run(["eval", "air", "heat", "--json", "--out", "runs"], {
    environment: { TMPDIR: folder },
  });
  assert.equal(code, 0, stderr);
  const { collections, mean } = JSON.parse(stdout) as EvaluationReport;
  assert.deepEqual(
    collections.map(({ name }) => name),
    ["air", "heat"],
  );
  const [air] = collections;
  assert.deepEqual([air?.documents, air?.queries, air?.degraded], [4, 2, 0]);
  assert.deepEqual(
    air?.stages.map(({ stage }) => stage),
    ["bm25", "dense", "hybrid", "hybrid+rerank", "default"],
  );
  for (const { measures, p50Ms, p95Ms } of air?.stages ?? []) {
    assert.deepEqual(measures, { "ndcg@10": 1, "recall@100": 1, "mrr@10": 1, map: 1 });
    assert.ok(p50Ms! > 0 && p95Ms! >= p50Ms!);
  }
  assert.deepEqual(mean?.map(({ stage, measures }) => [stage, measures["ndcg@10"]])[3], ["hybrid+rerank", 1]);
  const files = readdirSync(join(folder, "runs")).sort();
  assert.equal(files.length, 10);
  assert.match(readFileSync(join(folder, "runs", "air.bm25.run"), "utf8"), /^q1 Q0 d1 1 [\d.]+ lodestone-bm25\n/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("lodestone-eval-")),
    [],
  );
});

test("a table for people, with the cutoff asked for; --library keeps the library", async () => {
  const { code, stdout } = await run(["eval", "air", "--stages", "bm25,hybrid", "-k", "5", "--library", "kept"]);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^air {2}4 documents, \d chunks \(indexed in .*\), 2 queries\n {2}stage +nDCG@5 +Recall@100 +MRR@5 +MAP +95 % +change +p +p50 +p95\n {2}bm25 +1\.000 /,
  );
  assert.equal(stdout.trimEnd().split("\n").length, 4);
  assert.ok(existsSync(join(folder, "kept", "air", "lodestone.db")));
});

test("vectors are kept as they are to be measured", async () => {
  const words = ["eval", "air", "--stages", "dense", "--vector-format", "int8", "--vector-dimensions"];
  const short = await run([...words, "128", "--json"]);
  assert.equal(short.code, 0, short.stderr);
  assert.equal((JSON.parse(short.stdout) as EvaluationReport).collections[0]?.stages[0]?.measures["ndcg@10"], 1);
  const odd = await run([...words, "100"]);
  assert.equal(odd.code, 2);
  assert.match(odd.stderr, /cannot be truncated to 100, but to 256 or 128/);
});

test("a folder that is no collection is refused before anything runs", async () => {
  const missing = await run(["eval", "air", "nowhere"]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^error: .*nowhere.* does not exist\. A collection in BEIR layout has corpus\.jsonl/);
  place.write({ "broken/corpus.jsonl": "{}", "broken/queries.jsonl": "not json\n", "broken/qrels/test.tsv": "" });
  const broken = await run(["eval", "broken"]);
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /queries\.jsonl:1: expected a JSON object/);
  const twice = await run(["eval", "air", "./air/"]);
  assert.equal(twice.code, 2);
  assert.match(twice.stderr, /Two of the collections are called "air"/);
});

test("stages are held against a stage or against a run from a file, with intervals, and queries are written singly", async () => {
  const words = ["eval", "air", "--stages", "bm25,hybrid", "--library", "kept", "--json"];
  const measures = ["--measure", "p@1,ndcg-exp@5,map"];
  const first = await run([
    ...words,
    ...measures,
    "--baseline",
    "hybrid",
    "--out",
    "runs",
    "--per-query",
    "per/query.tsv",
  ]);
  assert.equal(first.code, 0, first.stderr);
  const [bm25, hybrid] = (JSON.parse(first.stdout) as EvaluationReport).collections[0]!.stages;
  assert.deepEqual(Object.keys(bm25!.measures), ["p@1", "ndcg-exp@5", "map"]);
  assert.deepEqual(bm25!.intervals["p@1"], { low: 1, high: 1 });
  assert.equal(hybrid!.comparison, null);
  const { baseline, measure, difference, pValue, pHolm, ties } = bm25!.comparison!;
  assert.deepEqual([baseline, measure, difference, pValue, pHolm, ties], ["hybrid", "p@1", 0, 1, 1, 2]);
  assert.match(
    readFileSync(join(folder, "per", "query.tsv"), "utf8"),
    /^collection\tstage\tmeasure\tquery\tvalue\nair\tbm25\tp@1\tq1\t1\.0000\n/,
  );

  place.write({ "worse.run": "q1 Q0 d2 1 2 x\nq1 Q0 d1 2 1 x\nq2 Q0 d2 1 1 x\n" });
  const second = await run([...words, "--baseline", "worse.run"]);
  assert.equal(second.code, 0, second.stderr);
  const against = (JSON.parse(second.stdout) as EvaluationReport).collections[0]!.stages.map(
    (stage) => stage.comparison,
  );
  assert.deepEqual(
    against.map((comparison) => [comparison?.baseline, comparison?.wins]),
    [
      ["worse.run", 2],
      ["worse.run", 2],
    ],
  );
  assert.ok(Math.abs(against[0]!.difference - (2 - 1 / Math.log2(3)) / 2) < 1e-9);

  const several = await run(["eval", "air", "heat", "--baseline", "worse.run"]);
  assert.equal(several.code, 2);
  assert.match(several.stderr, /write \{collection\} in the path/);
  const unknown = await run(["eval", "air", "--baseline", "hybrit"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /Did you mean "hybrid"\?/);
  const misspelt = await run(["eval", "air", "--measure", "ndgc@10"]);
  assert.equal(misspelt.code, 2);
  assert.match(misspelt.stderr, /"ndgc@10" is not a measure.*Did you mean "ndcg@10"\?/);
});

test("a report is one page with bars, the queries that gained and lost, and tables", async () => {
  const { code, stderr } = await run(["eval", "air", "heat", "--stages", "bm25,hybrid", "--report", "report.html"]);
  assert.equal(code, 0, stderr);
  const page = load(readFileSync(join(folder, "report.html"), "utf8"));
  assert.deepEqual(
    page("h2")
      .get()
      .map((heading) => page(heading).text()),
    ["air", "heat", "Mean of 2 collections"],
  );
  assert.equal(page("#c0 .bar .whisker").length, 4);
  assert.match(page("#c0").text(), /hybrid is better than bm25 in 0 queries, worse in 0 and equal in 2/);
  assert.match(page("#c0 .difference title").first().text(), /: 1\.000 to 1\.000$/);
  const { collections } = JSON.parse(page("#figures").text()) as EvaluationReport;
  assert.equal(collections[1]?.stages[1]?.measures.map, 1);
  assert.equal(page("[src], link[href^=http], script:not([type='application/json'])").length, 0, "needs nothing else");
});

test("quality that is worse than a file expects ends with code 1", async () => {
  const words = ["eval", "air", "--stages", "bm25", "--library", "kept"];
  assert.equal((await run([...words, "--write-expected", "expected.json"])).code, 0);
  const met = await run([...words, "--expect", "expected.json"]);
  assert.equal(met.code, 0, met.stderr);
  assert.match(met.stdout, /\n4 figures as expected\n$/);
  const entry = { collection: "air", model: "minilex-embed-en", stage: "bm25", measures: { "p@1": 1, "ndcg@10": 0.9 } };
  place.write({ "other.json": JSON.stringify({ format: 1, entries: [entry] }) });
  const off = await run([...words, "--measure", "ndcg@10,map", "--expect", "other.json"]);
  assert.equal(off.code, 1);
  assert.match(off.stdout, /air +bm25 +P@1 +1\.0000 +missing\nair +bm25 +nDCG@10 +0\.9000 +1\.0000 +better\n$/);
  place.write({ "none.json": JSON.stringify({ format: 1, entries: [{ ...entry, collection: "sea" }] }) });
  const silent = await run([...words, "--expect", "none.json"]);
  assert.deepEqual([silent.code, /says nothing of these/.test(silent.stderr)], [2, true]);
});
