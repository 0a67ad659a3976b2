import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadKernels } from "../../../src/vectors/kernels/kernels.js";
import { referenceKernels } from "../../../src/vectors/kernels/reference.js";
import { allocate, createSharedMemory } from "../../../src/vectors/shared-memory.js";
import { randomFrom } from "../random-vectors.js";

const memory = createSharedMemory();
const places = {
  scores: allocate(memory, 4096),
  live: allocate(memory, 4096),
  mask: allocate(memory, 4096),
  buckets: allocate(memory, 4096),
  vectors: allocate(memory, 40 * 256),
  query: allocate(memory, 256),
  indexes: allocate(memory, 256),
};
const compiled = await loadKernels(memory);
const reference = referenceKernels(memory);
const floats = (address: number, count: number) => new Float32Array(memory.buffer, address, count);
const integers = (address: number, count: number) => new Uint32Array(memory.buffer, address, count);

const lists = fc.record({
  count: fc.integer({ min: 1, max: 700 }),
  wanted: fc.integer({ min: 1, max: 800 }),
  /** Few distinct scores make ties. */
  distinct: fc.constantFrom(1, 5, 1e6),
  livePart: fc.constantFrom(0, 0.2, 0.9, 1),
  seed: fc.nat(),
});

test("the lists that are taken are the highest of those with live rows, as many as wanted, and the twin takes the same", () => {
  fc.assert(
    fc.property(lists, ({ count, wanted, distinct, livePart, seed }) => {
      const random = randomFrom(seed);
      const scores = Float32Array.from({ length: count }, () => Math.floor(random() * distinct) / distinct - 0.5);
      const live = Uint32Array.from({ length: count }, () =>
        random() < livePart ? 1 + Math.floor(random() * 1e9) : 0,
      );
      integers(places.live, count).set(live);
      const run = (kernels: typeof compiled) => {
        floats(places.scores, count).set(scores);
        // What lies behind the last word stays as it is.
        integers(places.mask, 1024).fill(0x5a5a5a5a);
        const { scores: at, live, mask, buckets } = places;
        const taken = kernels.selectLists(at, count, wanted, live, mask, buckets);
        return { taken, mask: integers(places.mask, 1024).slice() };
      };
      const found = run(compiled);
      assert.deepEqual(found, run(reference));
      assert.ok(found.mask.subarray(count).every((word) => word === 0x5a5a5a5a));
      const inside = [...live.keys()].filter((list) => found.mask[list] !== 0);
      const outside = [...live.keys()].filter((list) => live[list] !== 0 && found.mask[list] === 0);
      assert.ok(inside.every((list) => found.mask[list] === live[list]));
      assert.equal(inside.length, found.taken);
      assert.ok(found.taken >= Math.min(wanted, inside.length + outside.length));
      const lowestInside = Math.min(...inside.map((list) => scores[list]!));
      assert.ok(outside.every((list) => scores[list]! <= lowestInside));
    }),
  );
});

test("sums and dot products over chosen vectors are the twin's, bit for bit", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(39), { maxLength: 60 }),
      fc.constantFrom(64, 128, 256),
      fc.nat(),
      (chosen, stride, seed) => {
        const random = randomFrom(seed);
        floats(places.vectors, 40 * 64).set(Float32Array.from({ length: 40 * 64 }, () => random() - 0.5));
        floats(places.query, 64).set(Float32Array.from({ length: 64 }, () => random() - 0.5));
        integers(places.indexes, 64).set(chosen);
        const { vectors, indexes, query, scores, mask: sum } = places;
        const run = (kernels: typeof compiled) => {
          kernels.dotsOf(vectors, stride, indexes, chosen.length, query, scores);
          kernels.sumOf(vectors, stride, indexes, chosen.length, sum);
          return [floats(scores, chosen.length).slice(), floats(sum, stride / 4).slice()];
        };
        assert.deepEqual(run(compiled), run(reference));
      },
    ),
  );
});
