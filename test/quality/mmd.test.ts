import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type EmbeddingSample, finish, mmdSteps } from "../../src/quality/index.js";
import { medianSquaredDistance } from "../../src/quality/mmd.js";
import { cloud } from "./random-rows.js";

function squaredDistance(a: EmbeddingSample, i: number, b: EmbeddingSample, j: number): number {
  let sum = 0;
  for (let d = 0; d < a.dimensions; d++) {
    sum += (a.vectors[i * a.dimensions + d]! - b.vectors[j * b.dimensions + d]!) ** 2;
  }
  return sum;
}

/** The definition, pair by pair. */
function naiveMmdSquared(x: EmbeddingSample, y: EmbeddingSample, bandwidth: number): number {
  const mean = (a: EmbeddingSample, b: EmbeddingSample) => {
    let sum = 0;
    let pairs = 0;
    for (let i = 0; i < a.rows; i++) {
      for (let j = 0; j < b.rows; j++) {
        if (a === b && i === j) continue;
        sum += Math.exp(-squaredDistance(a, i, b, j) / (2 * bandwidth));
        pairs++;
      }
    }
    return sum / pairs;
  };
  return mean(x, x) + mean(y, y) - 2 * mean(x, y);
}

test("law: the estimate is that of its definition, for samples of any two sizes", () => {
  const size = fc.integer({ min: 2, max: 14 });
  fc.assert(
    fc.property(size, size, fc.integer(), fc.double({ min: 0.1, max: 3, noNaN: true }), (m, n, seed, bandwidth) => {
      const x = cloud({ rows: m, seed });
      const y = cloud({ rows: n, axis: 1, seed: seed + 1 });
      const { mmdSquared, mmd } = finish(mmdSteps(x, y, { bandwidth, permutations: 3 }));
      assert.ok(Math.abs(mmdSquared - naiveMmdSquared(x, y, bandwidth)) < 1e-6);
      assert.ok(mmdSquared < 0 ? mmd === 0 : Math.abs(mmd ** 2 - mmdSquared) < 1e-12);
    }),
  );
});

test("the bandwidth is the median squared distance, of all pairs where they are few", () => {
  const sample = cloud({ rows: 20, seed: 5 });
  const distances: number[] = [];
  for (let i = 1; i < 20; i++) for (let j = 0; j < i; j++) distances.push(squaredDistance(sample, i, sample, j));
  distances.sort((a, b) => a - b);
  assert.ok(Math.abs(medianSquaredDistance(sample) - distances[95]!) < 1e-9);
  const many = cloud({ rows: 400, seed: 6 });
  assert.ok(Math.abs(medianSquaredDistance(many) - medianSquaredDistance(many, 2)) < 0.02);
});

test("a baseline of equal rows still has a kernel", () => {
  const equal = cloud({ rows: 20, pull: 1e9, seed: 1 });
  const { mmd, pValue } = finish(mmdSteps(equal, cloud({ rows: 20, axis: 3, pull: 1e9, seed: 2 })));
  assert.ok(Number.isFinite(mmd) && mmd > 0.5, `${mmd}`);
  assert.equal(pValue, 1 / 201);
});

test("under the same distribution p is uniform: one in ten below 0.1, half below 0.5", () => {
  const pValues = Array.from({ length: 400 }, (_, i) => {
    const x = cloud({ rows: 24, dimensions: 4, seed: 10 * i + 1 });
    const y = cloud({ rows: 12, dimensions: 4, seed: 10 * i + 2 });
    return finish(mmdSteps(x, y, { permutations: 99, seed: i })).pValue;
  });
  for (const level of [0.05, 0.1, 0.5]) {
    const share = pValues.filter((p) => p <= level).length / pValues.length;
    // Four standard errors; the seeds are fixed.
    const tolerance = 4 * Math.sqrt((level * (1 - level)) / pValues.length);
    assert.ok(Math.abs(share - level) < tolerance, `${share} of the p-values are at most ${level}`);
  }
});

test("another distribution is beyond chance, and the same seed gives the same p", () => {
  const x = cloud({ rows: 40, seed: 1 });
  const y = cloud({ rows: 40, axis: 1, seed: 2 });
  const result = finish(mmdSteps(x, y));
  assert.equal(result.pValue, 1 / 201);
  assert.deepEqual(finish(mmdSteps(x, y)), result);
  assert.equal(finish(mmdSteps(x, y, { permutations: 0 })).pValue, 1);
});

test("the work comes in slices", () => {
  const steps = mmdSteps(
    cloud({ rows: 300, dimensions: 128, seed: 1 }),
    cloud({ rows: 200, dimensions: 128, seed: 2 }),
  );
  let slices = 0;
  while (!steps.next().done) slices++;
  assert.ok(slices >= 4, `${slices} slices`);
});
