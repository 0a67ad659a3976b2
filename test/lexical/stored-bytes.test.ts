import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LodestoneError } from "../../src/errors.js";
import {
  Analyser,
  encodeForward,
  ForwardBatch,
  ImpactIndex,
  impactBatch,
  type TermBatch,
  TextBatch,
} from "../../src/lexical/index.js";

const analyser = new Analyser();

function batchOf(texts: readonly string[], firstRow = 0): TermBatch {
  const batch = new TextBatch(analyser, firstRow);
  for (const text of texts) batch.add(text);
  return batch.finish();
}

const text = fc.oneof(
  fc
    .array(
      fc.constantFrom("rotating", "keys", "rotation", "node.js", "C++", "Café", "getUserName", "検索語", "𝒳", "the"),
      { maxLength: 30 },
    )
    .map((words) => words.join(" ")),
  fc.string({ unit: "grapheme", maxLength: 40 }),
);

test("a batch holds the terms, lengths and words of its texts", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), fc.nat(100), (texts, firstRow) => {
      const batch = batchOf(texts, firstRow);
      const tokens = texts.map((one) => analyser.tokens(one).flatMap(({ words }) => words));
      assert.deepEqual(
        [...batch.lengths],
        tokens.map((words) => words.filter(({ counted }) => counted).length),
      );
      const forward = new ForwardBatch(encodeForward(batch));
      tokens.forEach((words, i) => {
        assert.deepEqual(
          new Map(forward.termsOf(firstRow + i).map(({ term, value }) => [term, value])),
          countOf(words.map(({ term }) => term)),
        );
        assert.equal(forward.lengthOf(firstRow + i), batch.lengths[i]);
      });
      const all = tokens.flat();
      assert.deepEqual(
        new Map(batch.words.map((word, i) => [word, batch.wordOccurrences[i]!])),
        countOf(all.map(({ word }) => word)),
      );
      const termOf = new Map(all.map(({ word, term }) => [word, term]));
      batch.words.forEach((word, i) => {
        assert.equal(batch.terms[batch.wordTerms[i]!], termOf.get(word));
      });
    }),
  );
});

function countOf(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

test("the forward form gives back the batch", () => {
  const weights = fc.dictionary(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
    fc.double({ min: 0, max: 5, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), fc.array(weights, { maxLength: 6 }), (texts, rows) => {
      const impacts = impactBatch(
        rows.map((row) => new Map(Object.entries(row))),
        { firstRow: 3, largestWeight: 4, version: "v" },
      );
      for (const batch of [batchOf(texts, 7), impacts]) {
        assert.deepEqual(new ForwardBatch(encodeForward(batch)).toBatch(), batch);
      }
    }),
  );
});

test("terms of more and of longer values than one byte holds come back", () => {
  const batch = batchOf([
    Array.from({ length: 3000 }, (_, i) => `w${i}`).join(" "),
    "key ".repeat(70_000),
    "x".repeat(300),
  ]);
  const forward = new ForwardBatch(encodeForward(batch));
  assert.deepEqual(forward.toBatch(), batch);
  assert.deepEqual(forward.termsOf(1), [{ term: "kei", value: 65_535 }]);
  assert.equal(forward.lengthOf(1), 65_535);
});

const damages: [name: string, damage: (bytes: Uint8Array) => Uint8Array][] = [
  ["emptied", () => new Uint8Array(0)],
  ["halved", (bytes) => bytes.slice(0, bytes.length / 2)],
  ["zeroed", (bytes) => new Uint8Array(bytes.length)],
  ["longer", (bytes) => Uint8Array.of(...bytes, 0)],
  ["of another kind", (bytes) => bytes.with(0, 88)],
];

for (const [what, bytes, open] of [
  ["forward batch", encodeForward(batchOf(["some text", "more text"])), (given: Uint8Array) => new ForwardBatch(given)],
  [
    "segment",
    segmentBytes(),
    (given: Uint8Array) => new ImpactIndex({ kind: "frequencies", version: analyser.version }).addSegment(given),
  ],
] as const) {
  const refuses = (given: Uint8Array) =>
    assert.throws(
      () => open(given),
      (error) => error instanceof LodestoneError && error.code === "INDEX_DAMAGED",
    );

  for (const [name, damage] of damages) test(`a ${what} that was ${name} is refused`, () => refuses(damage(bytes)));

  test(`a ${what} in which one bit was turned is refused`, () => {
    open(bytes);
    for (let at = 0; at < bytes.length; at++) refuses(bytes.with(at, bytes[at]! ^ (1 << (at % 8))));
  });
}

function segmentBytes(): Uint8Array {
  const index = new ImpactIndex({ kind: "frequencies", version: analyser.version });
  index.add(batchOf(["some text", "more text"]));
  return index.segmentBytes(0);
}

test("a row of another batch is refused", () => {
  const forward = new ForwardBatch(encodeForward(batchOf(["a text"], 5)));
  for (const row of [4, 6]) {
    assert.throws(
      () => forward.termsOf(row),
      (error) => error instanceof LodestoneError && error.code === "INVALID_INPUT",
    );
  }
});
