// Law: cut at its highlights, a text loses nothing and marks exactly the characters that any highlight covers.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { segments } from "../../src/web/text/segments.js";

const range = fc.tuple(fc.integer({ min: -3, max: 30 }), fc.integer({ min: -3, max: 30 }));

test("the segments mark exactly the characters inside any range, whatever the order and overlap of the ranges", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 24 }), fc.array(range, { maxLength: 6 }), (text, ranges) => {
      const naive = [...Array(text.length).keys()].map((at) => ranges.some(([start, end]) => start <= at && at < end));
      const parts = segments(text, ranges);
      assert.equal(parts.map((part) => part.text).join(""), text);
      assert.deepEqual(
        parts.flatMap((part) => Array(part.text.length).fill(part.marked)),
        naive,
      );
    }),
  );
});

test("neighbouring segments differ, so that one word gives one mark", () => {
  const parts = segments("rotate the keys", [
    [0, 3],
    [3, 6],
    [11, 15],
  ]);
  assert.deepEqual(parts, [
    { text: "rotate", marked: true },
    { text: " the ", marked: false },
    { text: "keys", marked: true },
  ]);
});
