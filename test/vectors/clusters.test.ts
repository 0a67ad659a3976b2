import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Clusters, listRows } from "../../src/vectors/clusters.js";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { Quantizer } from "../../src/vectors/quantizer.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { clusteredVectors, randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";

/** Lists of slots, and the mean that came with each. */
async function listsOf(vectors: Float32Array, dimensions: number) {
  const store = VectorStore.create(dimensions);
  const slots = store.claim(vectors.length / dimensions);
  slots.forEach((slot, i) => {
    store.write(slot, i, vectors, i);
  });
  const kernels = await loadKernels(store.memory);
  const place = { memory: store.memory, kernels };
  const quantizer = new Quantizer("rabitq", dimensions, new Float32Array(dimensions), place);
  const lists: { slots: number[]; mean: Float32Array }[] = [];
  const clustering = new Clusters({ store, kernels }).cluster(slots, quantizer, (members, centre) => {
    lists.push({ slots: [...members], mean: new Float32Array(store.memory.buffer, centre, dimensions).slice() });
  });
  while (!clustering.next().done);
  return lists;
}

test("every vector is in one list, no list is too long, and each comes with the mean of its vectors", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3000 }),
      fc.constantFrom(3, 16, 40),
      fc.constantFrom("apart", "clustered", "all the same"),
      fc.nat(),
      async (count, dimensions, kind, seed) => {
        const random = randomFrom(seed);
        const one = unitVectors(1, dimensions, random);
        const vectors =
          kind === "all the same"
            ? Float32Array.from({ length: count * dimensions }, (_, i) => one[i % dimensions]!)
            : (kind === "apart" ? unitVectors : clusteredVectors)(count, dimensions, random);
        const lists = await listsOf(vectors, dimensions);
        assert.deepEqual(Uint32Array.from(lists.flatMap(({ slots }) => slots)).sort(), rowsBelow(count));
        for (const { slots, mean } of lists) {
          assert.ok(slots.length > 0 && slots.length <= listRows);
          for (let i = 0; i < dimensions; i++) {
            const expected = slots.reduce((sum, slot) => sum + vectors[slot * dimensions + i]!, 0) / slots.length;
            assert.ok(Math.abs(mean[i]! - expected) < 1e-5);
          }
        }
        // One short list for each group of some hundred is left.
        assert.ok(lists.length <= Math.ceil(count / listRows) + Math.ceil(count / 100));
      },
    ),
    { numRuns: 25 },
  );
});

test("vectors of a list lie much nearer to each other than vectors as they come", async () => {
  const [dimensions, count] = [32, 8000];
  const vectors = clusteredVectors(count, dimensions, randomFrom(5));
  const spreadOf = (lists: number[][]) => {
    let squares = 0;
    for (const slots of lists) {
      for (let i = 0; i < dimensions; i++) {
        const mean = slots.reduce((sum, slot) => sum + vectors[slot * dimensions + i]!, 0) / slots.length;
        for (const slot of slots) squares += (vectors[slot * dimensions + i]! - mean) ** 2;
      }
    }
    return squares / count;
  };
  const lists = (await listsOf(vectors, dimensions)).map(({ slots }) => slots);
  const asTheyCome = Array.from({ length: count / 32 }, (_, list) =>
    Array.from({ length: 32 }, (_, i) => list * 32 + i),
  );
  assert.ok(spreadOf(lists) < 0.4 * spreadOf(asTheyCome));
});

test("a long tail of one topic is taken apart too", async () => {
  const dimensions = 8;
  const [one, other] = [unitVectors(1, dimensions, randomFrom(1)), unitVectors(1, dimensions, randomFrom(2))];
  const vectors = new Float32Array(9000 * dimensions);
  for (let i = 0; i < 9000; i++) vectors.set(i < 8900 ? one : other, i * dimensions);
  const lists = await listsOf(vectors, dimensions);
  assert.equal(lists.flatMap(({ slots }) => slots).length, 9000);
  assert.deepEqual(
    vectorAt(vectors, lists[0]!.slots[0]!, dimensions).map((value) => Math.round(value * 1e4)),
    lists[0]!.mean.map((value) => Math.round(value * 1e4)),
  );
});
