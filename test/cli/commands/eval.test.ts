import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import type { EvaluationReport } from "../../../src/cli/render/evaluation.js";
import { openWorkplace } from "../run-cli.js";

const place = openWorkplace();
const { run, folder } = place;
after(place.remove);

const lines = (records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

function writeCollection(name: string): void {
  place.write({
    [`${name}/corpus.jsonl`]: lines([
      { _id: "d1", title: "Wings", text: "Lift of a wing in the slipstream of a propeller." },
      { _id: "d2", title: "", text: "Heat transfer at the nose of a blunt body." },
      { _id: "d3", title: "", text: "" },
      { _id: "d4", title: "Shells", text: "Buckling of thin cylindrical shells under pressure." },
    ]),
    [`${name}/queries.jsonl`]: lines([
      { _id: "q1", text: "propeller slipstream and wing lift" },
      { _id: "q2", text: "buckling of shells" },
      { _id: "q3", text: "a query without judgements" },
    ]),
    [`${name}/qrels/test.tsv`]: "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td4\t1\nq2\td2\t0\n",
  });
}
writeCollection("air");
writeCollection("heat");

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
    assert.ok(p50Ms > 0 && p95Ms >= p50Ms);
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
    /^air {2}4 documents, \d chunks \(indexed in .*\), 2 queries\n {2}stage +nDCG@5 +Recall@100 +MRR@5 +MAP +p +p50 +p95\n {2}bm25 +1\.000 /,
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
