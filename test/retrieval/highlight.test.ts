import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { wordForms } from "../../src/lexical/index.js";
import { type Snippet, snippetOf } from "../../src/retrieval/highlight.js";
import { stemOf } from "../../src/retrieval/word-match.js";

const marked = ({ text, highlights }: Snippet) => highlights.map(([start, end]) => text.slice(start, end));

const filler = "Nothing of interest stands in this sentence at all. ".repeat(12);

test("a short text is shown whole, with each matching word marked", () => {
  const snippet = snippetOf("Heating a wing: the wings were heated.", ["heat", "wing"]);
  assert.equal(snippet.text, "Heating a wing: the wings were heated.");
  assert.deepEqual(marked(snippet), ["Heating", "wing", "wings", "heated"]);
});

test("matching ignores case, diacritics and endings, and marks whole words only", () => {
  const snippet = snippetOf("NAÏVE façades; the facade's cafe\u0301s. Unheated, preheating.", [
    "facade",
    "cafés",
    "naive",
    "heat",
  ]);
  assert.deepEqual(marked(snippet), ["NAÏVE", "façades", "facade", "cafe\u0301s"]);
});

test("runs of white space become one space, and the marks move along", () => {
  const snippet = snippetOf("  first\n\n\tline   of\u00a0the  boundary \n layer  ", ["boundary", "layer"]);
  assert.equal(snippet.text, "first line of the boundary layer");
  assert.deepEqual(snippet.highlights, [
    [18, 26],
    [27, 32],
  ]);
});

test("the passage with most different words wins over one that repeats a single word", () => {
  const text = `Shock, shock and shock. ${filler}A shock wave meets the boundary layer here. ${filler}Boundary again.`;
  const snippet = snippetOf(text, ["shock", "boundary", "layer"]);
  assert.ok(snippet.text.startsWith("…A shock wave meets the boundary layer here."), snippet.text);
  assert.ok(snippet.text.endsWith("…"));
  assert.deepEqual(marked(snippet), ["shock", "boundary", "layer"]);
});

test("weights decide between passages with as many words", () => {
  const text = `Common words come first. ${filler}A rare one comes last.`;
  const weightOf = (stem: string) => (stem === "rare" ? 5 : 1);
  assert.deepEqual(marked(snippetOf(text, ["common", "rare"], { weightOf })), ["rare"]);
  assert.deepEqual(marked(snippetOf(text, ["common", "rare"], { weightOf: () => 1 })), ["Common"]);
});

test("without a match the beginning is shown, cut at a word", () => {
  const { text, highlights } = snippetOf(filler, ["absent"]);
  assert.ok(filler.startsWith(text.slice(0, -1)));
  assert.match(text, /^Nothing .*\w…$/);
  assert.match(filler[text.length - 1]!, /\s|\./);
  assert.deepEqual(highlights, []);
});

test("a passage at the end of the text takes the room before it", () => {
  const { text } = snippetOf(`${filler}the end`, ["end"]);
  assert.ok(text.length > 200, text);
  assert.ok(text.startsWith("…") && text.endsWith("the end"));
});

test("text without spaces is cut at its length and never inside a character", () => {
  const cats = "\u{1f408}".repeat(400);
  const { text } = snippetOf(cats, ["dog"]);
  assert.doesNotMatch(text, /\p{Cs}/u);
  assert.ok(cats.startsWith(text.slice(0, -1)));
  assert.ok(text.length > 230 && text.length <= 241);
  const { text: late, highlights } = snippetOf(`${"x".repeat(5000)} wing ${"y".repeat(5000)}`, ["wing"]);
  assert.deepEqual(late.slice(...highlights[0]!), "wing");
});

test("a text that opens with an ellipsis keeps its own", () => {
  assert.equal(snippetOf("… and so on", []).text, "… and so on");
});

test("a long word after an ellipsis is cut rather than left out", () => {
  assert.equal(snippetOf("…  𐀀𐀀𐀀!!", [], { maxLength: 10 }).text, "… 𐀀𐀀𐀀!…");
});

test("law: marks lie inside, are words of the query's stems, and the snippet is the text with its white space collapsed", () => {
  const words = ["heat", "heated", "wing", "flow", "layer", "über"];
  const piece = fc.oneof(
    fc.constantFrom(...words, "HEATING", "Flows", "layers", "UBER", "u\u0308bers", "of", "the", "x".repeat(300)),
    fc.constantFrom(" ", "  ", "\n\n", ". ", "! ", "-", "(", ") ", "\u00a0", "\u{1f408}", "…"),
    fc.string({ unit: "grapheme", maxLength: 8 }),
  );
  const query = fc.subarray(words);
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 120 }),
      query,
      fc.integer({ min: 10, max: 300 }),
      (pieces, terms, maxLength) => {
        const text = pieces.join("");
        const stems = new Set(terms.map(stemOf));
        const { text: shown, highlights } = snippetOf(text, terms, { maxLength });
        let last = 0;
        for (const [start, end] of highlights) {
          assert.ok(start >= last && start < end && end <= shown.length);
          // A hyphenated word or an identifier is marked where one of its forms is meant.
          const forms = wordForms(shown.slice(start, end)).map(({ word }) => stemOf(word));
          assert.ok(
            forms.some((stem) => stems.has(stem)),
            shown.slice(start, end),
          );
          last = end;
        }
        assert.ok(shown.length <= maxLength + 2);
        assert.doesNotMatch(shown, /\p{Cs}/u);
        assert.ok(text.trim() === "" || shown.replaceAll("…", "") !== "" || /^[…\s]*$/.test(text));
        const collapsed = text.replace(/\s+/g, " ").trim();
        const inner = shown.replace(/^…/, "").replace(/…$/, "").trim();
        assert.ok(collapsed.includes(inner), JSON.stringify({ shown, collapsed }));
      },
    ),
    { numRuns: 500 },
  );
});
