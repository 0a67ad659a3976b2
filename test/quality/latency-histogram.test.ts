import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bucketBoundsMs, bucketCount, bucketOf, quantileMs } from "../../src/quality/latency-histogram.js";

test("law: every latency lies in its bucket, and a bucket is at most 1/32 of its value wide", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 83_000, noNaN: true }), (latencyMs) => {
      const { fromMs, toMs } = bucketBoundsMs(bucketOf(latencyMs));
      // The bounds are whole hundredths of a millisecond; the latency is cut to them.
      assert.ok(latencyMs >= fromMs - 1e-9 && latencyMs < toMs + 1e-9, `${latencyMs} in ${fromMs}..${toMs}`);
      assert.ok(toMs - fromMs <= Math.max(0.010001, fromMs / 31.9));
    }),
  );
});

test("the buckets follow each other without a gap, and what is too long or negative counts at the ends", () => {
  for (let bucket = 1; bucket < bucketCount; bucket++) {
    assert.equal(bucketBoundsMs(bucket).fromMs, bucketBoundsMs(bucket - 1).toMs);
    assert.equal(bucketOf(bucketBoundsMs(bucket).fromMs + 1e-6), bucket);
  }
  assert.equal(bucketOf(1e9), bucketCount - 1);
  assert.equal(bucketOf(Number.POSITIVE_INFINITY), bucketCount - 1);
  assert.equal(bucketOf(-1), 0);
});

test("law: a quantile is that of the values, by nearest rank, to 1.6 % or 0.005 ms", () => {
  const latency = fc.oneof(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 80_000, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(latency, { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, share) => {
        const counts = new Uint32Array(bucketCount);
        for (const value of all) counts[bucketOf(value)]!++;
        const exact = all.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * all.length)) - 1]!;
        const found = quantileMs(counts, share);
        assert.ok(Math.abs(found - exact) <= Math.max(0.0151, exact / 63), `${found} for ${exact}`);
      },
    ),
  );
});

test("nothing counted gives 0", () => {
  assert.equal(quantileMs(new Uint32Array(bucketCount), 0.5), 0);
});
