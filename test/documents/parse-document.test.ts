import assert from "node:assert/strict";
import test from "node:test";
import { parseDocument } from "../../src/documents/parse-document.js";

test("plain text keeps its text; its first short line is the title", () => {
  assert.deepEqual(parseDocument("\n---\nA title\r\n\r\nText.", "text/plain", "file"), {
    title: "A title",
    text: "---\nA title\n\nText.",
    headings: [],
    codeBlocks: [],
    metadata: {},
    mediaType: "text/plain",
  });
});

test("without a title in the text the given one holds", () => {
  const long = "word ".repeat(30);
  for (const text of ["", "***\n---", `${long}\nshort`]) {
    assert.equal(parseDocument(text, "text/plain", " given ").title, "given");
  }
  assert.equal(parseDocument("## second", "text/markdown", "given").title, "given");
  assert.equal(parseDocument("<p>x", "text/html", "given").title, "given");
});

test("a byte order mark and Windows line ends do not hide front matter", () => {
  const { metadata, text } = parseDocument("\ufeff---\r\na: 1\r\n---\r\n# T\r\n", "text/markdown", "x");
  assert.deepEqual([metadata, text], [{ a: 1 }, "T"]);
});

test("what a reader could not use is noticed", () => {
  const { notices } = parseDocument("---\ntitle: a: b\n---\nx", "text/markdown", "x");
  assert.equal(notices?.length, 1);
});
