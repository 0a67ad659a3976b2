import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { renderSnippet } from "../../../src/cli/render/snippet.js";
import { ansiStyle, plainStyle } from "../../../src/cli/render/style.js";
import { displayWidth } from "../../../src/cli/render/width.js";

const marks = { ...plainStyle, mark: (text: string) => `[${text}]` };

test("highlights are marked where they stand, inside a word as well", () => {
  const snippet = {
    text: "Rotate the keys, re-rotate them.",
    highlights: [
      [0, 6],
      [11, 15],
      [20, 26],
    ] as const,
  };
  assert.deepEqual(renderSnippet(snippet, undefined, marks), ["[Rotate] the [keys], re-[rotate] them."]);
});

test("a highlight over two words covers the space between them and breaks with the line", () => {
  const snippet = { text: "one two three", highlights: [[0, 7]] as const };
  assert.deepEqual(renderSnippet(snippet, undefined, marks), ["[one][ ][two] three"]);
  assert.deepEqual(renderSnippet(snippet, 5, marks), ["[one]", "[two]", "three"]);
});

test("line breaks of the text become spaces, and lines keep to the width", () => {
  const snippet = { text: "one\n\n  two\tthree", highlights: [] };
  assert.deepEqual(renderSnippet(snippet, undefined, plainStyle), ["one two three"]);
  assert.deepEqual(renderSnippet(snippet, 7, plainStyle), ["one two", "three"]);
});

test("without the marks, every word is there once and in order, whatever is highlighted", () => {
  const highlight = fc.tuple(fc.nat(60), fc.nat(12)).map(([from, length]) => [from, from + length] as const);
  fc.assert(
    fc.property(
      fc.lorem({ maxCount: 12 }),
      fc.array(highlight),
      fc.integer({ min: 4, max: 40 }),
      (text, ranges, columns) => {
        const highlights = [...ranges]
          .sort((a, b) => a[0] - b[0])
          .filter(([from], i, all) => i === 0 || from >= (all[i - 1]?.[1] ?? 0));
        const lines = renderSnippet({ text, highlights }, columns, ansiStyle).map(stripVTControlCharacters);
        assert.equal(lines.join(" "), text.split(/\s+/).join(" "));
        for (const line of lines) assert.ok(displayWidth(line) <= columns || !line.includes(" "));
      },
    ),
  );
});
