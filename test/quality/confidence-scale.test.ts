import assert from "node:assert/strict";
import { test } from "node:test";
import { confidenceOf, confidenceScale } from "../../src/quality/index.js";
import { seededRandom } from "../../src/quality/random.js";

function scores(count: number, mean: number, spread: number, seed: number): number[] {
  const random = seededRandom(seed);
  const uniform = () => random.below(1_000_000) / 1_000_000;
  // Sums of twelve uniform numbers are nearly normal.
  return Array.from({ length: count }, () => {
    const sum = Array.from({ length: 12 }, uniform).reduce((total, value) => total + value, 0);
    return mean + spread * (sum - 6);
  });
}

const relevant = scores(60, 0.45, 0.08, 1);
const random = scores(40, 0.18, 0.05, 2);

test("the threshold has a confidence of 0.65, and confidence grows with the score", () => {
  const scale = confidenceScale(relevant, random)!;
  assert.ok(Math.abs(confidenceOf(scale.threshold, scale) - 0.65) < 1e-12);
  const grid = Array.from({ length: 21 }, (_, i) => confidenceOf(i / 20, scale));
  assert.deepEqual(
    grid,
    grid.toSorted((a, b) => a - b),
  );
  assert.ok(grid.every((value) => value >= 0 && value <= 1));
  assert.ok(confidenceOf(0.18, scale) < 0.3 && confidenceOf(0.45, scale) > 0.9);
});

test("the scale means the same whatever the scores are measured in", () => {
  const scale = confidenceScale(relevant, random)!;
  const logit = (score: number) => 20 * score - 3;
  const other = confidenceScale(relevant.map(logit), random.map(logit))!;
  for (const score of [0.1, 0.25, 0.4]) {
    assert.ok(Math.abs(confidenceOf(score, scale) - confidenceOf(logit(score), other)) < 1e-9);
  }
});

test("scores that tell nothing, or are too few, make no scale", () => {
  assert.equal(confidenceScale(random, scores(40, 0.18, 0.05, 3)), undefined);
  assert.equal(confidenceScale(relevant.slice(0, 10), random), undefined);
  assert.equal(confidenceScale([], random), undefined);
});

test("scores without any spread make a steep scale, and no infinite one", () => {
  const scale = confidenceScale(new Array<number>(30).fill(0.8), new Array<number>(30).fill(0.2))!;
  assert.ok(Number.isFinite(scale.slope));
  assert.ok(confidenceOf(0.8, scale) > 0.99 && confidenceOf(0.2, scale) < 0.01);
});
