import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { load } from "cheerio";
import { openWorkplace } from "../run-cli.js";

const place = openWorkplace();
const { run } = place;
after(place.remove);

place.write({
  "a.run": "q1 Q0 d2 1 2 x\nq1 Q0 d1 2 1 x\nq2 Q0 d4 1 1 x\n",
  "b.run": "q1 Q0 d1 1 2 y\nq2 Q0 d4 1 1 y\n",
  "trec.qrels": "q1 0 d1 1\nq2 0 d4 1\nq3 0 d9 1\n",
  "beir.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td4\t1\nq3\td9\t1\n",
  "broken.qrels": "q1 0 d1 1\nq2 0 d4\n",
});

type Compared = {
  queries: number;
  measures: { measure: string; difference: { mean: number }; wins: number; ties: number }[];
};

test("two runs are compared over all judged queries, by judgements of either layout", async () => {
  const found = [];
  for (const qrels of ["trec.qrels", "beir.tsv"]) {
    const { code, stdout, stderr } = await run([
      "eval",
      "compare",
      "a.run",
      "b.run",
      "--qrels",
      qrels,
      "--measure",
      "mrr,p@1",
      "--json",
    ]);
    assert.equal(code, 0, stderr);
    found.push(JSON.parse(stdout) as Compared);
  }
  assert.deepEqual(found[0], found[1]);
  const { queries, measures } = found[0]!;
  assert.equal(queries, 3);
  assert.deepEqual(
    measures.map(({ measure, difference, wins, ties }) => [measure, difference.mean.toFixed(4), wins, ties]),
    [
      ["mrr", "0.1667", 1, 2],
      ["p@1", "0.3333", 1, 2],
    ],
  );
});

test("a table for people, and a page", async () => {
  const { code, stdout } = await run([
    "eval",
    "compare",
    "a.run",
    "b.run",
    "--qrels",
    "trec.qrels",
    "--report",
    "out.html",
  ]);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^A a\.run\nB b\.run\n3 queries\nmeasure +A +B +change +95 % +p +better +worse +equal\nnDCG@10 /,
  );
  const page = load(readFileSync(join(place.folder, "out.html"), "utf8"));
  assert.match(page("main").text(), /b\.run is better than a\.run in 1 queries, worse in 0 and equal in 2/);
});

test("what is missing or broken is named, with its line", async () => {
  const cases: [words: string[], code: number, message: RegExp][] = [
    [["a.run", "c.run", "--qrels", "trec.qrels"], 1, /The run file c\.run does not exist/],
    [["a.run", "b.run", "--qrels", "none.qrels"], 1, /The qrels file none\.qrels does not exist/],
    [["a.run", "b.run", "--qrels", "broken.qrels"], 2, /broken\.qrels:2: expected 4 columns/],
    [["a.run", "b.run"], 2, /required option '--qrels <file>'/],
  ];
  for (const [words, code, message] of cases) {
    const outcome = await run(["eval", "compare", ...words]);
    assert.equal(outcome.code, code, outcome.stderr);
    assert.match(outcome.stderr, message);
  }
});
