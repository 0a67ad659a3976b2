import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { normalise } from "../../src/documents/normalise.js";
import { TextBuilder } from "../../src/documents/text-builder.js";

const text = fc.string({
  unit: fc.constantFrom(..."ab \n\t\u00a0\u0301\u200b\r", "e\u0301", "word ", "😀", "\ud800"),
  maxLength: 12,
});
type Step = (builder: TextBuilder) => void;
const leaf: fc.Arbitrary<Step> = fc.oneof(
  text.map((value) => (builder: TextBuilder) => builder.inline(value)),
  text.map((value) => (builder: TextBuilder) => builder.code(value)),
  text.map((value) => (builder: TextBuilder) => builder.picture(value)),
  fc.constant((builder: TextBuilder) => builder.breakLine()),
  fc.constant((builder: TextBuilder) => builder.endBlock()),
);
const steps: fc.Arbitrary<Step[]> = fc.letrec<{ steps: Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie("step"), { maxLength: 8 }),
  step: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc
      .tuple(fc.constantFrom(1, 2, 3, 6) as fc.Arbitrary<1 | 2 | 3 | 6>, tie("steps"))
      .map(([level, inner]) => (b: TextBuilder) => {
        b.openHeading();
        for (const step of inner) step(b);
        b.closeHeading(level);
      }),
    fc.tuple(fc.boolean(), fc.array(tie("steps"), { maxLength: 3 })).map(([tight, items]) => (b: TextBuilder) => {
      b.openList(tight);
      for (const item of items) {
        b.openItem();
        for (const step of item) step(b);
        b.closeItem();
      }
      b.closeList();
    }),
    fc.array(fc.array(tie("steps"), { maxLength: 3 }), { maxLength: 3 }).map((rows) => (b: TextBuilder) => {
      for (const row of rows) {
        const cells = row.map((cell) => {
          b.openCell();
          for (const step of cell) step(b);
          return b.closeCell();
        });
        b.row(cells);
      }
      b.closeTable();
    }),
  ),
})).steps;

test("built text is normalised already, and headings and code lie where they are said to lie", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const builder = new TextBuilder();
      for (const step of all) step(builder);
      const built = builder.build();
      assert.equal(normalise(built.text), built.text);
      for (const { start, title } of built.headings) {
        assert.equal(built.text.slice(start, start + title.length + 1).trimEnd(), title);
        assert.ok(start === 0 || built.text[start - 1] === "\n");
        assert.doesNotMatch(title, /\n/);
      }
      let last = 0;
      for (const { start, end } of built.codeBlocks) {
        assert.ok(start >= last && end > start && end <= built.text.length);
        last = end;
      }
    }),
    { numRuns: 400 },
  );
});

test("blocks stand apart by a blank line, items of a tight list and rows of a table do not", () => {
  const builder = new TextBuilder();
  builder.openHeading();
  builder.inline("Title");
  builder.closeHeading(1);
  builder.inline("Some   words");
  builder.openList(true);
  for (const word of ["one", "two"]) {
    builder.openItem();
    builder.inline(word);
    builder.closeItem();
  }
  builder.closeList();
  builder.row(["a", "", "b"]);
  builder.row(["c", "d", "e"]);
  builder.closeTable();
  builder.code("\n  x = 1;  \n  y = 2;\n");
  const built = builder.build();
  assert.equal(built.text, "Title\n\nSome words\n\n- one\n- two\n\na | b\nc | d | e\n\n  x = 1;\n  y = 2;");
  assert.deepEqual(built.headings, [{ level: 1, title: "Title", start: 0 }]);
  assert.deepEqual(
    built.codeBlocks.map(({ start, end }) => built.text.slice(start, end)),
    ["  x = 1;\n  y = 2;"],
  );
});

test("a picture's alternative text is left out of a heading that has words", () => {
  for (const [words, title] of [
    ["Lodestone", "Lodestone"],
    ["", "logo"],
  ] as const) {
    const builder = new TextBuilder();
    builder.openHeading();
    builder.picture("logo");
    builder.inline(words);
    builder.closeHeading(1);
    assert.equal(builder.build().text, title);
  }
});
