import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { calibrateConfidence, isLowConfidence } from "../../src/quality/index.js";

const scores = fc.array(
  fc.integer({ min: 0, max: 30 }).map((score) => score / 30),
  { minLength: 1, maxLength: 25 },
);

test("law: no other cut makes fewer errors, and the rates are those of the threshold", () => {
  fc.assert(
    fc.property(scores, scores, (relevant, random) => {
      const found = calibrateConfidence(relevant, random)!;
      const errors = (cut: number) =>
        relevant.filter((score) => score < cut).length / relevant.length +
        random.filter((score) => score >= cut).length / random.length;
      const own = errors(found.threshold);
      assert.ok(Math.abs(own - found.missRate - found.falseRate) < 1e-12);
      for (const cut of [...relevant, ...random]) assert.ok(own <= errors(cut) + 1e-12, `${cut}`);
      let above = 0;
      for (const r of relevant) for (const z of random) above += r > z ? 1 : r === z ? 0.5 : 0;
      assert.ok(Math.abs(found.auc - above / (relevant.length * random.length)) < 1e-9);
    }),
  );
});

test("two normal distributions are cut where their densities cross, halfway between the means", () => {
  // 2000 evenly spaced quantiles of N(0.6, 0.1) and N(0.3, 0.1), by bisection on the logistic approximation of the normal.
  const quantiles = (mean: number) =>
    Array.from({ length: 2000 }, (_, i) => mean + 0.1 * (Math.log((i + 0.5) / (1999.5 - i)) / 1.702));
  const { threshold, missRate, falseRate, isReliable } = calibrateConfidence(quantiles(0.6), quantiles(0.3))!;
  assert.ok(Math.abs(threshold - 0.45) < 0.005, `${threshold}`);
  assert.ok(Math.abs(missRate - 0.072) < 0.01 && Math.abs(falseRate - 0.072) < 0.01);
  assert.ok(isReliable);
});

test("few scores, or sets that are hardly apart, are not relied on", () => {
  assert.equal(calibrateConfidence([0.9, 0.8], [0.1, 0.2])?.isReliable, false);
  const same = Array.from({ length: 50 }, (_, i) => i / 50);
  assert.equal(calibrateConfidence(same, same)?.isReliable, false);
  assert.equal(calibrateConfidence([], [0.1]), undefined);
});

test("an answer without a score is of low confidence", () => {
  assert.deepEqual(
    [undefined, 0.3, 0.5, 0.7].map((score) => isLowConfidence(score, 0.5)),
    [true, true, false, false],
  );
});
