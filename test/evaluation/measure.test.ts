import assert from "node:assert/strict";
import { test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { defaultMeasures, measureOf, summariseRun } from "../../src/evaluation/index.js";

const judgements = new Map([["a", 1]]);

test("measures are found by name, in any case", () => {
  const ranking = ["x", "a"];
  const values = ["nDCG@10", "recall@1", "P@2", "mrr", "MRR@1", "map"].map((name) =>
    measureOf(name).of(ranking, judgements),
  );
  assert.deepEqual(values, [1 / Math.log2(3), 0, 0.5, 0.5, 0, 0.5]);
  assert.equal(measureOf("NDCG@010").name, "ndcg@10");
  const graded = new Map([
    ["x", 1],
    ["a", 3],
  ]);
  assert.equal(measureOf("nDCG-exp@2").of(ranking, graded), (1 + 7 / Math.log2(3)) / (7 + 1 / Math.log2(3)));
  for (const name of defaultMeasures) assert.equal(measureOf(name).name, name);
});

test("a name that is no measure is refused with those that are", () => {
  for (const name of ["ndcg", "recall", "map@10", "f1@5", "ndcg@", "p@x", "", "ndcg @10", "ndcg-exp", "ndcg-log@10"]) {
    assert.throws(
      () => measureOf(name),
      (error) =>
        error instanceof LodestoneError && error.code === "INVALID_INPUT" && /ndcg@k, recall@k/.test(error.message),
      name,
    );
  }
  assert.throws(() => measureOf("ndcg@0"), /the cutoff lies within 1 and 10000/);
});

test("the measure that was most likely meant is named", () => {
  const cases: [string, string | undefined][] = [
    ["ndgc@10", "ndcg@10"],
    ["ndcg", "ndcg@10"],
    ["precision@5", "p@5"],
    ["recal@20", "recall@20"],
    ["ndcg_exp@10", "ndcg-exp@10"],
    ["mapp", "map"],
    ["bleu@4", undefined],
  ];
  for (const [name, meant] of cases) {
    assert.throws(
      () => measureOf(name),
      ({ message }: Error) => /Did you mean "(.*)"\?$/.exec(message)?.[1] === meant,
      name,
    );
  }
});

test("a summary covers every judged query: one that the run lacks counts 0, one without judgements is left out", () => {
  const qrels = new Map([
    ["q1", new Map([["a", 1]])],
    ["q2", new Map([["b", 1]])],
    ["q3", new Map([["c", 1]])],
  ]);
  const run = new Map([
    ["q9", ["a"]],
    ["q2", ["x", "b"]],
    ["q1", ["a"]],
  ]);
  const summary = summariseRun(run, qrels, [measureOf("mrr"), measureOf("p@1")]);
  assert.deepEqual(summary.queryIds, ["q1", "q2", "q3"]);
  assert.deepEqual(summary.values, { mrr: [1, 0.5, 0], "p@1": [1, 0, 0] });
  assert.deepEqual(summary.means, { mrr: 0.5, "p@1": 1 / 3 });
});
