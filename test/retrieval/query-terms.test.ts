import assert from "node:assert/strict";
import { test } from "node:test";
import Database from "better-sqlite3";
import fc from "fast-check";
import { type QueryTerm, queryTerms } from "../../src/retrieval/query-terms.js";

const words = (query: string) => queryTerms(query).map(({ word }) => word);

test("words come in lower case and in order, stop words are left out", () => {
  assert.deepEqual(words("What are the Laws of Heat-Transfer?"), ["laws", "heat", "transfer"]);
  assert.deepEqual(words("Über façades, 数学 und 42nd C++20"), ["über", "façades", "数学", "und", "42nd", "c", "20"]);
});

test("a word that is said again counts again, up to four times", () => {
  assert.deepEqual(queryTerms("flow over a wing; FLOW past the wing"), [
    { word: "flow", count: 2 },
    { word: "wing", count: 2 },
    { word: "past", count: 1 },
  ] satisfies QueryTerm[]);
  assert.deepEqual(queryTerms("flow ".repeat(50)), [{ word: "flow", count: 4 }]);
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
    "hôpital",
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
  assert.ok(terms.every(({ count }) => count === 4));
});

test("no words, no terms", () => {
  for (const query of ["", "  \n", "?!… — \"'", "\u0000\u0007", "\u{1f600}"]) assert.deepEqual(queryTerms(query), []);
});

test("law: each term is one token to FTS5's unicode61, or several where marks stand inside", (t) => {
  const db = new Database(":memory:");
  t.after(() => db.close());
  db.exec(`CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2');
           CREATE VIRTUAL TABLE tokens USING fts5vocab ('texts', 'instance')`);
  const insert = db.prepare("INSERT INTO texts VALUES (?)");
  const count = db.prepare<[], number>("SELECT count(*) FROM tokens").pluck();
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom("don't", "wing", "Ünïcödé", "e\u0301", "42", "’s", "\u0301", "ﬁ", "Ж", "日本", " ", "-"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      for (const { word } of queryTerms(pieces.join(""))) {
        db.exec("DELETE FROM texts");
        insert.run(word);
        const tokens = count.get()!;
        assert.ok(/\p{M}/u.test(word) ? tokens >= 1 : tokens === 1, `${JSON.stringify(word)} gave ${tokens} tokens`);
      }
    }),
  );
});
