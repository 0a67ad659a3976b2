import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { adjustHolm, comparePaired } from "../../src/evaluation/index.js";

test("few queries are tested exactly: five wins of five give p = 2 / 32", () => {
  const comparison = comparePaired([0.1, 0.2, 0.3, 0.4, 0.5], [0.2, 0.4, 0.6, 0.8, 0.9]);
  assert.deepEqual(
    { ...comparison, meanDifference: Number(comparison.meanDifference.toFixed(12)) },
    { meanDifference: 0.28, pValue: 2 / 32, wins: 5, losses: 0, ties: 0, permutations: 32, isExact: true },
  );
});

test("differences of 3, 1 and -1 give p = 6 / 8", () => {
  // Of the 8 sums of +-3 +-1 +-1 two are 5 in size, four are 3 and two are 1; the one that was found is 3.
  assert.equal(comparePaired([0, 0, 0], [3, 1, -1]).pValue, 6 / 8);
  assert.equal(comparePaired([0, 0, 0], [3, 1, 1]).pValue, 2 / 8);
});

test("systems without a difference have p = 1", () => {
  const comparison = comparePaired([0.5, 0.25, 1], [0.5, 0.25, 1]);
  assert.deepEqual([comparison.pValue, comparison.ties, comparison.meanDifference], [1, 3, 0]);
  assert.equal(comparePaired([], []).pValue, 1);
});

test("sampling agrees with the exact answer and repeats itself under its seed", () => {
  const first = Array.from({ length: 14 }, (_, i) => (i * 7) % 11);
  const second = first.map((value, i) => value + ((i * 5) % 7) - 2.4);
  const exact = comparePaired(first, second);
  const sampled = comparePaired(first, second, { permutations: 16_000, seed: 3 });
  assert.ok(exact.isExact && !sampled.isExact);
  // Four standard errors of a share of 16,000 draws.
  const tolerance = 4 * Math.sqrt((exact.pValue * (1 - exact.pValue)) / 16_000) + 1 / 16_000;
  assert.ok(Math.abs(exact.pValue - sampled.pValue) < tolerance, `${exact.pValue} and ${sampled.pValue}`);
  assert.equal(comparePaired(first, second, { permutations: 16_000, seed: 3 }).pValue, sampled.pValue);
  assert.notEqual(comparePaired(first, second, { permutations: 16_000, seed: 4 }).pValue, sampled.pValue);
});

test("a hundred queries that all gain are beyond chance, and p is never 0", () => {
  const { pValue } = comparePaired(Array<number>(100).fill(0.3), Array<number>(100).fill(0.4), { permutations: 2000 });
  assert.equal(pValue, 1 / 2001);
});

test("values of different queries are refused", () => {
  assert.throws(() => comparePaired([1], [1, 2]), { code: "INVALID_INPUT", message: /found 1 and 2/ });
});

test("law: swapping the systems keeps p and turns the difference around", () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), { maxLength: 12 });
  fc.assert(
    fc.property(pairs, (values) => {
      const [a, b] = [values.map(([x]) => x / 20), values.map(([, y]) => y / 20)];
      const [forth, back] = [comparePaired(a, b), comparePaired(b, a)];
      assert.equal(forth.pValue, back.pValue);
      assert.ok(Math.abs(forth.meanDifference + back.meanDifference) < 1e-12);
      assert.ok(forth.pValue > 0 && forth.pValue <= 1);
      assert.deepEqual([forth.wins, forth.losses, forth.ties], [back.losses, back.wins, back.ties]);
    }),
  );
});

test("p-values of several comparisons are raised by Holm's steps, and never out of order", () => {
  const adjusted = adjustHolm([0.01, 0.04, 0.03, 0.005]);
  assert.deepEqual(
    adjusted.map((p) => Number(p.toFixed(12))),
    [0.03, 0.06, 0.06, 0.02],
  );
  assert.deepEqual(adjustHolm([0.9, 0.8]), [1, 1]);
  assert.deepEqual(adjustHolm([]), []);
});
