import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { normalise } from "../../src/documents/normalise.js";
import { takeFrontMatter } from "../../src/readers/front-matter.js";
import { readMarkdown, renderMarkdown } from "../../src/readers/markdown.js";
import { TextBuilder } from "../../src/readers/text-builder.js";

const textOf = (source: string) => readMarkdown(source).text;

test("headings, paragraphs, lists, code and tables become plain text", () => {
  const source = [
    "# A *first* title #",
    "",
    "Some **bold** text with a [link](https://example.org 'title'),",
    "a [reference][ref], `code` and a line  ",
    "break.",
    "",
    "Setext",
    "------",
    "- one",
    "- two",
    "  - deeper",
    "",
    "1. first",
    "",
    "   with more",
    "2. second",
    "",
    "```js title=x",
    "const a = '#';",
    "",
    "  b();",
    "```",
    "",
    "| Name | Size |",
    "| ---- | ---: |",
    "| `a`  | 1    |",
    "| b    |      |",
    "",
    "> quoted",
    "",
    "[ref]: https://example.org/ref",
  ].join("\n");
  const { text, headings, codeBlocks, title } = readMarkdown(source);
  assert.equal(
    text,
    [
      "A first title",
      "",
      "Some bold text with a link, a reference, code and a line",
      "break.",
      "",
      "Setext",
      "",
      "- one",
      "- two",
      "  - deeper",
      "",
      "- first",
      "",
      "with more",
      "",
      "- second",
      "",
      "const a = '#';",
      "",
      "  b();",
      "",
      "Name | Size",
      "a | 1",
      "b",
      "",
      "quoted",
    ].join("\n"),
  );
  assert.equal(title, "A first title");
  assert.deepEqual(
    headings.map(({ level, title: words, start }) => [level, words, text.slice(start, start + words.length)]),
    [
      [1, "A first title", "A first title"],
      [2, "Setext", "Setext"],
    ],
  );
  assert.deepEqual(
    codeBlocks.map(({ start, end }) => text.slice(start, end)),
    ["const a = '#';\n\n  b();"],
  );
});

test("offsets hold where characters are composed and removed", () => {
  const { text, headings, codeBlocks } = readMarkdown(
    "Cafe\u0301\u200b and\u00a0more\n\n# Re\u0301sume\u0301 \ufeff*x*\n\n```\ne\u0301\u0000 = 1\n```\n",
  );
  assert.equal(text, "Café and more\n\nRésumé x\n\né = 1");
  assert.deepEqual(headings, [{ level: 1, title: "Résumé x", start: text.indexOf("Résumé") }]);
  assert.deepEqual(codeBlocks, [{ start: text.indexOf("é = 1"), end: text.length }]);
});

test("badges go, other pictures leave their alternative text", () => {
  const source =
    "# Project\n\n[![npm](https://img.shields.io/npm/v/x.svg)](https://npm.im/x) [![Build][badge]][ci]\n" +
    '<a href="x"><img alt="Coverage" src="https://codecov.io/gh/x/branch/main/graph/badge.svg"></a>\n\n' +
    "![A map of the town](map.png)\n\n[badge]: https://github.com/x/x/workflows/ci/badge.svg\n[ci]: https://example.org";
  assert.equal(textOf(source), "Project\n\nA map of the town");
});

test("HTML leaves its text; comments, scripts and tags go", () => {
  const source =
    '<!-- hidden -->\n\n<p align="center">\n  <b>Centred</b><br>words\n</p>\n\n<details>\n<summary>More</summary>\n\n' +
    "Inside <kbd>Ctrl</kbd> here.\n\n</details>\n\n<script>\nalert(1)\n</script>\n\n<table><tr><td>a</td><td>b</td></tr></table>";
  assert.equal(textOf(source), "Centred\nwords\n\nMore\n\nInside Ctrl here.\n\na | b");
});

test("a table of contents goes, for its words are headings", () => {
  const contents = "- [One](#one)\n  - [Two `x`](#two)\n- [Three](#three)";
  assert.equal(textOf(`${contents}\n\n# One\n\ntext`), "One\n\ntext");
  assert.equal(textOf("- [One](#one): about one\n- [Two](#two)"), "- One: about one\n- Two");
});

test("footnotes stand where they are defined; their marks go", () => {
  assert.equal(textOf("A claim[^1] here.\n\n[^1]: The source *of it*.\n"), "A claim here.\n\nThe source of it.");
});

test("GitHub's notes read as notes", () => {
  assert.equal(textOf("> [!WARNING]\n> Hot *surface*."), "Warning: Hot surface.");
});

test("bare addresses and names with underscores stay as they are", () => {
  assert.equal(
    textOf("See https://example.org/a_b_c and snake_case_name."),
    "See https://example.org/a_b_c and snake_case_name.",
  );
});

test("the title is that of the front matter, else the first heading of level one, else none", () => {
  assert.equal(readMarkdown("---\ntitle: Given\n---\n# Heading").title, "Given");
  assert.equal(readMarkdown("## Second\n\n# First").title, "First");
  assert.equal(readMarkdown("## Second\n\ntext").title, undefined);
});

// Lines of Markdown, simple and not, that meet in every order.
const fragments = [
  "plain words here",
  "more words, with *emphasis* and **strong words**.",
  "a `code span` and `an*other`",
  "[link](https://example.org/a_b) and [ref] and [text][Ref]",
  "_one_ *two* __three__",
  "a * b * c_d_e _f",
  "trailing spaces  ",
  "*unclosed and [half",
  "`unclosed",
  "![picture](a.png)",
  "<b>html</b> & &amp; \\* <!-- c -->",
  "<div>",
  "</div>",
  "<!--",
  "-->",
  "# Heading",
  "## Heading with `code` ##",
  "###### [x](y)",
  "===",
  "---",
  "- item",
  "- item with *marks*",
  "  continued",
  "  - nested",
  "* other bullet",
  "1. first",
  "7) seventh",
  "> quote",
  "> - quoted item",
  "```",
  "```js",
  "~~~",
  "    indented",
  "\tindented",
  "[ref]: https://example.org",
  "[other]: <x y> 'title'",
  "[^1]: note",
  "a note[^1]",
  "| a | b |",
  "| - | - |",
  "a | b",
  "---|---",
  "1986. A great year",
  "2 apples",
  "+ plus",
  "~strike~ ~~strike~~",
  "",
  "",
  "",
];
const documents = fc.array(fc.constantFrom(...fragments), { maxLength: 14 }).map((lines) => lines.join("\n"));

test("a text cut into simple and other pieces reads as the parser reads the whole", () => {
  fc.assert(
    fc.property(documents, (source) => {
      const whole = new TextBuilder();
      renderMarkdown(takeFrontMatter(source).body, whole);
      const { text, headings, codeBlocks } = readMarkdown(source);
      assert.deepEqual({ text, headings, codeBlocks }, whole.build());
    }),
    { numRuns: 3000 },
  );
});

const inlineUnit = fc.constantFrom(..."ab .,*_`[]()!<&\\\n~-1", "**", "__", "``", "](x)", "[ref]", "http://x_y ");

test("a paragraph of any marks reads as the parser reads it", () => {
  fc.assert(
    fc.property(fc.string({ unit: inlineUnit, maxLength: 24 }), (paragraph) => {
      const source = `Words ${paragraph}\n\n[ref]: x`;
      const whole = new TextBuilder();
      renderMarkdown(source, whole);
      assert.equal(readMarkdown(source).text, whole.build().text);
    }),
    { numRuns: 5000 },
  );
});

test("indented code after a footnote from another piece stays", () => {
  const { text, codeBlocks } = readMarkdown("[^1]: note\n\n# Heading\n    indented\na note[^1]");
  assert.equal(text, "note\n\nHeading\n\nindented\n\na note");
  assert.equal(codeBlocks.length, 1);
});

test("what looks like a footnote inside HTML is none", () => {
  const source = "</div>\n[^1]: note\n\n###### [x](y)\na note[^1]";
  assert.match(readMarkdown(source).text, /a note\[\^1\]$/);
});

test("a definition right below a rule holds in the pieces above", () => {
  assert.match(readMarkdown("see [ref] \\*\n\n# Heading\n---\n[ref]: https://example.org").text, /^see ref \*/);
});

test("a large text is cut at headings, and its references hold across the cuts", () => {
  const section = (n: number) =>
    `## Section ${n}\n\nSee [the *guide*][guide]${" and <b>more</b>".repeat(40)}, note[^n].\n\n`;
  const source = `${Array.from({ length: 200 }, (_, n) => section(n)).join("")}[guide]: https://example.org\n\n[^n]: The note.`;
  assert.ok(source.length > 100_000);
  const { text, headings } = readMarkdown(source);
  assert.equal(headings.length, 200);
  assert.doesNotMatch(text, /[[\]]/);
  assert.equal(text.match(/The note\./g)?.length, 1);
  for (const { start, title } of headings) assert.ok(text.startsWith(`${title}\n`, start));
});

test("text nested ten thousand deep is read without overflow", () => {
  assert.equal(textOf(`${">".repeat(10_000)} deep`), "deep");
  assert.equal(
    textOf(`${"- ".repeat(10_000)}deep`)
      .trim()
      .endsWith("deep"),
    true,
  );
  assert.match(textOf(`${"*".repeat(10_000)}deep${"*".repeat(10_000)}`), /deep/);
  assert.match(textOf(`${"[".repeat(10_000)}deep${"](x)".repeat(10_000)}`), /deep/);
});

test("any text gives normalised text with exact headings", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (source) => {
      const { text, headings } = readMarkdown(source.replace(/\r\n?/g, "\n"));
      assert.equal(normalise(text), text);
      for (const { start, title } of headings) assert.ok(text.startsWith(title, start));
    }),
    { numRuns: 1000 },
  );
});

test("a title that stands on every page of a product is completed by the page's only section", () => {
  const titleOf = (text: string) => readMarkdown(text).title;
  assert.equal(
    titleOf('<h1 align="center">Fastify</h1>\n\n## Request\n\nText.\n\n### Properties\n\nMore.'),
    "Fastify: Request",
  );
  assert.equal(titleOf("# Guide\n\nWords of its own.\n\n## Request\n\nText."), "Guide");
  assert.equal(titleOf("# Guide\n\n## One\n\nText.\n\n## Two\n\nText."), "Guide");
  assert.equal(titleOf("# Guide\n\n### Deep\n\nText."), "Guide");
});
