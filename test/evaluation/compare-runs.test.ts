import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bootstrapMean,
  compareRuns,
  formatPerQuery,
  perQueryRows,
  type RunSummary,
} from "../../src/evaluation/index.js";
import { splitmix32 } from "../../src/splitmix32.js";

function summaryOf(values: Record<string, number[]>, queryIds?: string[]): RunSummary {
  const [first = []] = Object.values(values);
  const means = Object.fromEntries(
    Object.entries(values).map(([name, all]) => [name, all.reduce((sum, value) => sum + value, 0) / all.length]),
  );
  return { values, means, queryIds: queryIds ?? first.map((_, i) => `q${i}`) };
}

test("an interval holds the true mean about as often as it says", () => {
  // Means of 40 uniform numbers, 300 times over: 95 % of the intervals should hold 0.5.
  let held = 0;
  for (let trial = 0; trial < 300; trial++) {
    const { next } = splitmix32(trial * 977 + 1);
    const values = Array.from({ length: 40 }, () => next() / 2 ** 32);
    const { low, mean, high } = bootstrapMean(values, { resamples: 400, seed: trial });
    assert.ok(low <= mean && mean <= high);
    if (low <= 0.5 && 0.5 <= high) held++;
  }
  assert.ok(held / 300 > 0.91 && held / 300 < 0.985, `${held} of 300`);
});

test("equal values leave no doubt, more confidence widens, and a seed repeats", () => {
  assert.deepEqual(bootstrapMean([0.25, 0.25]), { mean: 0.25, low: 0.25, high: 0.25 });
  assert.deepEqual(bootstrapMean([]), { mean: 0, low: 0, high: 0 });
  const values = [0, 0.1, 0.5, 0.9, 1, 0.3];
  const narrow = bootstrapMean(values, { confidence: 0.5 });
  const wide = bootstrapMean(values, { confidence: 0.99 });
  assert.ok(wide.low < narrow.low && wide.high > narrow.high);
  assert.deepEqual(bootstrapMean(values), bootstrapMean(values));
  assert.notDeepEqual(bootstrapMean(values, { resamples: 50 }), bootstrapMean(values, { resamples: 50, seed: 2 }));
});

test("runs are compared query by query, whatever the order of their queries", () => {
  const first = summaryOf({ map: [0.1, 0.2, 0.3], mrr: [1, 1, 1] }, ["a", "b", "c"]);
  const second = summaryOf({ map: [0.5, 0.2, 0.4] }, ["c", "a", "b"]);
  const [comparison, ...others] = compareRuns(first, second, { resamples: 200 });
  assert.equal(others.length, 0);
  assert.equal(comparison?.measure, "map");
  assert.equal(comparison.queries, 3);
  // 0.2 - 0.1, 0.4 - 0.2, 0.5 - 0.3.
  assert.ok(Math.abs(comparison.difference.mean - 0.5 / 3) < 1e-12);
  assert.ok(comparison.difference.low >= 0.1 - 1e-12, "every difference is above 0.1");
  assert.deepEqual([comparison.test.wins, comparison.test.losses, comparison.test.pValue], [3, 0, 2 / 8]);
});

test("runs over different queries are refused", () => {
  const run = (ids: string[]) => summaryOf({ map: ids.map(() => 1) }, ids);
  assert.throws(() => compareRuns(run(["a", "b"]), run(["a", "c"])), { code: "INVALID_INPUT", message: /query "b"/ });
  assert.throws(() => compareRuns(run(["a"]), run(["a", "b"])), { code: "INVALID_INPUT", message: /found 1 and 2/ });
});

test("values of single queries come as lines, and as rows with the largest gain first", () => {
  const first = summaryOf({ "ndcg@10": [0.5, 0.123456], map: [0.1, 0.2] });
  const second = summaryOf({ "ndcg@10": [0.25, 1] });
  assert.deepEqual(
    [...formatPerQuery(first)],
    [
      "ndcg@10\tq0\t0.5000\n",
      "map\tq0\t0.1000\n",
      "ndcg@10\tq1\t0.1235\n",
      "map\tq1\t0.2000\n",
      "ndcg@10\tall\t0.3117\n",
      "map\tall\t0.1500\n",
    ],
  );
  const queries = [{ id: "q1", text: "wings" }];
  assert.deepEqual(perQueryRows([{ summary: first }, { summary: second }], queries, "ndcg@10"), [
    { queryId: "q1", text: "wings", values: [0.123456, 1], change: 1 - 0.123456 },
    { queryId: "q0", text: "", values: [0.5, 0.25], change: -0.25 },
  ]);
});
