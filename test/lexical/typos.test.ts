import assert from "node:assert/strict";
import { test } from "node:test";
import { Analyser, ImpactIndex, readingsOf, TextBatch } from "../../src/lexical/index.js";

const analyser = new Analyser();

function vocabularyOf(texts: readonly string[]) {
  const index = new ImpactIndex({ kind: "frequencies", version: analyser.version });
  const batch = new TextBatch(analyser, 0);
  for (const text of texts) batch.add(text);
  index.add(batch.finish());
  return index.vocabulary();
}

const vocabulary = vocabularyOf([
  "rotation rotation keys",
  "relation kelp 2023",
  "notation notations",
  "lighthouse lighthouses",
]);
const read = (word: string) => readingsOf(word, vocabulary).map((found) => found.word);

test("a word is read as the nearest ones, the most frequent first", () => {
  assert.deepEqual(read("roattion"), ["rotation"]);
  assert.deepEqual(read("otation"), ["rotation", "notation"]);
  assert.deepEqual(read("kezs"), ["keys"]);
});

test("words of eight letters may have two typos, shorter ones one", () => {
  assert.deepEqual(read("lighhtouze"), ["lighthouse"]);
  assert.deepEqual(read("lyghthousez"), ["lighthouse", "lighthouses"]);
  assert.deepEqual(read("kezz"), []);
});

test("short words, numbers and what is far from everything are left alone", () => {
  for (const word of ["key", "2024", "x2023", "zebra"]) assert.deepEqual(read(word), [], word);
});

test("only words whose term is accepted are read", () => {
  const terms = (word: string, accepted: string) =>
    readingsOf(word, vocabulary, (term) => term === accepted).map((found) => found.word);
  assert.deepEqual(terms("otation", analyser.terms("notation")[0]!), ["notation"]);
  assert.deepEqual(terms("otation", "none"), []);
});
