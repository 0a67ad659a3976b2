import assert from "node:assert/strict";
import { test } from "node:test";
import Database from "better-sqlite3";
import fc from "fast-check";
import { LodestoneError } from "../../src/errors.js";
import { Analyser, foldWord, noStemmer } from "../../src/lexical/index.js";

const analyser = new Analyser();

/** "getName" -> "getname +get +name": words that do not count have a plus. */
function words(text: string): string {
  return analyser
    .tokens(text)
    .flatMap((token) => token.words.map(({ word, counted }) => (counted ? word : `+${word}`)))
    .join(" ");
}

const examples: [text: string, words: string][] = [
  ["The quick, brown fox.", "the quick brown fox"],
  ["node.js 3.14 v1.2.3", "node js +node.js 3 14 +3.14 v1 2 3 +v1.2.3"],
  ["C++ and C#, F# g++; i++", "c +c++ and c +c# f +f# g +g++ i +i++"],
  ["a+b x#y ++ # C+++", "a b x y c"],
  [".NET, .gitignore, .5, a...b ..", "net +.net gitignore +.gitignore 5 a b"],
  ["snake_case __init__", "snake case +snake_case init"],
  [
    "getUserName XMLHttpRequest parseJSONFile",
    "getusername +get +user +name xmlhttprequest +xml +http +request parsejsonfile +parse +json +file",
  ],
  ["PubMed McDonald mRNA miRNAs kappaB pH iPhone URLs", "pubmed mcdonald mrna mirnas kappab ph iphone urls"],
  ["U.S. law, i.e. e.g. P.M.", "u s +us law i e e g p m +pm"],
  ["1,000,000 and 1,5 or 1,000.5", "1 000 000 +1000000 and 1 5 or 1 000 5 +1000.5"],
  [
    "non-linear IL-2 e-mail state-of-the-art 1960-1970",
    "non linear +nonlinear il 2 +il2 e mail +email state of the art 1960 1970",
  ],
  ["user's don’t", "user s don t"],
  ["Café naïve Ångström ﬁne x² ½", "cafe naive angstrom fine x2 ½"],
  ["Straße ΣΟΦΟΣ ВЁЛ", "strasse σοφοσ вел"],
  ["हैलो वर्ल्ड が", "हैलो वर्ल्ड が"],
  ["検索語 の 検索エンジンfast", "検索 索語 の 検索 索エ エン ンジ ジン fast"],
  ["infor\u00admation zero\u200dwidth", "information zerowidth"],
  ["𝒳yz 😀 \ud800 a\udc00b", "xyz a b"],
  ["a.b.c.d.e.f.g.h", "a b c d e f g h"],
  ["", ""],
];

for (const [text, expected] of examples) {
  test(`the words of ${JSON.stringify(text)}`, () => assert.equal(words(text), expected));
}

test("tokens know where they stand", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      let end = 0;
      for (const token of analyser.tokens(text)) {
        assert.ok(token.start >= end);
        end = token.start + token.text.length;
        assert.equal(text.slice(token.start, end), token.text);
        assert.ok(token.words.length > 0);
      }
    }),
  );
});

test("the words that count are those of FTS5's porter and unicode61", (t) => {
  const db = new Database(":memory:");
  t.after(() => db.close());
  db.exec(`CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2');
           CREATE VIRTUAL TABLE terms USING fts5vocab (texts, instance)`);
  const put = db.prepare("INSERT INTO texts (rowid, text) VALUES (1, ?)");
  const terms = db.prepare<[], string>("SELECT term FROM terms ORDER BY offset").pluck();
  const word = fc.constantFrom(
    "rotating",
    "KEYS",
    "Café",
    "naïve",
    "agreed",
    "ponies",
    "relational",
    "C",
    "v1",
    "2024",
    "o",
    "nodes",
  );
  const between = fc.constantFrom(" ", ", ", ".", "_", "-", "'", "’", "++ ", "# ", " .", "/", "\n", "...");
  fc.assert(
    fc.property(fc.array(fc.tuple(word, between), { maxLength: 20 }), (pairs) => {
      const text = pairs.flat().join("");
      db.exec("DELETE FROM texts");
      put.run(text);
      const counted = analyser.tokens(text).flatMap((token) => token.words.filter(({ counted }) => counted));
      assert.deepEqual(
        counted.map(({ term }) => term),
        terms.all(),
      );
    }),
  );
});

test("folding a second time changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 12 }), (word) => {
      assert.equal(foldWord(foldWord(word)), foldWord(word));
    }),
  );
});

test("case and composition of a word do not matter", () => {
  const letters = fc.string({ unit: fc.constantFrom(..."abcéöñçåøжйшαβσ"), minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(letters, (word) => {
      assert.deepEqual(analyser.terms(word.toUpperCase()), analyser.terms(word));
      assert.deepEqual(analyser.terms(word.normalize("NFD")), analyser.terms(word));
    }),
  );
});

test("a token of any length is cut, not lost, and never within a character", () => {
  const [first, second, ...rest] = analyser.tokens("x".repeat(200));
  assert.deepEqual([first?.text.length, second?.text.length, rest.length], [128, 72, 0]);
  for (const token of analyser.tokens(`x${"𝒳".repeat(100)}`)) assert.ok(!/[\ud800-\udbff]$/.test(token.text));
});

test("the language chooses the stemmer and is part of the version", () => {
  const plain = new Analyser({ language: "none" });
  assert.deepEqual(plain.terms("rotating keys"), ["rotating", "keys"]);
  assert.deepEqual(analyser.terms("rotating keys"), ["rotat", "kei"]);
  assert.notEqual(plain.version, analyser.version);
  assert.equal(new Analyser({ stemmer: noStemmer }).version, plain.version);
  assert.throws(
    () => new Analyser({ language: "xx" }),
    (error) => error instanceof LodestoneError && error.code === "INVALID_INPUT" && error.message.includes("en, none"),
  );
});
