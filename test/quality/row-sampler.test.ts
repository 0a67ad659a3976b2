import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RowSampler } from "../../src/quality/index.js";

const offerAll = (sampler: RowSampler, from: number, to: number) => {
  for (let row = from; row < to; row++) sampler.offer([{ row, norm: 1 }]);
};

test("every document has the same chance to be in the sample, however early it came", () => {
  const [capacity, documents, rounds] = [8, 40, 4_000];
  const counts = new Array<number>(documents).fill(0);
  for (let round = 0; round < rounds; round++) {
    const sampler = new RowSampler(capacity, round + 1);
    offerAll(sampler, 0, documents);
    for (const { row } of sampler.sample().rows) counts[row]!++;
  }
  const expected = (rounds * capacity) / documents;
  // Five standard deviations of a binomial count.
  const tolerance = 5 * Math.sqrt(expected * (1 - capacity / documents));
  for (const [row, count] of counts.entries()) {
    assert.ok(Math.abs(count - expected) < tolerance, `row ${row} came ${count} times, expected ${expected}`);
  }
});

test("a document with many rows counts as one, by any of them", () => {
  const sampler = new RowSampler(2, 3);
  const rows = Array.from({ length: 100 }, (_, row) => ({ row, norm: row }));
  sampler.offer(rows);
  sampler.offer([]);
  const { rows: sampled, seen } = sampler.sample();
  assert.deepEqual([sampled.length, seen], [1, 1]);
  assert.equal(sampled[0]!.row, sampled[0]!.norm);
});

test("a stored sample goes on as if there had been no break", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }), (before, after) => {
      const whole = new RowSampler(10);
      offerAll(whole, 0, before + after);
      const first = new RowSampler(10);
      offerAll(first, 0, before);
      const second = RowSampler.resume(10, JSON.parse(JSON.stringify(first.sample())));
      offerAll(second, before, before + after);
      assert.deepEqual(second.sample(), whole.sample());
    }),
  );
});

test("a row that is gone keeps its place: what comes later is no likelier for it", () => {
  const sampler = new RowSampler(4);
  offerAll(sampler, 0, 4);
  sampler.keepOnly(new Set([1]));
  assert.deepEqual(
    sampler.sample().rows.map(({ row }) => row),
    [1],
  );
  assert.equal(sampler.seen, 4);
  let taken = 0;
  for (let seed = 1; seed <= 2_000; seed++) {
    const resumed = RowSampler.resume(4, { rows: [{ row: 1, norm: 1 }], seen: 4, randomState: seed * 7919 });
    resumed.offer([{ row: 9, norm: 1 }]);
    if (resumed.sample().rows.some(({ row }) => row === 9)) taken++;
  }
  assert.ok(Math.abs(taken / 2_000 - 0.8) < 0.05, `${taken} of 2000`);
});
