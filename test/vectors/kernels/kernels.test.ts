import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Kernels, loadKernels } from "../../../src/vectors/kernels/kernels.js";
import { referenceKernels } from "../../../src/vectors/kernels/reference.js";
import { allocate, createSharedMemory } from "../../../src/vectors/shared-memory.js";
import { randomFrom } from "../random-vectors.js";

const memory = createSharedMemory();
const maxSlots = 96;
const places = {
  vectors: allocate(memory, maxSlots * 1024 * 4),
  rowNumbers: allocate(memory, maxSlots * 4),
  query: allocate(memory, 1024 * 4),
  mask: allocate(memory, maxSlots / 8),
  addresses: allocate(memory, maxSlots * 4),
  candidates: allocate(memory, maxSlots * 4),
  scores: allocate(memory, 256 * 4),
  rows: allocate(memory, 256 * 4),
};
const floats = new Float32Array(memory.buffer);
const integers = new Uint32Array(memory.buffer);
const compiled = await loadKernels(memory);
const reference = referenceKernels(memory);

/** The heap's bytes after `run`, and after sorting. */
function heapAfter(kernels: Kernels, run: (kernels: Kernels) => number): { heap: Uint8Array; sorted: Uint8Array } {
  const heapBytes = () => new Uint8Array(memory.buffer, places.scores, places.rows - places.scores + 1024).slice();
  integers.fill(0xffffffff, places.scores / 4, places.rows / 4 + 256);
  const size = run(kernels);
  const heap = heapBytes();
  kernels.sortTopK(places.scores, places.rows, size);
  return { heap, sorted: heapBytes() };
}

// Few distinct values make ties; the last kind mixes magnitudes down to subnormal numbers, so that rounding differs by order.
const kinds = [
  (random: () => number) => random() * 2 - 1,
  (random: () => number) => Math.round(random() * 2 - 1),
  (random: () => number) => (random() - 0.5) * 2 ** Math.floor(random() * 150 - 148),
];

const scenario = fc.record({
  dimensions: fc.integer({ min: 8, max: 1024 }),
  slots: fc.integer({ min: 1, max: maxSlots }),
  k: fc.integer({ min: 1, max: 120 }),
  kind: fc.constantFrom(...kinds),
  seed: fc.nat(),
  maskShare: fc.constantFrom(0, 0.1, 0.5, 1),
});

test("the compiled kernels leave the same bytes as their TypeScript twin", () => {
  fc.assert(
    fc.property(scenario, ({ dimensions, slots, k, kind, seed, maskShare }) => {
      const random = randomFrom(seed);
      const stride = Math.ceil(dimensions / 16) * 16;
      floats.fill(0, places.vectors / 4, places.vectors / 4 + slots * stride);
      floats.fill(0, places.query / 4, places.query / 4 + stride);
      integers.fill(0, places.mask / 4, places.mask / 4 + maxSlots / 32);
      for (let i = 0; i < dimensions; i++) floats[places.query / 4 + i] = kind(random);
      for (let slot = 0; slot < slots; slot++) {
        for (let i = 0; i < dimensions; i++) floats[places.vectors / 4 + slot * stride + i] = kind(random);
        // Not in slot order, and from both ends of the 32 bits.
        integers[places.rowNumbers / 4 + slot] = Math.imul(slot + 1, 0x9e3779b1) >>> 0;
        if (random() < maskShare) integers[places.mask / 4 + (slot >>> 5)]! |= 1 << (slot & 31);
        integers[places.addresses / 4 + slot] = places.vectors + slot * stride * 4;
        integers[places.candidates / 4 + slot] = slot * 3;
      }
      const { vectors, rowNumbers, query, mask, addresses, candidates, scores, rows } = places;
      const scan = (kernels: Kernels) =>
        kernels.dotTopK(vectors, stride * 4, rowNumbers, query, mask, maxSlots / 32, scores, rows, 0, k);
      const list = (kernels: Kernels) =>
        kernels.dotTopKOf(addresses, candidates, slots, stride * 4, query, scores, rows, 0, k);
      for (const run of [scan, list]) assert.deepEqual(heapAfter(compiled, run), heapAfter(reference, run));
    }),
  );
});

test("equal scores are kept and ordered by row number", () => {
  const { vectors, rowNumbers, query, mask, scores, rows } = places;
  floats.fill(1, vectors / 4, vectors / 4 + 10 * 16);
  floats.fill(1, query / 4, query / 4 + 16);
  integers.set([7, 3, 9, 1, 8, 2, 6, 4, 5, 0xffffffff], rowNumbers / 4);
  integers[mask / 4] = 0b1111111111;
  for (const kernels of [compiled, reference]) {
    const size = kernels.dotTopK(vectors, 64, rowNumbers, query, mask, 1, scores, rows, 0, 4);
    kernels.sortTopK(scores, rows, size);
    assert.deepEqual([...integers.subarray(rows / 4, rows / 4 + size)], [1, 2, 3, 4]);
    assert.deepEqual([...floats.subarray(scores / 4, scores / 4 + size)], [16, 16, 16, 16]);
  }
});
