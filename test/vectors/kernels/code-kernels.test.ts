import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codeKernels } from "../../../src/vectors/kernels/code-reference.js";
import { loadKernels } from "../../../src/vectors/kernels/kernels.js";
import { allocate, createSharedMemory } from "../../../src/vectors/shared-memory.js";
import { randomFrom } from "../random-vectors.js";

const memory = createSharedMemory();
const maxWords = 8;
const maxCodeBytes = 512;
const places = {
  codes: allocate(memory, maxWords * (maxCodeBytes * 32 + 256)),
  tables: allocate(memory, maxCodeBytes * 32),
  mask: allocate(memory, maxWords * 4),
  spill: allocate(memory, 128),
  scores: allocate(memory, 1024),
  slots: allocate(memory, 1024),
  numbers: allocate(memory, maxWords * 128),
  filter: allocate(memory, 64 * 4),
  allowed: allocate(memory, maxWords * 4),
};
const bytes = new Uint8Array(memory.buffer);
const floats = new Float32Array(memory.buffer);
const integers = new Uint32Array(memory.buffer);
const compiled = await loadKernels(memory);
const reference = codeKernels(memory);

const maskWord = (random: () => number, share: number) => {
  let word = 0;
  for (let bit = 0; bit < 32; bit++) if (random() < share) word |= 1 << bit;
  return word >>> 0;
};

const scan = fc.record({
  codeBytes: fc.integer({ min: 1, max: maxCodeBytes / 8 }).map((count) => count * 8),
  words: fc.integer({ min: 1, max: maxWords }),
  m: fc.integer({ min: 1, max: 250 }),
  share: fc.constantFrom(0, 0.02, 0.5, 1),
  // Few distinct codes make ties.
  distinct: fc.constantFrom(2, 256),
  factors: fc.boolean(),
  seed: fc.nat(),
});

test("the compiled code scan leaves the same bytes as its TypeScript twin", () => {
  fc.assert(
    fc.property(scan, ({ codeBytes, words, m, share, distinct, factors, seed }) => {
      const random = randomFrom(seed);
      const blockBytes = codeBytes * 32 + 256;
      const value = () => (distinct === 2 ? 255 : Math.floor(random() * 256));
      for (let word = 0; word < words; word++) {
        const block = places.codes + word * blockBytes;
        const row = Array.from({ length: 32 }, value);
        for (let i = 0; i < codeBytes * 32; i++) bytes[block + i] = distinct === 2 ? row[i % 32]! : value();
        for (let i = 0; i < 64; i++) {
          const plain = i < 32 ? 1 : 0;
          floats[(block + codeBytes * 32) / 4 + i] = factors ? (random() - 0.5) * 3 : plain;
        }
        integers[places.mask / 4 + word] = maskWord(random, share);
      }
      for (let i = 0; i < codeBytes * 32; i++) bytes[places.tables + i] = Math.floor(random() * 61);
      const [scale, shift] = [Math.fround(random()), Math.fround(-random() * 4000)];
      const [first, rest] = [Math.floor(words / 2), words - Math.floor(words / 2)];
      const floor = factors ? -Infinity : Math.fround(shift + scale * 30 * codeBytes);
      const heapAfter = (kernels: typeof reference) => {
        integers.fill(0xffffffff, places.scores / 4, places.numbers / 4);
        const { codes, tables, mask, spill, scores, slots } = places;
        // In two calls, as over two chunks: the second begins with a heap that has something in it.
        const size = kernels.codeTopM(
          ...([codes, codeBytes, tables, scale, shift, mask, first] as const),
          ...([64, spill, scores, slots, 0, m, floor] as const),
        );
        const end = kernels.codeTopM(
          ...([codes + first * blockBytes, codeBytes, tables, scale, shift, mask + first * 4, rest] as const),
          ...([64 + first * 32, spill, scores, slots, size, m, floor] as const),
        );
        return { end, heap: bytes.slice(places.scores, places.numbers) };
      };
      assert.deepEqual(heapAfter(compiled), heapAfter(reference));
    }),
  );
});

test("at 4096 dimensions the largest sum still fits its lanes", () => {
  const codeBytes = 512;
  const { codes, tables, mask, spill, scores, slots } = places;
  bytes.fill(0, codes, codes + codeBytes * 32 + 256);
  bytes.fill(60, tables, tables + codeBytes * 32);
  floats.fill(1, (codes + codeBytes * 32) / 4, (codes + codeBytes * 32 + 128) / 4);
  integers[mask / 4] = 1;
  assert.equal(compiled.codeTopM(codes, codeBytes, tables, 1, 0, mask, 1, 0, spill, scores, slots, 0, 5, 0), 1);
  assert.equal(floats[scores / 4], 60 * 1024);
});

const mapping = fc.record({
  words: fc.integer({ min: 1, max: maxWords }),
  filterWords: fc.integer({ min: 0, max: 64 }),
  /** Row of the first slot; the rows follow in order but for the shares that are shuffled. */
  first: fc.nat(2100),
  runs: fc.boolean(),
  share: fc.constantFrom(0, 0.1, 0.9, 1),
  seed: fc.nat(),
});

test("allowed slots are the live ones whose rows are in the filter", () => {
  fc.assert(
    fc.property(mapping, ({ words, filterWords, first, runs, share, seed }) => {
      const random = randomFrom(seed);
      const { numbers, mask, filter, allowed } = places;
      for (let slot = 0; slot < words * 32; slot++) {
        integers[numbers / 4 + slot] = runs || random() < 0.9 ? first + slot : Math.floor(random() * 2 ** 32);
      }
      for (let word = 0; word < words; word++) integers[mask / 4 + word] = maskWord(random, share);
      for (let word = 0; word < 64; word++) integers[filter / 4 + word] = maskWord(random, 0.5);
      const after = (kernels: typeof reference) => {
        integers.fill(0xabcdef, allowed / 4, allowed / 4 + maxWords);
        kernels.allowedSlots(numbers, mask, words, filter, filterWords, allowed);
        return integers.slice(allowed / 4, allowed / 4 + maxWords);
      };
      const found = after(compiled);
      assert.deepEqual(found, after(reference));
      for (let slot = 0; slot < words * 32; slot++) {
        const row = integers[numbers / 4 + slot]!;
        const has = row < filterWords * 32 && (integers[filter / 4 + (row >>> 5)]! >>> (row & 31)) & 1;
        const live = (integers[mask / 4 + (slot >>> 5)]! >>> (slot & 31)) & 1;
        assert.equal((found[slot >>> 5]! >>> (slot & 31)) & 1, has && live ? 1 : 0);
      }
    }),
  );
});
