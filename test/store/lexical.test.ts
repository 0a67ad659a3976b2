import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeOccurrences } from "../../src/store/postings.js";
import { openReader } from "../../src/store/reader.js";
import { openWriter } from "../../src/store/writer.js";
import { batchOf, recipe, temporaryFolder } from "./library-fixture.js";

// Words that Porter's stemmer leaves alone, so that the oracle needs none.
const vocabulary = ["cat", "dog", "bird", "fish", "tree", "stone", "lamp", "book"];
const text = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 12 }).map((words) => words.join(" "));

function oracle(texts: Map<number, string>, query: { word: string; count: number }[], limit: number) {
  const documents = [...texts].map(([row, passage]) => ({ row, words: passage.split(" ") }));
  const average = documents.reduce((sum, { words }) => sum + words.length, 0) / documents.length;
  const scored = documents.map(({ row, words }) => {
    let score = 0;
    for (const { word, count } of query) {
      const frequency = words.filter((other) => other === word).length;
      const df = documents.filter((document) => document.words.includes(word)).length;
      const idf = Math.log(1 + (documents.length - df + 0.5) / (df + 0.5));
      score += (count * idf * frequency * 2.2) / (frequency + 1.2 * (0.25 + (0.75 * words.length) / average));
    }
    return { row, score };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, limit);
}

test("BM25 gives the scores of its formula, also after documents were added and removed", (t) => {
  const library = temporaryFolder(t);
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  const reader = openReader(library);
  t.after(() => reader.close());
  const texts = new Map<number, string>();
  const rowOf = new Map<string, number>();
  let next = 0;
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 6 }),
      fc.nat(),
      fc.array(fc.record({ word: fc.constantFrom(...vocabulary), count: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 20 }),
      (fresh, victim, query, limit) => {
        for (const passage of fresh) {
          const id = `d${next++}`;
          // The title counts as text; a text that begins with it is not given it twice.
          const { firstRow } = writer.write(batchOf([{ id, title: passage, texts: [passage] }]));
          texts.set(firstRow, passage);
          rowOf.set(id, firstRow);
        }
        const gone = `d${victim % next}`;
        writer.remove([gone]);
        texts.delete(rowOf.get(gone)!);
        const merged = new Map<string, number>();
        for (const { word, count } of query) merged.set(word, (merged.get(word) ?? 0) + count);
        const expected = oracle(
          texts,
          Array.from(merged, ([word, count]) => ({ word, count })),
          1e9,
        );
        const found = reader.lexical(query, limit);
        assert.equal(found.rows.length, Math.min(limit, expected.length));
        const scoreOf = new Map(expected.map(({ row, score }) => [row, score]));
        found.rows.forEach((row, i) => {
          assert.ok(Math.abs(found.scores[i]! - scoreOf.get(row)!) < 1e-4, `row ${row}`);
          assert.ok(Math.abs(found.scores[i]! - expected[i]!.score) < 1e-4, `rank ${i}`);
        });
      },
    ),
    { numRuns: 40 },
  );
});

test("a filter leaves the order of the others as it was", (t) => {
  const library = temporaryFolder(t);
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  writer.write(
    batchOf(Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, texts: [`cat ${"dog ".repeat(i % 7)}`.trim()] }))),
  );
  const reader = openReader(library);
  t.after(() => reader.close());
  const even = (row: number) => row % 2 === 0;
  const all = [...reader.lexical([{ word: "cat", count: 1 }], 40).rows];
  assert.equal(all.length, 40);
  assert.deepEqual([...reader.lexical([{ word: "cat", count: 1 }], 40, even).rows], all.filter(even));
  assert.deepEqual([...reader.lexical([{ word: "cat", count: 1 }], 3, even).rows], all.filter(even).slice(0, 3));
});

test("words are folded and stemmed on both sides", (t) => {
  const library = temporaryFolder(t);
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  writer.write(batchOf([{ id: "a", texts: ["Rotating the café's KEYS"] }]));
  const reader = openReader(library);
  t.after(() => reader.close());
  for (const word of ["rotation", "rotate", "cafe", "CAFÉ", "key"]) {
    assert.deepEqual([...reader.lexical([{ word, count: 1 }], 5).rows], [0], word);
  }
  for (const word of ['"', "*", "a AND", "NEAR(", "col:", "^", "keys OR bread", "\u0000", "🙂"])
    reader.lexical([{ word, count: 1 }], 5);
});

test("occurrences are decoded into rows and frequencies", () => {
  assert.deepEqual(decodeOccurrences(""), { rows: new Uint32Array(), frequencies: new Uint16Array() });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(4_294_967_295), fc.integer({ min: 1, max: 5 })), { maxLength: 30 }),
      (pairs) => {
        const sorted = [...new Map(pairs)].sort(([a], [b]) => a - b);
        const list = decodeOccurrences(
          sorted.flatMap(([row, frequency]) => Array<number>(frequency).fill(row)).join(","),
        );
        assert.deepEqual(
          [...list.rows],
          sorted.map(([row]) => row),
        );
        assert.deepEqual(
          [...list.frequencies],
          sorted.map(([, frequency]) => frequency),
        );
      },
    ),
  );
});
