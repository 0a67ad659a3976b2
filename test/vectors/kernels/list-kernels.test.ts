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
  wanted: fc.integer({ min: 1, max: 700 }),
  /** Few distinct scores make ties. */
  distinct: fc.constantFrom(1, 5, 1e6),
  livePart: fc.constantFrom(0, 0.2, 0.9, 1),
  seed: fc.nat(),
});

test("the lists that are taken are the highest, as many as wanted and few more, and the twin takes the same", () => {
  fc.assert(
    fc.property(lists, ({ count, wanted: asked, distinct, livePart, seed }) => {
      const random = randomFrom(seed);
      const wanted = Math.min(asked, count);
      const scores = Float32Array.from({ length: count }, () => Math.floor(random() * distinct) / distinct - 0.5);
      const live = Uint32Array.from({ length: count }, () =>
        random() < livePart ? 1 + Math.floor(random() * 1e9) : 0,
      );
      floats(places.scores, count).set(scores);
      integers(places.live, count).set(live);
      const run = (kernels: typeof compiled) => {
        // What lies behind the last word stays as it is.
        integers(places.mask, 1024).fill(0x5a5a5a5a);
        const { scores: at, live, mask, buckets } = places;
        const least = kernels.scoreOfNth(at, count, wanted, buckets);
        const taken = kernels.takeLists(at, count, least, live, mask);
        return { least, taken, mask: integers(places.mask, 1024).slice() };
      };
      const found = run(compiled);
      assert.deepEqual(found, run(reference));
      assert.ok(found.mask.subarray(count).every((word) => word === 0x5a5a5a5a));
      const inside = [...live.keys()].filter((list) => scores[list]! >= found.least);
      assert.ok(inside.length >= wanted);
      assert.deepEqual(
        found.mask.slice(0, count),
        live.map((word, list) => (scores[list]! >= found.least ? word : 0)),
      );
      assert.equal(found.taken, inside.filter((list) => live[list] !== 0).length);
      // All that are taken too many lie in one bucket of 1024 with the last that was wanted.
      const nth = Float32Array.from(scores).sort()[count - wanted]!;
      const width = (Math.max(...scores) - Math.min(...scores)) / 1024;
      assert.ok(found.least >= nth - 1.02 * width - 1e-6);
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
