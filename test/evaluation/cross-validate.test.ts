import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crossValidate } from "../../src/evaluation/cross-validate.js";
import { randomBelow } from "../../src/evaluation/random.js";

test("a setting that is better on every query is chosen, and its scores are the held-out ones", () => {
  const standard = Array.from({ length: 40 }, (_, i) => (i % 5) / 10);
  const better = standard.map((score) => score + 0.1);
  const { chosen, heldOut, comparison } = crossValidate([standard, better], 0);
  assert.equal(chosen, 1);
  assert.deepEqual(heldOut, better);
  assert.ok(comparison.meanDifference > 0.09 && comparison.pValue < 0.001);
});

test("the standard stays where nothing is better, also where all are equal", () => {
  const standard = [0.2, 0.4, 0.6, 0.8, 1];
  const { chosen, heldOut, comparison } = crossValidate([standard.map((x) => x / 2), standard, standard], 1);
  assert.equal(chosen, 1);
  assert.deepEqual(heldOut, standard);
  assert.equal(comparison.pValue, 1);
});

test("no query's own score has a say in the setting that it is judged with", () => {
  // Each setting is perfect on one query and useless on all others: whoever peeked would score above the standard.
  const queries = 30;
  const settings = Array.from({ length: queries }, (_, lucky) =>
    Array.from({ length: queries }, (_, query) => (query === lucky ? 1 : 0)),
  );
  const standard = new Array<number>(queries).fill(0.02);
  const { heldOut } = crossValidate([standard, ...settings], 0, { folds: queries });
  assert.ok(heldOut.every((score) => score < 1));
});

test("law: choosing among noise is hardly ever found better", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      const below = randomBelow(seed);
      const noise = Array.from({ length: 10 }, () => Array.from({ length: 60 }, () => below(1000) / 1000));
      const { comparison } = crossValidate(noise, 0, { seed });
      assert.ok(!(comparison.meanDifference > 0 && comparison.pValue < 0.0005));
    }),
    { numRuns: 20, seed: 1 },
  );
});
