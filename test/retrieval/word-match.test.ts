import assert from "node:assert/strict";
import { test } from "node:test";
import Database from "better-sqlite3";
import fc from "fast-check";
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
      const folded = word
        .toLowerCase()
        .normalize("NFD")
        .replace(/\p{Mn}/gu, "");
      assert.equal(stemOf(word)[0], folded[0]);
    }),
  );
});

test("law: a word has the stem that FTS5's porter gives it, so that what was found is what is marked", (t) => {
  const db = new Database(":memory:");
  t.after(() => db.close());
  db.exec(`CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2');
           CREATE VIRTUAL TABLE tokens USING fts5vocab ('texts', 'instance')`);
  const insert = db.prepare("INSERT INTO texts VALUES (?)");
  const terms = db.prepare<[], string>("SELECT term FROM tokens").pluck();
  const root = fc.stringMatching(/^[a-z]{1,7}$/);
  const suffixes =
    "s es ies ed eed ing ational ization fulness ousness iveness ability ement ly er ies y tional icate é".split(" ");
  // The two part only over a double y before an ending ("byying"), which English does not have.
  const word = fc
    .tuple(root, fc.subarray(suffixes, { maxLength: 2 }))
    .map(([start, ends]) => start + ends.join(""))
    .filter((text) => !text.includes("yy"));
  fc.assert(
    fc.property(word, (text) => {
      db.exec("DELETE FROM texts");
      insert.run(text);
      assert.deepEqual(terms.all(), [stemOf(text)]);
    }),
    { numRuns: 1000 },
  );
});
