import assert from "node:assert/strict";
import { test } from "node:test";
import { checkQuality, parseExpectedQuality, qualityTable } from "../../src/evaluation/index.js";

const entry = (collection: string, stage: string, measures: Record<string, number>, tolerance?: number) => ({
  collection,
  model: "m",
  stage,
  measures,
  ...(tolerance === undefined ? {} : { tolerance }),
});
const file = {
  format: 1,
  entries: [
    entry("scifact", "bm25", { "ndcg@10": 0.68, map: 0.63 }),
    entry("scifact", "hybrid", { "ndcg@10": 0.7 }, 0.02),
    entry("cisi", "bm25", { "ndcg@10": 0.38 }),
  ],
};
const expected = parseExpectedQuality(file, "expected.json");

test("what is as good as expected passes, within the tolerance of the file or of the entry", () => {
  const measured = [
    entry("scifact", "bm25", { "ndcg@10": 0.675, map: 0.7, mrr: 0.1 }),
    entry("scifact", "hybrid", { "ndcg@10": 0.681 }),
    entry("cisi", "bm25", { "ndcg@10": 0.38 }),
    entry("medline", "bm25", { "ndcg@10": 0.1 }),
  ];
  const { passes, checks } = checkQuality(expected, measured);
  assert.ok(passes);
  assert.deepEqual(
    checks.map(({ verdict }) => verdict),
    ["met", "better", "met", "met"],
  );
});

test("what is worse or was not measured fails, and is named", () => {
  const { passes, checks } = checkQuality(expected, [
    entry("scifact", "bm25", { "ndcg@10": 0.674, map: 0.63 }),
    entry("cisi", "bm25", { "ndcg@10": 0.38 }),
  ]);
  assert.ok(!passes);
  const failed = checks.filter(({ verdict }) => verdict === "worse" || verdict === "missing");
  assert.deepEqual(failed, [
    {
      collection: "scifact",
      model: "m",
      stage: "bm25",
      measure: "ndcg@10",
      expected: 0.68,
      actual: 0.674,
      verdict: "worse",
    },
    { collection: "scifact", model: "m", stage: "hybrid", measure: "ndcg@10", expected: 0.7, verdict: "missing" },
  ]);
});

test("a file that is none is refused", () => {
  const refused = (value: unknown, code: string, message: RegExp) =>
    assert.throws(() => parseExpectedQuality(value, "expected.json"), { code, message });
  refused({ ...file, format: 2 }, "INVALID_INPUT", /^expected\.json is not valid: format/);
  refused({ ...file, tolerence: 0.1 }, "UNKNOWN_FIELD", /Did you mean "tolerance"/);
  refused({ format: 1, entries: [entry("c", "s", { "ndcg@10": 1.2 })] }, "INVALID_INPUT", /entries/);
  refused({ format: 1, entries: [entry("c", "s", { f1: 0.2 })] }, "INVALID_INPUT", /"f1" is not a measure/);
});

test("the table for the documentation", () => {
  assert.equal(
    qualityTable(expected, "ndcg@10"),
    [
      "| model | ndcg@10 | scifact | cisi | mean |",
      "| --- | --- | ---: | ---: | ---: |",
      "| m | bm25 | 0.680 | 0.380 | 0.530 |",
      "| m | hybrid | 0.700 |  | 0.700 |",
      "",
    ].join("\n"),
  );
});
