import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { codeForms, Quantizer, type QueryTables } from "../../src/vectors/quantizer.js";
import { allocate, createSharedMemory } from "../../src/vectors/shared-memory.js";
import { clusteredVectors, naiveScores, randomFrom, unitVectors, vectorAt } from "./random-vectors.js";

const memory = createSharedMemory();
const workspace = { memory, kernels: await loadKernels(memory) };
const places = { code: allocate(memory, 512 * 32), tables: allocate(memory, 512 * 32), floats: allocate(memory, 8192) };

/** A code with its two numbers. */
type Encoded = { code: Uint8Array; factor: number; offset: number };

function encoded(quantizer: Quantizer, vector: Float32Array): Encoded {
  quantizer.encode(vector, places.code);
  const code = new Uint8Array(memory.buffer, places.code, quantizer.codeBytes).slice();
  return { code, factor: quantizer.factor, offset: quantizer.offset };
}

type Prepared = QueryTables & { tables: Uint8Array };

function prepared(quantizer: Quantizer, query: Float32Array): Prepared {
  const { scale, shift } = quantizer.tablesOf(query, places.tables);
  return { tables: new Uint8Array(memory.buffer, places.tables, quantizer.codeBytes * 32).slice(), scale, shift };
}

function meanOf(vectors: Float32Array, dimensions: number): Float32Array {
  const mean = new Float32Array(dimensions);
  vectors.forEach((value, i) => {
    mean[i % dimensions]! += (value * dimensions) / vectors.length;
  });
  return mean;
}

/** The score as the formula in quantizer.ts has it. */
function scoreOf({ code, factor, offset }: Encoded, { tables, scale, shift }: Prepared): number {
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
      const quantizer = new Quantizer("sign", dimensions, new Float32Array(0), workspace);
      const vector = unitVectors(1, dimensions, random);
      const query = unitVectors(1, dimensions, random);
      const { code } = encoded(quantizer, vector);
      const tables = prepared(quantizer, query);
      const padded = quantizer.codeBytes * 8;
      const step = Math.fround(0.335 * Math.sqrt(workspace.kernels.dot(...padAt(query, padded)) / padded));
      let expected = 0;
      for (let i = 0; i < padded; i++) {
        const level = Math.max(0, Math.min(15, Math.floor(Math.fround((query[i] ?? 0) / step)) + 8)) - 7.5;
        expected += ((vector[i] ?? 0) > 0 ? 1 : -1) * level * tables.scale;
      }
      assert.ok(Math.abs(scoreOf({ code, factor: 1, offset: 0 }, tables) - expected) < 1e-6 * padded);
    }),
  );
});

/** The arguments of the kernel that takes the dot product of a vector, filled up with zeros, with itself. */
function padAt(vector: Float32Array, padded: number): [number, number, number] {
  new Float32Array(memory.buffer, places.floats, padded).fill(0).set(vector);
  return [places.floats, places.floats, padded * 4];
}

test("RaBitQ estimates the cosine without bias and within its error, also about a common mean", () => {
  const [dimensions, count] = [384, 2000];
  const vectors = clusteredVectors(count, dimensions, randomFrom(1));
  const centroid = meanOf(vectors, dimensions);
  const quantizer = new Quantizer("rabitq", dimensions, centroid, workspace);
  const codes = Array.from({ length: count }, (_, i) => encoded(quantizer, vectorAt(vectors, i, dimensions)));
  let sum = 0;
  let squares = 0;
  const queries = 20;
  for (let q = 0; q < queries; q++) {
    const query = clusteredVectors(1, dimensions, randomFrom(100 + q));
    const tables = prepared(quantizer, query);
    const common = naiveScores(centroid, dimensions, query)[0]!;
    const truth = naiveScores(vectors, dimensions, query);
    codes.forEach((code, i) => {
      const error = scoreOf(code, tables) + common - truth[i]!;
      sum += error;
      squares += error * error;
    });
  }
  // One estimate errs by about sqrt((pi / 2 - 1) / D) = 0.039 of |v - c| |q - c| (theorem 3.2), both close to 1 here.
  const deviation = Math.sqrt(squares / (count * queries));
  assert.ok(deviation > 0.01 && deviation < 0.045, `deviation ${deviation}`);
  assert.ok(Math.abs(sum / (count * queries)) < 0.01, `bias ${sum / (count * queries)}`);
});

test("a vector's address does as well as the vector, and what lies between the bytes of a code stays as it is", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.constantFrom(...codeForms), fc.nat(), (dimensions, form, seed) => {
      const random = randomFrom(seed);
      const centroid = unitVectors(1, dimensions, random).map((value) => value / 2);
      const vector = unitVectors(1, dimensions, random);
      const quantizer = new Quantizer(form, dimensions, centroid, workspace);
      const plain = encoded(quantizer, vector);
      const [address] = padAt(vector, Math.ceil(dimensions / 16) * 16);
      const bytes = new Uint8Array(memory.buffer, places.code, quantizer.codeBytes * 32).fill(0xaa);
      quantizer.encode(address, places.code, 32);
      bytes.forEach((byte, i) => {
        assert.equal(byte, i % 32 === 0 ? plain.code[i / 32] : 0xaa);
      });
      assert.deepEqual([quantizer.factor, quantizer.offset], [plain.factor, plain.offset]);
      const tables = prepared(quantizer, vector);
      assert.deepEqual({ ...tables, ...quantizer.tablesOf(address, places.tables) }, tables);
      assert.deepEqual(new Uint8Array(memory.buffer, places.tables, tables.tables.length), tables.tables);
    }),
    { numRuns: 50 },
  );
});

test("a vector on the centroid and a query on the centroid have finite scores", () => {
  const dimensions = 30;
  const vector = unitVectors(1, dimensions, randomFrom(5));
  for (const form of codeForms) {
    const quantizer = new Quantizer(form, dimensions, vector, workspace);
    assert.ok(Number.isFinite(scoreOf(encoded(quantizer, vector), prepared(quantizer, vector))), form);
  }
});
