import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planBatches } from "../../src/encoders/batches.js";

const lengths = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 });
const limits = fc.record({ maxTokens: fc.integer({ min: 1, max: 2000 }), maxRows: fc.integer({ min: 1, max: 40 }) });

test("every input is in exactly one batch", () => {
  fc.assert(
    fc.property(lengths, limits, (sizes, limit) => {
      const indexes = planBatches(sizes, limit).flat();
      assert.deepEqual(
        indexes.toSorted((a, b) => a - b),
        sizes.map((_, index) => index),
      );
    }),
  );
});

test("a batch keeps both limits, but for one input that alone is longer than a batch may be", () => {
  fc.assert(
    fc.property(lengths, limits, (sizes, limit) => {
      for (const batch of planBatches(sizes, limit)) {
        const longest = Math.max(...batch.map((index) => sizes[index] as number));
        assert.ok(batch.length <= limit.maxRows);
        assert.ok(batch.length === 1 || batch.length * longest <= limit.maxTokens);
      }
    }),
  );
});

test("inputs of one length fill the batches to the limit", () => {
  const sizes = new Array(25).fill(200);
  assert.deepEqual(
    planBatches(sizes, { maxTokens: 3200, maxRows: 64 }).map((batch) => batch.length),
    [16, 9],
  );
});

test("no batch mixes lengths more than the order by length makes it", () => {
  const sizes = [10, 200, 11, 190, 9, 210];
  assert.deepEqual(planBatches(sizes, { maxTokens: 630, maxRows: 3 }), [
    [5, 1, 3],
    [2, 0, 4],
  ]);
});
