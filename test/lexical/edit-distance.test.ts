import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Dictionary, dictionaryOf } from "../../src/lexical/dictionary.js";
import { similarStrings } from "../../src/lexical/edit-distance.js";
import { orderByCodePoint } from "../../src/lexical/string-order.js";

/** The whole table, over code points. */
function distanceBetween(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      table[i]![j] = Math.min(table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        table[i]![j] = Math.min(table[i]![j]!, table[i - 2]![j - 2]! + 1);
      }
    }
  }
  return table[a.length]![b.length]!;
}

function check(words: readonly string[], word: string, limit: 1 | 2): void {
  const distinct = [...new Set(words)];
  const sorted = Array.from(orderByCodePoint(distinct), (index) => distinct[index]!);
  const { offsets, bytes } = dictionaryOf(sorted);
  const dictionary = new Dictionary(offsets, bytes, sorted.length);
  const expected = sorted
    .map((string, index) => ({ index, string, distance: distanceBetween(string, word) }))
    .filter(({ distance }) => distance <= limit);
  assert.deepEqual([...similarStrings(dictionary, word, limit)], expected);
}

const short = fc.string({ unit: fc.constantFrom("a", "b", "c", "ö", "𝒳"), minLength: 1, maxLength: 7 });

test("the same strings are found as by comparing with each", () => {
  fc.assert(fc.property(fc.array(short, { minLength: 1, maxLength: 300 }), short, fc.constantFrom(1, 2), check), {
    numRuns: 300,
  });
});

test("so they are where whole branches are skipped", () => {
  const words = Array.from({ length: 26 ** 3 }, (_, i) =>
    ["aktor", String.fromCharCode(97 + (i % 26), 97 + ((i / 26) % 26), 97 + i / 676), i % 7 === 0 ? "ing" : ""].join(
      "",
    ),
  );
  for (const word of ["aktorabc", "katorxyzing", "aktzzz", "zzzzzzzzz", "a"]) check(words, word, 2);
});

test("a swap of neighbours is one edit", () => {
  assert.equal(distanceBetween("rotatoin", "rotation"), 1);
  check(["rotation", "rotatoin", "rotations", "ration", "notation"], "rotatoin", 2);
});
