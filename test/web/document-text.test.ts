// Laying out a document's text: blocks, the words to mark, and the part of a huge text that is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { documentBlocks } from "../../src/web/text/document-blocks.js";
import { findWords, matchedWords } from "../../src/web/text/matched-words.js";
import { readingWindow } from "../../src/web/text/reading-window.js";

const line = fc.stringMatching(/^[ a-z#-]{0,8}$/);

test("blocks are in order, do not overlap, and leave out nothing but empty lines and line ends", () => {
  const place = fc.nat({ max: 80 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 10 }), fc.array(place, { maxLength: 4 }), (lines, places) => {
      const text = lines.join("\n");
      const codeBlocks = places.slice(0, 2).map((start) => ({ start, end: start + 9 }));
      const headings = places.slice(2).map((start) => ({ level: 2, title: "", start }));
      const blocks = documentBlocks(text, headings, codeBlocks);
      let at = 0;
      let left = "";
      for (const { start, end } of blocks) {
        assert.ok(start >= at && end > start && end <= text.length);
        left += text.slice(at, start);
        at = end;
      }
      assert.equal((left + text.slice(at)).trim(), "");
    }),
  );
});

test("a heading, a paragraph and a code block become three blocks with their own text", () => {
  const text = "Rotation\nKeys are replaced yearly.\n\n# not a heading\nrotate --now\n";
  const code = { start: text.indexOf("# not"), end: text.length - 1 };
  const headings = [
    { level: 1, title: "Rotation", start: 0 },
    { level: 1, title: "not a heading", start: code.start },
  ];
  const blocks = documentBlocks(text, headings, [code]);
  assert.deepEqual(
    blocks.map(({ kind, start, end }) => [kind, text.slice(start, end)]),
    [
      ["heading", "Rotation"],
      ["paragraph", "Keys are replaced yearly."],
      ["code", "# not a heading\nrotate --now"],
    ],
  );
});

test("prose wrapped by hand flows, a list or a short verse keeps its lines", () => {
  const wrapped =
    "The keys that sign a release are replaced once a year,\nand at once when a machine that held them is lost.";
  const list = `- ${"a long item of a list that fills its line well ".repeat(2)}\n- second`;
  const flows = (text: string) => documentBlocks(text).map((block) => block.kind === "paragraph" && block.flows);
  assert.deepEqual(flows(wrapped), [true]);
  assert.deepEqual(flows(list), [false]);
  assert.deepEqual(flows("short\nlines"), [false]);
});

test("the words of a snippet are found again as whole words, whatever their case", () => {
  const snippet = {
    text: "Rotate keys, then rotate C++ flags",
    highlights: [
      [0, 6],
      [7, 11],
      [18, 24],
      [25, 28],
    ] as const,
  };
  const words = matchedWords(snippet);
  assert.deepEqual(words, ["rotate", "keys", "c++"]);
  const text = "monkeys rotate KEYS in C++";
  assert.deepEqual(
    findWords(text, words).map(([start, end]) => text.slice(start, end)),
    ["rotate", "KEYS", "C++"],
  );
});

test("no words mark nothing", () => {
  assert.deepEqual(findWords("rotate the keys", []), []);
});

test("the reading window holds the middle of the passage, fits the text, and is the whole text where that is short", () => {
  const sizes = fc.record({
    textChars: fc.nat({ max: 5000 }),
    start: fc.nat(),
    length: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 2000 }), ({ textChars, start, length }, widthChars) => {
      fc.pre(textChars > 0);
      const passage = { start: start % textChars, end: Math.min(textChars, (start % textChars) + length) };
      const window = readingWindow(textChars, passage, widthChars);
      const middle = Math.floor((passage.start + passage.end) / 2);
      assert.ok(window.start >= 0 && window.end <= textChars);
      assert.equal(window.end - window.start, Math.min(widthChars, textChars));
      assert.ok(window.start <= middle && middle <= window.end);
    }),
  );
});
