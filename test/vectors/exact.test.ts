import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ExactSearch } from "../../src/vectors/exact.js";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { RowBitmap } from "../../src/vectors/row-bitmap.js";
import { RowFilter } from "../../src/vectors/row-filter.js";
import { allocate } from "../../src/vectors/shared-memory.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { naiveScores, naiveTop, randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";

function storeOf(vectors: Float32Array, dimensions: number): VectorStore {
  const store = VectorStore.create(dimensions);
  const rows = rowsBelow(vectors.length / dimensions);
  const slots = store.claim(rows.length);
  rows.forEach((row, i) => {
    store.write(slots[i]!, row, vectors, i);
  });
  store.bind(rows, slots);
  return store;
}

// Float32 sums of products of unit vectors: |error| <= dims * 2^-24 * sum |v_i q_i| <= dims * 2^-24.
const toleranceAt = (dimensions: number) => dimensions * 2 ** -24;

test("the scan returns what a double-precision scan returns, but for scores that lie closer than float32 can tell", async () => {
  const scenario = fc.record({
    dimensions: fc.constantFrom(1, 8, 15, 16, 17, 100, 384, 512, 1023),
    count: fc.integer({ min: 1, max: 400 }),
    k: fc.integer({ min: 1, max: 450 }),
    allowEvery: fc.integer({ min: 1, max: 40 }),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ dimensions, count, k, allowEvery, seed }) => {
      const random = randomFrom(seed);
      const vectors = unitVectors(count, dimensions, random);
      const query = unitVectors(1, dimensions, random);
      const store = storeOf(vectors, dimensions);
      const kernels = await loadKernels(store.memory);
      const search = new ExactSearch(store, kernels);
      const allowed = [...rowsBelow(count)].filter((row) => row % allowEvery === 0);
      search.begin(query, k);
      search.scan(new RowFilter(store.memory, kernels).placesOf(RowBitmap.of(allowed), store));
      const { rows, scores } = search.take();

      const truth = naiveScores(vectors, dimensions, query);
      const best = naiveTop(truth, allowed, k);
      const tolerance = toleranceAt(dimensions);
      assert.equal(rows.length, best.length);
      assert.equal(new Set(rows).size, rows.length);
      rows.forEach((row, rank) => {
        assert.equal(row % allowEvery, 0);
        assert.ok(Math.abs(scores[rank]! - truth[row]!) <= tolerance);
        assert.ok(Math.abs(truth[row]! - truth[best[rank]!]!) <= 2 * tolerance, `rank ${rank}`);
        if (rank > 0) assert.ok(scores[rank - 1]! >= scores[rank]!);
      });
    }),
    { numRuns: 60 },
  );
});

test("rescoring a list and scanning the rest give the scan's own answer", async () => {
  const dimensions = 40;
  const vectors = unitVectors(9000, dimensions, randomFrom(5));
  const store = storeOf(vectors, dimensions);
  const kernels = await loadKernels(store.memory);
  const search = new ExactSearch(store, kernels);
  const query = vectorAt(vectors, 4500, dimensions);
  search.begin(query, 25);
  search.scan(store.live);
  const whole = search.take();
  assert.equal(whole.rows[0], 4500);

  const listed = RowBitmap.of([...store.live].filter((slot) => slot % 3 === 0));
  search.begin(query, 25);
  search.offer([...listed]);
  search.scan(store.live, listed);
  assert.deepEqual(search.take(), whole);
});

test("vectors beyond the second GiB, where addresses have their highest bit set, are found", async () => {
  const dimensions = 64;
  const store = VectorStore.create(dimensions);
  allocate(store.memory, 2.5 * 2 ** 30);
  const vectors = unitVectors(5000, dimensions, randomFrom(6));
  const slots = store.claim(5000);
  for (const row of rowsBelow(5000)) store.write(slots[row]!, row, vectors, row);
  store.bind(rowsBelow(5000), slots);
  assert.ok(store.addressOf(4999) > 2 ** 31);
  const kernels = await loadKernels(store.memory);
  const search = new ExactSearch(store, kernels);
  const query = vectorAt(vectors, 4999, dimensions);
  search.begin(query, 5);
  search.scan(store.live);
  assert.deepEqual([...search.take().rows], naiveTop(naiveScores(vectors, dimensions, query), rowsBelow(5000), 5));
});
