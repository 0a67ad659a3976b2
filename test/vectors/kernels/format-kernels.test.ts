import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Kernels, loadKernels } from "../../../src/vectors/kernels/kernels.js";
import { referenceKernels } from "../../../src/vectors/kernels/reference.js";
import { allocate, createSharedMemory } from "../../../src/vectors/shared-memory.js";
import { codecOf } from "../../../src/vectors/vector-format.js";
import { randomFrom } from "../random-vectors.js";

const memory = createSharedMemory();
const maxSlots = 64;
const maxStride = 4096;
const places = {
  vectors: allocate(memory, maxSlots * maxStride * 2),
  decoded: allocate(memory, maxSlots * maxStride * 4),
  query: allocate(memory, maxStride * 4),
  scaledQuery: allocate(memory, maxStride * 4),
  lists: allocate(memory, maxSlots * 16 + 64),
  heap: allocate(memory, 1024),
};
const lists = {
  rowNumbers: places.lists,
  scales: places.lists + maxSlots * 4,
  addresses: places.lists + maxSlots * 8,
  decodedAddresses: places.lists + maxSlots * 12,
  mask: places.lists + maxSlots * 16,
};
const [scores, rows] = [places.heap, places.heap + 512];
const bytes = new Uint8Array(memory.buffer);
const floats = new Float32Array(memory.buffer);
const integers = new Uint32Array(memory.buffer);
const compiled = await loadKernels(memory);
const reference = referenceKernels(memory);

const scenario = fc.record({
  stride: fc.integer({ min: 1, max: 64 }).map((count) => count * 16),
  slots: fc.integer({ min: 1, max: maxSlots }),
  k: fc.integer({ min: 1, max: 100 }),
  share: fc.constantFrom(0, 0.3, 1),
  seed: fc.nat(),
});

/** Row numbers, a mask and addresses for `slots` vectors of `strideBytes` bytes. */
function place(slots: number, strideBytes: number, decodedBytes: number, share: number, random: () => number): void {
  integers.fill(0, lists.mask / 4, lists.mask / 4 + maxSlots / 32);
  for (let slot = 0; slot < slots; slot++) {
    integers[lists.rowNumbers / 4 + slot] = Math.imul(slot + 1, 0x9e3779b1) >>> 0;
    integers[lists.addresses / 4 + slot] = places.vectors + slot * strideBytes;
    integers[lists.decodedAddresses / 4 + slot] = places.decoded + slot * decodedBytes;
    floats[lists.scales / 4 + slot] = random() / 100;
    if (random() < share) integers[lists.mask / 4 + (slot >>> 5)]! |= 1 << (slot & 31);
  }
}

/** The heap's bytes after `run`. */
function heapAfter(run: () => number): { size: number; heap: Uint8Array } {
  bytes.fill(0xff, scores, scores + 1024);
  const size = run();
  return { size, heap: bytes.slice(scores, scores + 1024) };
}

test("halves are scored as their TypeScript twin scores them, and as the floats that they decode to", () => {
  fc.assert(
    fc.property(scenario, fc.boolean(), ({ stride, slots, k, share, seed }, tiny) => {
      const random = randomFrom(seed);
      const codec = codecOf("float16", memory);
      const decoded = new Float32Array(memory.buffer, places.decoded, slots * stride);
      // Tiny ones are halves without a leading one.
      for (let i = 0; i < decoded.length; i++) decoded[i] = (random() - 0.5) * (tiny && random() < 0.5 ? 2 ** -14 : 2);
      codec.write(places.vectors, decoded);
      codec.read(places.vectors, 1, decoded);
      for (let i = 0; i < stride; i++) {
        const value = Math.fround((random() - 0.5) * (random() < 0.1 ? 2 ** -120 : 2));
        floats[places.query / 4 + i] = value;
        floats[places.scaledQuery / 4 + i] = value * 2 ** 112;
      }
      place(slots, stride * 2, stride * 4, share, random);
      const { rowNumbers, addresses, decodedAddresses, mask } = lists;
      const { vectors, query, scaledQuery } = places;
      const heap = [scores, rows, 0, Math.min(k, 128)] as const;
      const words = maxSlots / 32;
      const scan = (kernels: Kernels) =>
        heapAfter(() => kernels.float16TopK(vectors, stride * 2, rowNumbers, scaledQuery, mask, words, ...heap));
      const list = (kernels: Kernels) =>
        heapAfter(() => kernels.float16TopKOf(addresses, rowNumbers, slots, stride * 2, scaledQuery, ...heap));
      const floatScan = heapAfter(() =>
        compiled.dotTopK(places.decoded, stride * 4, rowNumbers, query, mask, words, ...heap),
      );
      const floatList = heapAfter(() =>
        compiled.dotTopKOf(decodedAddresses, rowNumbers, slots, stride * 4, query, ...heap),
      );
      assert.deepEqual(scan(compiled), scan(reference));
      assert.deepEqual(list(compiled), list(reference));
      assert.deepEqual(scan(compiled), floatScan);
      assert.deepEqual(list(compiled), floatList);
    }),
  );
});

test("8-bit integers are scored as their TypeScript twin scores them", () => {
  fc.assert(
    fc.property(scenario, fc.constantFrom(1, 127), ({ stride, slots, k, share, seed }, largest) => {
      const random = randomFrom(seed);
      const value = (limit: number) => Math.round((random() * 2 - 1) * limit);
      new Int8Array(memory.buffer, places.vectors, slots * stride).forEach((_, i, all) => {
        all[i] = value(largest);
      });
      new Int16Array(memory.buffer, places.query, stride).forEach((_, i, all) => {
        all[i] = value(16000);
      });
      place(slots, stride, stride * 4, share, random);
      const { rowNumbers, scales, addresses, mask } = lists;
      const { vectors, query } = places;
      const queryScale = random() / 1000;
      const heap = [scores, rows, 0, Math.min(k, 128)] as const;
      const scan = (kernels: Kernels) =>
        heapAfter(() =>
          kernels.int8TopK(vectors, stride, rowNumbers, scales, query, queryScale, mask, maxSlots / 32, ...heap),
        );
      const list = (kernels: Kernels) =>
        heapAfter(() => kernels.int8TopKOf(addresses, rowNumbers, scales, slots, stride, query, queryScale, ...heap));
      assert.deepEqual(scan(compiled), scan(reference));
      assert.deepEqual(list(compiled), list(reference));
    }),
  );
});
