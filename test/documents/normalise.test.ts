import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { normalise, normaliseLine } from "../../src/documents/normalise.js";

// Text with much of what normalise has to do with.
const odd = fc.constantFrom(
  ..."ab \t\n\r\v\f\u0000\u0007\u007f\u0085\u00a0\u00ad\u200b\u200c\u200d\u200e\u2028\u2029\u202e\u2060\u3000\ufeff",
  "\r\n",
  "e\u0301",
  "\u0301",
  "\u0323\u0307",
  "\u0344",
  "\u1100\u1161",
  "\u212b",
  "\ud800",
  "\udc00",
  "😀",
  "é",
);
const oddText = fc.oneof(
  fc.string({ unit: odd, maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
);

test("normalising twice changes nothing more", () => {
  fc.assert(
    fc.property(oddText, (text) => {
      const once = normalise(text);
      assert.equal(normalise(once), once);
    }),
    { numRuns: 2000 },
  );
});

test("normalised text is NFC, well formed and free of control characters, odd spaces and trailing space", () => {
  fc.assert(
    fc.property(oddText, (text) => {
      const result = normalise(text);
      assert.equal(result.normalize("NFC"), result);
      assert.doesNotMatch(result, /(?![\t\n])\p{Cc}|(?! )\p{Zs}|\p{Cs}|[\u2028\u2029\u200b\ufeff]/u);
      assert.doesNotMatch(result, /[ \t]$/m);
      assert.doesNotMatch(result, /\n{4}|^\n|\n$/);
    }),
    { numRuns: 2000 },
  );
});

test("two normalised texts joined by a line feed are normalised", () => {
  fc.assert(
    fc.property(oddText, oddText, (a, b) => {
      const [first, second] = [normalise(a), normalise(b)];
      fc.pre(first !== "" && second !== "");
      assert.equal(normalise(`${first}\n${second}`), `${first}\n${second}`);
    }),
    { numRuns: 2000 },
  );
});

test("no letter or digit is lost", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."abcXYZ019äß字 \n\u200b\u00ad"), maxLength: 60 }), (text) => {
      const letters = (value: string) => value.match(/[\p{L}\p{N}]/gu)?.join("") ?? "";
      assert.equal(letters(normalise(text)), letters(text));
    }),
  );
});

test("line ends become line feeds, odd spaces spaces, and invisible characters go", () => {
  assert.equal(normalise("a\r\nb\rc\u2028d\u0085e"), "a\nb\nc\nd\ne");
  assert.equal(normalise("a\u00a0b\u3000c\u2009d"), "a b c d");
  assert.equal(normalise("co\u00adop\u200berate\ufeff"), "cooperate");
  assert.equal(normalise("cafe\u0301"), "café");
});

test("at most two blank lines stand in a row, and none at the ends", () => {
  assert.equal(normalise("\n \n a  \n\n\n\n\n\nb\n\n"), " a\n\n\nb");
});

test("joiners inside words and emoji stay", () => {
  assert.equal(normalise("می\u200cخواهم 👩\u200d💻"), "می\u200cخواهم 👩\u200d💻");
});

test("lone surrogates become U+FFFD, so that text survives UTF-8", () => {
  assert.equal(normalise("a\ud800b"), "a\ufffdb");
});

test("a letter keeps at most thirty marks, so that a million of them are no threat", () => {
  assert.equal(normalise(`a${"\u0323\u0301".repeat(500_000)}b`).length, 31);
});

test("a line has single spaces and no breaks", () => {
  assert.equal(normaliseLine(" a\t b\r\n\u00a0c "), "a b c");
});
