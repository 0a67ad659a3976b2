import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Kernels, loadKernels } from "../../../src/vectors/kernels/kernels.js";
import { referenceKernels } from "../../../src/vectors/kernels/reference.js";
import { allocate, createSharedMemory } from "../../../src/vectors/shared-memory.js";
import { randomFrom } from "../random-vectors.js";

const memory = createSharedMemory();
const maxFloats = 4096;
const places = {
  vector: allocate(memory, maxFloats * 4),
  other: allocate(memory, maxFloats * 4),
  rest: allocate(memory, maxFloats * 4),
  code: allocate(memory, maxFloats * 4),
  tables: allocate(memory, maxFloats * 4),
  sums: allocate(memory, 8),
};
const bytes = new Uint8Array(memory.buffer);
const floats = new Float32Array(memory.buffer);
const compiled = await loadKernels(memory);
const reference = referenceKernels(memory);

// Signed zeros and few distinct values; ordinary numbers; magnitudes down to subnormal ones, so that rounding differs by order.
const kinds = [
  (random: () => number) => Math.round(random() * 2 - 1) * (random() < 0.5 ? -1 : 1),
  (random: () => number) => random() * 2 - 1,
  (random: () => number) => (random() - 0.5) * 2 ** Math.floor(random() * 150 - 148),
];

const scenario = fc.record({
  floats: fc.integer({ min: 1, max: 64 }).map((count) => count * 16),
  kind: fc.constantFrom(...kinds),
  seed: fc.nat(),
});

/** Fills vector and other with numbers and the rest of the memory with one byte. */
function fill({ floats: count, kind, seed }: { floats: number; kind: (random: () => number) => number; seed: number }) {
  const random = randomFrom(seed);
  bytes.fill(0xaa, places.vector, places.sums + 8);
  for (const place of [places.vector, places.other]) {
    for (let i = 0; i < count; i++) floats[place / 4 + i] = kind(random);
  }
}

/** What `run` returns and leaves in memory, from the same start with either kind of kernels. */
function same(start: () => void, run: (kernels: Kernels) => unknown): void {
  const after = (kernels: Kernels) => {
    start();
    const returned = run(kernels);
    return { returned, bytes: bytes.slice(places.vector, places.sums + 8) };
  };
  assert.deepEqual(after(compiled), after(reference));
}

test("a dot product, a rest and the signs of one leave the same bytes as their TypeScript twins", () => {
  fc.assert(
    fc.property(scenario, fc.nat(4), fc.integer({ min: 1, max: 32 }), (numbers, padding, step) => {
      const { vector, other, rest, code, sums } = places;
      const count = numbers.floats;
      const start = () => fill(numbers);
      same(start, (kernels) => kernels.dot(vector, other, count * 4));
      same(start, (kernels) => kernels.subtract(vector, other, count, rest, count + padding * 16));
      same(start, (kernels) => kernels.encodeSigns(vector, count, code, step, sums));
    }),
  );
});

test("a round of the rotation leaves the same bytes as its TypeScript twin", () => {
  fc.assert(
    fc.property(scenario, fc.integer({ min: 4, max: 12 }), ({ kind, seed }, power) => {
      const size = 2 ** power;
      same(
        () => fill({ floats: size, kind, seed }),
        (kernels) => kernels.transform(places.vector, places.other, size),
      );
    }),
  );
});

test("the tables of a query are the same bytes as its TypeScript twin's", () => {
  fc.assert(
    fc.property(scenario, fc.double({ min: 1e-30, max: 4, noNaN: true }), (numbers, step) => {
      same(
        () => fill(numbers),
        (kernels) => kernels.queryTables(places.vector, numbers.floats, step, places.tables),
      );
    }),
  );
});

test("a table entry is the sum of levels, or what is missing from 15, over the bits of its number", () => {
  const levels = [0, 15, 3, 8, ...Array(12).fill(8)];
  levels.forEach((level, i) => {
    floats[places.vector / 4 + i] = level - 8 + 0.5;
  });
  compiled.queryTables(places.vector, 16, 1, places.tables);
  const table = bytes.subarray(places.tables, places.tables + 16);
  assert.equal(table[0], 15 + 0 + 12 + 7);
  assert.equal(table[0b0010], 15 + 15 + 12 + 7);
  assert.equal(table[0b1101], 0 + 0 + 3 + 8);
});
