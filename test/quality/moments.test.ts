import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { coherence, cosineDistance, meanVector } from "../../src/quality/index.js";
import { cloud } from "./random-rows.js";

test("law: the coherence from the sum is the mean cosine over all pairs", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(5), fc.integer(), (rows, zeros, seed) => {
      const { dimensions, vectors } = cloud({ rows, seed });
      const padded = new Float32Array((rows + zeros) * dimensions);
      padded.set(vectors, zeros * dimensions);
      let sum = 0;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < rows; j++) {
          if (i === j) continue;
          for (let d = 0; d < dimensions; d++) sum += vectors[i * dimensions + d]! * vectors[j * dimensions + d]!;
        }
      }
      const found = coherence({ dimensions, rows: rows + zeros, vectors: padded });
      assert.ok(Math.abs(found - sum / (rows * (rows - 1))) < 1e-6, `${found}`);
    }),
  );
});

test("equal rows have coherence 1, opposite ones -1, and a single row has no pairs", () => {
  assert.equal(coherence({ dimensions: 2, rows: 2, vectors: Float32Array.of(1, 0, 1, 0) }), 1);
  assert.equal(coherence({ dimensions: 2, rows: 2, vectors: Float32Array.of(1, 0, -1, 0) }), -1);
  assert.equal(coherence({ dimensions: 2, rows: 2, vectors: Float32Array.of(1, 0, 0, 0) }), 1);
});

test("means and their cosine distance", () => {
  const mean = meanVector({ dimensions: 2, rows: 2, vectors: Float32Array.of(1, 0, 0, 1) });
  assert.deepEqual([...mean], [0.5, 0.5]);
  assert.ok(Math.abs(cosineDistance(mean, [3, 0]) - (1 - Math.SQRT1_2)) < 1e-12);
  assert.equal(cosineDistance([1, 0], [-2, 0]), 2);
  assert.equal(cosineDistance([0, 0], [1, 0]), 1);
  assert.equal(cosineDistance([0, 0], [0, 0]), 0);
});
