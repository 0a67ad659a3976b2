import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bitsFor, pack, packedWords, unpack, unpackAscending, unpackOne } from "../../src/lexical/bit-packing.js";

const numbers = fc
  .integer({ min: 0, max: 31 })
  .chain((bits) => fc.array(fc.integer({ min: 0, max: 2 ** bits - 1 }), { minLength: 1, maxLength: 128 }));

test("numbers come back as they were, all of them and one by one", () => {
  fc.assert(
    fc.property(numbers, fc.nat(5), fc.nat(9), (given, start, plus) => {
      const source = Int32Array.from(given);
      const bits = bitsFor(source, source.length);
      assert.ok(given.every((number) => number < 2 ** bits));
      const words = new Int32Array(start + packedWords(given.length, bits) + 1);
      pack(source, source.length, bits, words, start);
      const target = new Int32Array(128);
      unpack(words, start, bits, given.length, plus, target);
      assert.deepEqual([...target.subarray(0, given.length)], [...source.map((number) => number + plus)]);
      given.forEach((number, i) => {
        assert.equal(unpackOne(words, start, bits, i), number);
      });
    }),
  );
});

test("gaps come back as ascending numbers", () => {
  const gaps = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 128 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: -1, max: 1000 }), (given, before) => {
      const source = Int32Array.from(given);
      const bits = bitsFor(source, source.length);
      const words = new Int32Array(packedWords(given.length, bits) + 1);
      pack(source, source.length, bits, words, 0);
      const target = new Int32Array(128);
      unpackAscending(words, 0, bits, given.length, before, target);
      let last = before;
      given.forEach((gap, i) => {
        last += gap + 1;
        assert.equal(target[i], last);
      });
    }),
  );
});
