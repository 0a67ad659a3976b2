import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { normalise } from "../../src/documents/normalise.js";
import { knownSentenceEnds } from "../../src/documents/sentence-rules.js";
import { sentences } from "../../src/documents/sentences.js";

const texts = (text: string) => sentences(text).map(({ start, end }) => text.slice(start, end));
const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

test("our own rules find the borders that Intl.Segmenter finds", () => {
  const characters = [..."aB1.!?)\"' \t,-:«’–—…é É/_$º•→×&。、「」（），！？：字あカ한жЖ《》"];
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 14 }), (text) => {
      const expected = [...segmenter.segment(text)].map(({ index, segment }) => index + segment.length);
      assert.deepEqual(knownSentenceEnds(text, 0, text.length), expected);
    }),
    { numRuns: 20_000 },
  );
});

test("sentences are in order, apart, without white space at their ends, and cover all text", () => {
  const unit = fc.constantFrom(...'ab.!? \nÄ字。😀ก\u0301-1)"', "Mr. ", "word ".repeat(12), "\n\n", "- ", "\n");
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (source) => {
      const text = normalise(source);
      let covered = "";
      let last = 0;
      for (const { start, end } of sentences(text)) {
        assert.ok(start >= last && end > start && end <= text.length);
        assert.equal(text.slice(start, end).trim(), text.slice(start, end));
        assert.equal(text.slice(last, start).trim(), "");
        covered += text.slice(start, end);
        last = end;
      }
      assert.equal(covered.replace(/\s/g, ""), text.replace(/\s/g, ""));
    }),
    { numRuns: 1000 },
  );
});

test("sentences end at full stops, question marks and blank lines", () => {
  assert.deepEqual(texts("One. Two? Three!\n\nFour\n\nFive goes on, 3.5 km."), [
    "One.",
    "Two?",
    "Three!",
    "Four",
    "Five goes on, 3.5 km.",
  ]);
});

test("abbreviations and initials end no sentence", () => {
  assert.deepEqual(texts("See Dr. Smith, e.g. On Monday. J. Doe et al. Say so. Done."), [
    "See Dr. Smith, e.g. On Monday.",
    "J. Doe et al. Say so.",
    "Done.",
  ]);
});

test("a hard-wrapped sentence is one sentence", () => {
  const wrapped =
    "The quick brown fox jumps over the lazy dog and then it\nrests in the shade of a tree. It sleeps well until the\nsun goes down.";
  assert.deepEqual(texts(wrapped), [
    "The quick brown fox jumps over the lazy dog and then it\nrests in the shade of a tree.",
    "It sleeps well until the\nsun goes down.",
  ]);
});

test("short lines, list items and table rows are sentences of their own", () => {
  const long = "x".repeat(60);
  assert.deepEqual(texts("milk\neggs"), ["milk", "eggs"]);
  assert.deepEqual(texts(`- ${long}\n- ${long}`), [`- ${long}`, `- ${long}`]);
  assert.deepEqual(texts(`${long} | b\n${long} | d`), [`${long} | b`, `${long} | d`]);
  assert.deepEqual(texts(`${long}\n1. ${long}`).at(0), long);
});

test("scripts beyond our own rules are left to Intl.Segmenter", () => {
  assert.equal(knownSentenceEnds("สวัสดี", 0, 6), undefined);
  assert.deepEqual(texts("नमस्ते। यह वाक्य है।"), ["नमस्ते।", "यह वाक्य है।"]);
});

test("a paragraph of a megabyte is cut like its pieces", () => {
  const sentence = "ประโยคนี้ here. ";
  assert.equal(sentences(sentence.repeat(60_000).trim()).length, 60_000);
});

test("a sentence longer than the longest window is kept in order and whole in sum", () => {
  const text = "ก".repeat(200_000);
  assert.equal(texts(text).join(""), text);
});
