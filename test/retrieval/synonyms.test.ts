import assert from "node:assert/strict";
import { test } from "node:test";
import { Analyser } from "../../src/lexical/index.js";
import { queryTerms } from "../../src/retrieval/query-terms.js";
import { parseSynonyms, Synonyms } from "../../src/retrieval/synonyms.js";
import { coded } from "../end-to-end/temporary.js";

const analyser = new Analyser();
const termsOf = (file: string, query: string) =>
  Object.fromEntries(
    new Synonyms(parseSynonyms(file, "synonyms.txt"))
      .termsOf(analyser, query)
      .map(({ word, weight }) => [word, weight]),
  );

test("words of one line stand for each other, at half the weight", () => {
  assert.deepEqual(termsOf("car, automobile, motor", "a fast car"), { fast: 1, car: 1, automobile: 0.5, motor: 0.5 });
  assert.deepEqual(termsOf("car, automobile", "automobiles"), { automobiles: 1, car: 0.5 });
});

test("what is left of an arrow becomes what is right of it", () => {
  assert.deepEqual(termsOf("tv, telly => television", "telly repair"), { repair: 1, television: 1 });
  assert.deepEqual(termsOf("tv => tv, television", "tv"), { tv: 1, television: 1 });
});

test("several words are found where they follow each other, the longest entry first, and weigh as what they replace", () => {
  const file = "heart attack => myocardial infarction\nheart, cardiac";
  assert.deepEqual(termsOf(file, "heart attack at night"), { night: 1, myocardial: 1, infarction: 1 });
  assert.deepEqual(termsOf(file, "attack of the heart"), { attack: 1, heart: 1, cardiac: 0.5 });
  assert.deepEqual(termsOf("ssd, solid state drive", "ssd"), {
    ssd: 1,
    solid: 0.5 / 3,
    state: 0.5 / 3,
    drive: 0.5 / 3,
  });
});

test("weights, comments, blank lines and escapes are read", () => {
  assert.deepEqual(termsOf("# note\n\nfoo => bar^0.25, baz\r\n", "foo"), { bar: 0.25, baz: 1 });
  assert.deepEqual(termsOf("x\\,b, comma", "comma"), { comma: 1, x: 0.25, b: 0.25 });
});

test("without synonyms a query has its own terms", () => {
  const query = "The quick brown fox's den, in the US";
  assert.deepEqual(new Synonyms([]).termsOf(analyser, query), queryTerms(analyser, query));
  assert.deepEqual(new Synonyms(parseSynonyms("a1, b1", "f")).termsOf(analyser, query), queryTerms(analyser, query));
});

test("a mistake is refused with the file and the line", () => {
  const refuse = (text: string, pattern: RegExp) =>
    assert.throws(() => parseSynonyms(text, "synonyms.txt"), coded("INVALID_INPUT", pattern));
  refuse("a, b\nlonely", /synonyms\.txt, line 2: expected several words/);
  refuse("a => b => c", /line 1: expected one "=>"/);
  refuse("a, , b", /line 1: expected a word, found ""/);
  refuse("a => b^0", /line 1: the weight \^0/);
  refuse("a^2 => b", /a weight stands right/);
  refuse(`a, ${"b ".repeat(9)}`, /9 words in one entry; 8 at most/);
});
