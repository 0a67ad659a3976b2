import assert from "node:assert/strict";
import { test } from "node:test";
import { compareRanks } from "../../src/quality/index.js";
import { twoSided } from "../../src/quality/rank-test.js";

test("the normal tail is that of the tables", () => {
  for (const [z, p] of [
    [0, 1],
    [1.959964, 0.05],
    [2.575829, 0.01],
    [4.417173, 1e-5],
  ] as const) {
    assert.ok(Math.abs(twoSided(z) / p - 1) < 1e-5, `${z}: ${twoSided(z)}`);
  }
});

test("a worked example: U = 5 of 30, sd = sqrt(30), with the ties' correction where there are ties", () => {
  const { auc, pValue } = compareRanks([7, 8, 9, 10, 4], [1, 2, 3, 5, 6, 7.5]);
  // Pairs in which the second is above: 5 > 4, 6 > 4, 7.5 > 4, 7.5 > 7; sd = sqrt(5 * 6 * 12 / 12).
  assert.equal(auc, 4 / 30);
  assert.ok(Math.abs(pValue - twoSided(11 / Math.sqrt(30))) < 1e-12);
  const tied = compareRanks([1, 1, 2], [1, 2, 2]);
  assert.equal(tied.auc, 6 / 9);
  // Groups of 3 and 3 equal scores: variance 9 / 12 * (7 - 48 / 30).
  assert.ok(Math.abs(tied.pValue - twoSided(1.5 / Math.sqrt(0.75 * (7 - 1.6)))) < 1e-12);
});

test("equal scores and empty sets say nothing", () => {
  assert.deepEqual(compareRanks([1, 1], [1, 1, 1]), { auc: 0.5, pValue: 1, firstCount: 2, secondCount: 3 });
  assert.equal(compareRanks([], [1]).pValue, 1);
});
