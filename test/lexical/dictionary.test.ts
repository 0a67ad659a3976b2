import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Dictionary, dictionaryOf } from "../../src/lexical/dictionary.js";
import { UnionCursor } from "../../src/lexical/merge-segments.js";
import { orderByCodePoint } from "../../src/lexical/string-order.js";
import { VarintReader, VarintWriter } from "../../src/lexical/varint.js";

const string = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom("a", "b", "\uffee", "𝒳"), minLength: 1, maxLength: 5 }),
  fc.string({ unit: "grapheme-ascii", minLength: 100, maxLength: 200 }),
);
const strings = fc.array(string, { maxLength: 80 }).map((given) => {
  const distinct = [...new Set(given)];
  return Array.from(orderByCodePoint(distinct), (index) => distinct[index]!);
});

function openDictionary(sorted: readonly string[]): Dictionary {
  const { offsets, bytes } = dictionaryOf(sorted);
  return new Dictionary(offsets, bytes, sorted.length);
}

test("the order of code points is that of UTF-8", () => {
  fc.assert(
    fc.property(strings, (sorted) => {
      for (let i = 1; i < sorted.length; i++) {
        assert.ok(Buffer.compare(Buffer.from(sorted[i - 1]!), Buffer.from(sorted[i]!)) < 0);
      }
    }),
  );
});

test("every string is found at its place, and no other", () => {
  fc.assert(
    fc.property(strings, string, (sorted, other) => {
      const dictionary = openDictionary(sorted);
      assert.deepEqual([...dictionary.strings()], sorted);
      sorted.forEach((one, i) => {
        assert.equal(dictionary.find(one), i);
        assert.equal(dictionary.at(i), one);
      });
      assert.equal(dictionary.find(other), sorted.indexOf(other));
      const key = Buffer.from(other);
      const after = sorted.filter((one) => Buffer.compare(Buffer.from(one), key) < 0).length;
      assert.equal(dictionary.seek(key).index, after);
    }),
  );
});

test("the union of dictionaries names each string once, with its place in each", () => {
  fc.assert(
    fc.property(fc.array(strings, { minLength: 1, maxLength: 4 }), (several) => {
      const union = new UnionCursor(several.map(openDictionary));
      const all = [...new Set(several.flat())];
      const expected = Array.from(orderByCodePoint(all), (index) => all[index]!);
      for (const one of expected) {
        assert.ok(union.next());
        assert.equal(union.string(), one);
        assert.deepEqual(
          union.sources.map((source) => [source, union.indexIn(source)]),
          several.flatMap((sorted, source) => (sorted.includes(one) ? [[source, sorted.indexOf(one)]] : [])),
        );
      }
      assert.ok(!union.next());
    }),
  );
});

test("varints come back as they were", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 })), (whole) => {
      const writer = new VarintWriter();
      for (const number of whole) writer.write(number);
      const reader = new VarintReader(writer.finish(), 0);
      for (const number of whole) assert.equal(reader.read(), number);
      assert.equal(reader.at, writer.length);
    }),
  );
});
