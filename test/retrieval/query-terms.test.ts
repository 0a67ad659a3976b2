import assert from "node:assert/strict";
import { test } from "node:test";
import { Analyser } from "../../src/lexical/index.js";
import { queryTerms as termsOf } from "../../src/retrieval/query-terms.js";

const analyser = new Analyser();
const queryTerms = (query: string) => termsOf(analyser, query);
const words = (query: string) => queryTerms(query).map(({ word }) => word);

test("words come in lower case and in order, stop words are left out", () => {
  assert.deepEqual(words("What are the Laws of Heat-Transfer?"), ["laws", "heat", "transfer", "heattransfer"]);
  assert.deepEqual(words("Über façades, 数学 und 42nd C++"), ["uber", "facades", "数学", "und", "42nd", "c", "c++"]);
});

test("a word that is said again counts again, up to four times", () => {
  assert.deepEqual(queryTerms("flow over a wing; FLOW past the wing"), [
    { word: "flow", term: "flow", weight: 2 },
    { word: "wing", term: "wing", weight: 2 },
    { word: "past", term: "past", weight: 1 },
  ]);
  assert.deepEqual(queryTerms("flow ".repeat(50)), [{ word: "flow", term: "flow", weight: 4 }]);
});

test("a query of nothing but stop words keeps them", () => {
  assert.deepEqual(words("to be or not to be"), ["to", "be", "or", "not"]);
  assert.deepEqual(words("Who's who?"), ["who"]);
});

test("contractions lose their endings, and negated auxiliaries count as stop words", () => {
  assert.deepEqual(words("What's Bernoulli's law, and why doesn’t it hold? We've l'Hôpital"), [
    "bernoulli",
    "law",
    "hold",
    "l",
    "hopital",
  ]);
});

test("capitals among small letters are a name, not a stop word", () => {
  assert.deepEqual(words("guidelines of the WHO for IT"), ["guidelines", "who", "it"]);
  assert.deepEqual(words("WHAT IS IT FOR HEAT"), ["heat"]);
});

test("a pasted page gives its first 64 distinct words", () => {
  const page = Array.from({ length: 20_000 }, (_, i) => `word${i % 500}`).join(" ");
  const terms = queryTerms(page);
  assert.equal(terms.length, 64);
  assert.equal(terms[63]?.word, "word63");
  assert.ok(terms.every(({ weight }) => weight === 4));
});

test("no words, no terms", () => {
  for (const query of ["", "  \n", "?!… — \"'", "\u0000\u0007", "\u{1f600}"]) assert.deepEqual(queryTerms(query), []);
});
