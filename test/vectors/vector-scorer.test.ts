import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ExactSearch, type Found } from "../../src/vectors/exact.js";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { type VectorFormat, vectorFormats } from "../../src/vectors/vector-format.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { naiveScores, naiveTop, randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";

function storeOf(vectors: Float32Array, dimensions: number, format: VectorFormat): VectorStore {
  const store = VectorStore.create(dimensions, format);
  const rows = rowsBelow(vectors.length / dimensions);
  const slots = store.claim(rows.length);
  rows.forEach((row, i) => {
    store.write(slots[i]!, row, vectors, i);
  });
  store.bind(rows, slots);
  return store;
}

async function searchOf(store: VectorStore): Promise<(query: Float32Array, k: number) => Found> {
  const search = new ExactSearch(store, await loadKernels(store.memory));
  return (query, k) => {
    search.begin(query, k);
    search.scan(store.live);
    return search.take();
  };
}

const largestOf = (vector: Float32Array) => vector.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/**
 * How far a score may lie from the true cosine of v and q, both of unit length and D dimensions.
 *
 * float32: the sum of D products errs by at most D 2^-24.
 * float16: each element errs by 2^-11 of itself, or by 2^-25 where it is below 2^-14, so <v' - v, q> by 2^-11 + 2^-25 sqrt(D);
 *   and the sum as above.
 * int8: s b, with s = max |v| / 127, lies within delta = s sqrt(D) / 2 of v, so the angle t between b and v has sin t <= delta, and
 *   the unit vectors along them are 2 sin(t / 2) apart. An element of the query errs by half a step, 1 / (2 f), so the query by
 *   sqrt(D) / (2 f). The sum is exact; three roundings to float32 follow.
 */
function errorBound(format: VectorFormat, v: Float32Array, q: Float32Array): number {
  const D = v.length;
  const sum = D * 2 ** -24;
  switch (format) {
    case "float32":
      return sum;
    case "float16":
      return 2 ** -11 + 2 ** -25 * Math.sqrt(D) + sum;
    case "int8": {
      const delta = ((largestOf(v) / 127) * Math.sqrt(D)) / 2;
      const f = Math.min(32767 / largestOf(q), (2 ** 31 / 127 - 1 - D / 2) / Math.sqrt(D));
      return 2 * Math.sin(Math.asin(delta) / 2) + Math.sqrt(D) / (2 * f) + 2 ** -22;
    }
  }
}

test("in every format scores lie within the format's error of the cosine, and so does the order", async () => {
  const scenario = fc.record({
    format: fc.constantFrom(...vectorFormats),
    dimensions: fc.constantFrom(1, 8, 15, 16, 17, 100, 384, 512, 1023),
    count: fc.integer({ min: 1, max: 300 }),
    k: fc.integer({ min: 1, max: 320 }),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ format, dimensions, count, k, seed }) => {
      const random = randomFrom(seed);
      const vectors = unitVectors(count, dimensions, random);
      const query = unitVectors(1, dimensions, random);
      const search = await searchOf(storeOf(vectors, dimensions, format));
      const { rows, scores } = search(query, k);
      const truth = naiveScores(vectors, dimensions, query);
      const bounds = truth.map((_, row) => errorBound(format, vectorAt(vectors, row, dimensions), query));
      const best = naiveTop(truth, rowsBelow(count), k);
      const worstBound = Math.max(...bounds);
      assert.equal(rows.length, best.length);
      rows.forEach((row, rank) => {
        const error = Math.abs(scores[rank]! - truth[row]!);
        assert.ok(error <= bounds[row]!, `${format}: ${error} is more than ${bounds[row]}`);
        assert.ok(truth[row]! >= truth[best[rank]!]! - 2 * worstBound, `${format}: rank ${rank}`);
      });
    }),
    { numRuns: 80 },
  );
});

test("of the ten nearest among 5,000 random vectors halves find at least 99 % and 8-bit integers 95 %", async () => {
  const [dimensions, count, queries] = [256, 5000, 50];
  const vectors = unitVectors(count, dimensions, randomFrom(11));
  const recallOf = async (format: VectorFormat) => {
    const search = await searchOf(storeOf(vectors, dimensions, format));
    let found = 0;
    for (let i = 0; i < queries; i++) {
      const query = unitVectors(1, dimensions, randomFrom(1000 + i));
      const truth = new Set(naiveTop(naiveScores(vectors, dimensions, query), rowsBelow(count), 10));
      found += search(query, 10).rows.filter((row) => truth.has(row)).length;
    }
    return found / (10 * queries);
  };
  assert.equal(await recallOf("float32"), 1);
  for (const [format, least] of [
    ["float16", 0.99],
    ["int8", 0.95],
  ] as const) {
    const recall = await recallOf(format);
    assert.ok(recall >= least, `${format}: ${recall}`);
  }
});

test("the largest sums of 8-bit integers fit, at 4096 dimensions too", async () => {
  for (const dimensions of [16, 512, 517, 4096]) {
    // Every element at its largest, in both: the sum of products is as large as it can be.
    const vector = new Float32Array(dimensions).fill(1 / Math.sqrt(dimensions));
    const search = await searchOf(storeOf(vector, dimensions, "int8"));
    for (const sign of [1, -1]) {
      const [score] = search(
        vector.map((value) => sign * value),
        1,
      ).scores;
      assert.ok(Math.abs(score! - sign) < 1e-3, `${dimensions}: ${score}`);
    }
  }
});

test("rescoring a list gives the scores of the scan, in every format", async () => {
  const [dimensions, count] = [40, 5000];
  const vectors = unitVectors(count, dimensions, randomFrom(5));
  const query = vectorAt(vectors, 4500, dimensions);
  for (const format of vectorFormats) {
    const store = storeOf(vectors, dimensions, format);
    const whole = (await searchOf(store))(query, 25);
    assert.equal(whole.rows[0], 4500);
    const search = new ExactSearch(store, await loadKernels(store.memory));
    search.begin(query, 25);
    search.offer([...store.live]);
    assert.deepEqual(search.take(), whole, format);
  }
});

test("a vector's floats lie padded at their address, whatever its format", () => {
  for (const format of vectorFormats) {
    const dimensions = 21;
    const vectors = unitVectors(3, dimensions, randomFrom(6));
    const store = storeOf(vectors, dimensions, format);
    for (const slot of [2, 0]) {
      const read = new Float32Array(dimensions);
      store.read(slot, read, 0);
      const address = store.floatsAt(slot);
      const floats = new Float32Array(store.memory.buffer, address, store.stride);
      assert.deepEqual([...floats], [...read, ...new Array(store.stride - dimensions).fill(0)], format);
      assert.ok(read.every((value, i) => Math.abs(value - vectors[slot * dimensions + i]!) < 0.01));
    }
  }
});
