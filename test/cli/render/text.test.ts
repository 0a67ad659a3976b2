import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { oneLine, printable } from "../../../src/cli/render/printable.js";
import { ansiStyle, plainStyle } from "../../../src/cli/render/style.js";
import { renderTable } from "../../../src/cli/render/table.js";
import { displayWidth, fitted, padded } from "../../../src/cli/render/width.js";

const columns = [{ title: "name" }, { title: "n", align: "right" }] as const;

test("no escape sequence and no change of direction reaches the terminal", () => {
  assert.equal(printable("a\x1b[2Jb\x07\u009bc\u202ed"), "a\ufffd[2Jb\ufffd\ufffdc\ufffdd");
  assert.equal(printable("a\n\tb"), "a\n\tb");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = printable(text);
      assert.equal(shown.length, text.length);
      assert.doesNotMatch(shown, /(?![\n\t])\p{Cc}/u);
      assert.doesNotMatch(oneLine(text), /\p{Cc}/u);
    }),
  );
});

test("width counts what a terminal shows: wide characters twice, combining marks not at all", () => {
  assert.deepEqual(["abc", "検索", "e\u0301", "👩‍💻", "naïve", ""].map(displayWidth), [3, 4, 1, 2, 5, 0]);
});

test("a fitted text is never wider than its room and is left alone where it fits", () => {
  assert.equal(fitted("rotation of keys", 9), "rotation…");
  assert.equal(fitted("short", 5), "short");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, room) => {
      assert.ok(displayWidth(fitted(text, room)) <= room);
    }),
  );
});

test("padding fills to the width on either side", () => {
  assert.equal(padded("検", 4), "検  ");
  assert.equal(padded("7", 3, "right"), "  7");
  assert.equal(padded("longer", 3), "longer");
});

test("a table aligns its columns and leaves no trailing spaces", () => {
  const lines = renderTable(
    columns,
    [
      ["検索", "1"],
      ["a", "1,000"],
    ],
    { style: plainStyle, indent: "> " },
  );
  assert.deepEqual(lines, ["> name      n", "> 検索      1", "> a     1,000"]);
});

test("a table of untitled columns has no line of titles", () => {
  assert.deepEqual(renderTable([{ title: "" }, { title: "" }], [["a", "b"]], { style: plainStyle }), ["a  b"]);
});

test("titles are dimmed and cells dressed after they are padded", () => {
  const styleCell = (cell: string, _row: number, column: number) => (column === 1 ? ansiStyle.bold(cell) : cell);
  const lines = renderTable(columns, [["a", "12"]], { style: ansiStyle, styleCell });
  assert.deepEqual(lines, ["\x1b[2mname\x1b[22m  \x1b[2m n\x1b[22m", "a     \x1b[1m12\x1b[22m"]);
});
