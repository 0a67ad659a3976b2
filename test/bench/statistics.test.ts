import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { medianOfRounds, percentile, summariseLatency } from "../../bench/vectors/statistics.js";

test("a percentile is the smallest sample that the share does not exceed", () => {
  const samples = [5, 1, 4, 2, 3];
  assert.equal(percentile(samples, 0.5), 3);
  assert.equal(percentile(samples, 0.2), 1);
  assert.equal(percentile(samples, 0.21), 2);
  assert.equal(percentile(samples, 1), 5);
  assert.ok(Number.isNaN(percentile([], 0.5)));
});

test("at least the share of the samples is at most the percentile, and fewer are at most the sample before", () => {
  const samples = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const found = percentile(values, percent / 100);
      const atMost = values.filter((value) => value <= found).length;
      const below = values.filter((value) => value < found).length;
      assert.ok(values.includes(found));
      assert.ok(atMost * 100 >= percent * values.length);
      assert.ok(below * 100 < percent * values.length);
    }),
  );
});

test("one disturbed round of three changes no median over rounds", () => {
  const calm = summariseLatency([1, 2, 3, 4]);
  const disturbed = summariseLatency([100, 200, 300, 400]);
  assert.deepEqual(medianOfRounds([calm, disturbed, calm]), { ...calm, queries: 12 });
});
