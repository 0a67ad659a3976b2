import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Analyser, foldWord } from "../../src/lexical/index.js";
import { findMatches, stemOf } from "../../src/retrieval/word-match.js";

test("matches are found with their places and stems", () => {
  assert.deepEqual(findMatches("Relational databases relate.", ["relations", "database"]), [
    { start: 0, end: 10, stem: "relat" },
    { start: 11, end: 20, stem: "databas" },
    { start: 21, end: 27, stem: "relat" },
  ]);
});

test("law: stemming never changes the first letter, on which the search for matches relies", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9éßñ数]{1,30}$/u), (word) => {
      assert.equal(stemOf(word)[0], foldWord(word)[0]);
    }),
  );
});

test("law: a word has the stem under which the index knows it, so that what was found is what is marked", () => {
  const analyser = new Analyser();
  const root = fc.stringMatching(/^[a-z]{1,7}$/);
  const suffixes =
    "s es ies ed eed ing ational ization fulness ousness iveness ability ement ly er ies y tional icate é".split(" ");
  const word = fc.tuple(root, fc.subarray(suffixes, { maxLength: 2 })).map(([start, ends]) => start + ends.join(""));
  fc.assert(
    fc.property(word, (text) => {
      assert.deepEqual(analyser.terms(text), [stemOf(text)]);
    }),
    { numRuns: 1000 },
  );
});

test("a hyphenated word is marked whole where the query has it as one, else the part that the query has", () => {
  const text = "Linear and non-linear flow";
  assert.deepEqual(findMatches(text, ["nonlinear"]), [{ start: 11, end: 21, stem: "nonlinear" }]);
  assert.deepEqual(findMatches(text, ["non", "linear", "nonlinear"]), [
    { start: 0, end: 6, stem: "linear" },
    { start: 11, end: 21, stem: "nonlinear" },
  ]);
  assert.deepEqual(
    findMatches(text, ["linear"]).map(({ start }) => start),
    [0, 15],
  );
});

test("in scripts without spaces the words are found inside", () => {
  assert.deepEqual(findMatches("全文検索語を", ["検索", "索語"]), [{ start: 2, end: 5, stem: "検索" }]);
});
