import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TokenSink } from "../../src/encoders/token-sink.js";
import { createWordTable } from "../../src/encoders/word-table.js";

const codesOf = (word: string): number[] => Array.from(word, (character) => character.codePointAt(0) as number);
const word = fc.oneof(fc.integer({ min: 0, max: 300 }).map(String), fc.string({ unit: "binary", maxLength: 60 }));

test("the ids of a stretch are those of the word alone, however often the table starts over", () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 500 }), fc.constantFrom(1, 2, 64), (words, maxWords) => {
      const appendWord = createWordTable(codesOf, maxWords);
      const sink: TokenSink = { ids: new Int32Array(4), length: 0 };
      const text = words.join("");
      let start = 0;
      for (const each of words) {
        appendWord(text, start, start + each.length, sink);
        start += each.length;
      }
      assert.deepEqual([...sink.ids.slice(0, sink.length)], words.flatMap(codesOf));
    }),
  );
});

test("a word is tokenised once, unless it is long", () => {
  const asked: string[] = [];
  const appendWord = createWordTable((each) => {
    asked.push(each);
    return [1];
  });
  const sink: TokenSink = { ids: new Int32Array(4), length: 0 };
  const long = "x".repeat(100);
  for (const each of ["one", "two", "one", "two", long, long]) appendWord(each, 0, each.length, sink);
  assert.deepEqual(asked, ["one", "two", long, long]);
  assert.equal(sink.length, 6);
});
