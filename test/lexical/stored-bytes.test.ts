import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LodestoneError } from "../../src/errors.js";
import { Analyser, ImpactIndex, type TermBatch, TextBatch } from "../../src/lexical/index.js";

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
      tokens.forEach((words, i) => {
        assert.deepEqual(valuesOf(batch, i), countOf(words.map(({ term }) => term)));
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

/** The terms of a row, and their values. */
function valuesOf({ terms, termStarts, rows, values }: TermBatch, row: number): Map<string, number> {
  const found = new Map<string, number>();
  terms.forEach((term, t) => {
    for (let i = termStarts[t]!; i < termStarts[t + 1]!; i++) if (rows[i] === row) found.set(term, values[i]!);
  });
  return found;
}

test("frequencies and lengths are kept in 16 bits", () => {
  const batch = batchOf(["key ".repeat(70_000)]);
  assert.deepEqual(valuesOf(batch, 0), new Map([["kei", 65_535]]));
  assert.deepEqual([...batch.lengths], [65_535]);
});

test("rows that are passed over are not there, and earlier ones are refused", () => {
  const batch = new TextBatch(analyser, 5);
  batch.add("alpha", 7);
  batch.add("alpha beta");
  batch.add("beta", 72);
  assert.throws(
    () => batch.add("late", 70),
    (error) => error instanceof LodestoneError && error.code === "INVALID_INPUT",
  );
  const index = new ImpactIndex({ kind: "frequencies", version: analyser.version });
  index.add(batch.finish());
  assert.deepEqual(index.statistics, { rows: 3, words: 4 });
  assert.deepEqual([...index.search([{ term: "beta", weight: 1 }], { k: 9 }).rows], [72, 8]);
  assert.deepEqual(
    [5, 6, 7, 8, 9, 72].filter((row) => index.has(row)),
    [7, 8, 72],
  );
});

const damages: [name: string, damage: (bytes: Uint8Array) => Uint8Array][] = [
  ["emptied", () => new Uint8Array(0)],
  ["halved", (bytes) => bytes.slice(0, bytes.length / 2)],
  ["zeroed", (bytes) => new Uint8Array(bytes.length)],
  ["longer", (bytes) => Uint8Array.of(...bytes, 0)],
  ["of another kind", (bytes) => bytes.with(0, 88)],
];

const bytes = segmentBytes();
const open = (given: Uint8Array) =>
  new ImpactIndex({ kind: "frequencies", version: analyser.version }).addSegment(given);
const refuses = (given: Uint8Array) =>
  assert.throws(
    () => open(given),
    (error) => error instanceof LodestoneError && error.code === "INDEX_DAMAGED",
  );

for (const [name, damage] of damages) test(`a segment that was ${name} is refused`, () => refuses(damage(bytes)));

test("a segment in which one bit was turned is refused", () => {
  open(bytes);
  for (let at = 0; at < bytes.length; at++) refuses(bytes.with(at, bytes[at]! ^ (1 << (at % 8))));
});

function segmentBytes(): Uint8Array {
  const index = new ImpactIndex({ kind: "frequencies", version: analyser.version });
  index.add(batchOf(["some text", "more text"]));
  return index.segmentBytes(0);
}
