import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codeForms, Quantizer, type QueryTables } from "../../src/vectors/quantizer.js";
import { clusteredVectors, naiveScores, randomFrom, unitVectors, vectorAt } from "./random-vectors.js";

function meanOf(vectors: Float32Array, dimensions: number): Float32Array {
  const mean = new Float32Array(dimensions);
  vectors.forEach((value, i) => {
    mean[i % dimensions]! += (value * dimensions) / vectors.length;
  });
  return mean;
}

/** The score as the formula in quantizer.ts has it. */
function scoreOf(code: Uint8Array, factor: number, offset: number, { tables, scale, shift }: QueryTables): number {
  let sum = 0;
  code.forEach((byte, i) => {
    sum += tables[i * 32 + (byte & 15)]! + tables[i * 32 + 16 + (byte >>> 4)]!;
  });
  return factor * (scale * sum + shift) + offset;
}

test("the table sum is the dot product of signs and the query's levels", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (dimensions, seed) => {
      const random = randomFrom(seed);
      const quantizer = new Quantizer("sign", dimensions, new Float32Array(0));
      const vector = unitVectors(1, dimensions, random);
      const query = unitVectors(1, dimensions, random);
      const code = new Uint8Array(quantizer.codeBytes);
      quantizer.encode(vector, code);
      const tables = quantizer.tablesOf(query);
      const padded = quantizer.codeBytes * 8;
      const step = 0.335 * Math.sqrt(query.reduce((sum, value) => sum + value * value, 0) / padded);
      let expected = 0;
      for (let i = 0; i < padded; i++) {
        const level = Math.max(0, Math.min(15, Math.floor((query[i] ?? 0) / step) + 8)) - 7.5;
        expected += ((vector[i] ?? 0) > 0 ? 1 : -1) * level * tables.scale;
      }
      assert.ok(Math.abs(scoreOf(code, 1, 0, tables) - expected) < 1e-6 * padded);
    }),
  );
});

test("RaBitQ estimates the cosine without bias and within its error, also about a common mean", () => {
  const [dimensions, count] = [384, 2000];
  const vectors = clusteredVectors(count, dimensions, randomFrom(1));
  const centroid = meanOf(vectors, dimensions);
  const quantizer = new Quantizer("rabitq", dimensions, centroid);
  const code = new Uint8Array(quantizer.codeBytes);
  let sum = 0;
  let squares = 0;
  const queries = 20;
  for (let q = 0; q < queries; q++) {
    const query = clusteredVectors(1, dimensions, randomFrom(100 + q));
    const tables = quantizer.tablesOf(query);
    const common = naiveScores(centroid, dimensions, query)[0]!;
    const truth = naiveScores(vectors, dimensions, query);
    for (let i = 0; i < count; i++) {
      quantizer.encode(vectorAt(vectors, i, dimensions), code);
      const error = scoreOf(code, quantizer.factor, quantizer.offset, tables) + common - truth[i]!;
      sum += error;
      squares += error * error;
    }
  }
  // One estimate errs by about sqrt((pi / 2 - 1) / D) = 0.039 of |v - c| |q - c| (theorem 3.2), both close to 1 here.
  const deviation = Math.sqrt(squares / (count * queries));
  assert.ok(deviation > 0.01 && deviation < 0.045, `deviation ${deviation}`);
  assert.ok(Math.abs(sum / (count * queries)) < 0.01, `bias ${sum / (count * queries)}`);
});

test("a vector on the centroid and a query on the centroid have finite scores", () => {
  const dimensions = 30;
  const vector = unitVectors(1, dimensions, randomFrom(5));
  for (const form of codeForms) {
    const quantizer = new Quantizer(form, dimensions, vector);
    const code = new Uint8Array(quantizer.codeBytes);
    quantizer.encode(vector, code);
    assert.ok(Number.isFinite(scoreOf(code, quantizer.factor, quantizer.offset, quantizer.tablesOf(vector))), form);
  }
});
