import assert from "node:assert/strict";
import { after, test } from "node:test";
import { notes, openWorkplace } from "../run-cli.js";

const place = openWorkplace();
after(() => place.remove());
place.write(notes);
const words = ["oak", "elm", "ash", "fir", "yew", "box", "bay", "fig", "nut", "pear", "plum", "lime"];
const trees = words.flatMap((first, i) => [1, 2].map((step) => [first, words[(i + step) % words.length]!] as const));
place.write({
  "trees.jsonl": trees
    .map(([a, b]) => JSON.stringify({ id: `${a}-${b}`, title: "", text: `The ${a} grows beside the ${b}.` }))
    .join("\n"),
  "judged/corpus.jsonl": "",
  "judged/queries.jsonl": trees
    .map(([a, b], i) => JSON.stringify({ _id: `q${i}`, text: `${a} beside ${b}` }))
    .join("\n"),
  "judged/qrels/test.tsv": ["query-id\tcorpus-id\tscore", ...trees.map(([a, b], i) => `q${i}\t${a}-${b}\t1`)].join(
    "\n",
  ),
});

test("tune tries settings on judged queries, tells what they are worth, and leaves the default where nothing is better", async () => {
  assert.equal((await place.run(["index", "notes", "trees.jsonl"])).code, 0);
  const { code, stdout, stderr } = await place.run(["tune", "judged", "--dry-run"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^words {2}feedback {2}nDCG@10/);
  // The judged documents are found: the ids are those of the library.
  assert.match(stdout, /default {2} +(1\.0000|0\.[6-9]\d+)/);
  assert.match(stdout, /Not kept \(24 queries\): /);
  assert.match((await place.run(["status"])).stdout, /fusion +as the model recommends/);
  assert.equal((await place.run(["tune", "--clear"])).code, 0);
});

test("tune wants one source of judgements, and enough of them", async () => {
  const none = await place.run(["tune"]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /Expected one of: a folder of judged queries, --known-items, --clear/);
  assert.equal((await place.run(["tune", "judged", "--clear"])).code, 2);
});
