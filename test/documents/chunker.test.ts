import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { type Chunk, type ChunkOptions, chunkDocument } from "../../src/documents/chunker.js";
import { TextBuilder } from "../../src/documents/text-builder.js";
import type { ChunkSource } from "../../src/documents/units.js";

// Tokenizers of every temper. Additive: words cut into pieces of four letters, as WordPiece does.
const words = (text: string) => (text.match(/\S+/g) ?? []).reduce((sum, word) => sum + Math.ceil(word.length / 4), 0);
// White space counts and joins with what follows; two special tokens.
const bytePairs = (text: string) => (text.match(/ ?[a-z]{1,3}|\s|[^\sa-z]/gu)?.length ?? 0) + 2;
// Long texts cost more than their parts.
const superadditive = (text: string) => Math.ceil(text.length ** 1.15 / 5);
// Long texts cost less than their parts.
const subadditive = (text: string) => Math.ceil(text.length ** 0.8);
const tokenizers = { words, bytePairs, superadditive, subadditive };

const prose = fc.string({
  unit: fc.constantFrom(..."ab .,!?字。😀", "word ", "Sentence ends. ", "unbreakable".repeat(6), "\n"),
  maxLength: 50,
});
type Part = { kind: "heading"; level: 1 | 2 | 3; text: string } | { kind: "prose" | "code" | "item"; text: string };
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({
    kind: fc.constant("heading" as const),
    level: fc.constantFrom(1, 2, 3) as fc.Arbitrary<1 | 2 | 3>,
    text: fc.string({ unit: fc.constantFrom("Head", " ", "ing", "x".repeat(40)), maxLength: 6 }),
  }),
  fc.record({ kind: fc.constantFrom("prose" as const, "code" as const, "item" as const), text: prose }),
);

function build(parts: readonly Part[]): ChunkSource {
  const builder = new TextBuilder();
  for (const { kind, text, ...rest } of parts) {
    if (kind === "code") builder.code(text);
    else if (kind === "heading") builder.openHeading();
    else if (kind === "item") builder.openItem();
    if (kind !== "code") builder.inline(text);
    if (kind === "heading" && "level" in rest) builder.closeHeading(rest.level);
    if (kind === "item") builder.closeItem();
    builder.endBlock();
  }
  return builder.build();
}

const source = fc.array(part, { maxLength: 14 }).map(build);
const chunking = fc
  .record({ maxTokens: fc.integer({ min: 8, max: 60 }), overlap: fc.double({ min: 0, max: 0.99, noNaN: true }) })
  .map(({ maxTokens, overlap }) => ({ maxTokens, overlapTokens: Math.floor(maxTokens * overlap) }));
const tokenizer = fc.constantFrom(...(Object.keys(tokenizers) as (keyof typeof tokenizers)[]));

test("the laws of chunks hold for any document, budget and tokenizer", () => {
  fc.assert(
    fc.property(source, chunking, tokenizer, (document, options, name) => {
      const count = tokenizers[name];
      const chunks = chunkDocument("doc", document, { ...options, additive: name === "words" }, count);
      checkLaws(document, chunks, options, count);
      assert.deepEqual(chunkDocument("doc", document, { ...options, additive: name === "words" }, count), chunks);
    }),
    { numRuns: 3000 },
  );
});

function checkLaws(
  { text }: ChunkSource,
  chunks: readonly Chunk[],
  options: ChunkOptions,
  count: (text: string) => number,
) {
  let covered = 0;
  for (const [index, chunk] of chunks.entries()) {
    assert.equal(text.slice(chunk.start, chunk.end), chunk.text);
    assert.equal(chunk.index, index);
    assert.equal(chunk.id, `doc_${index}_${createHash("sha256").update(chunk.text).digest("hex").slice(0, 16)}`);
    assert.equal(chunk.tokens, count(chunk.text));
    assert.ok(chunk.tokens <= options.maxTokens, `${chunk.tokens} tokens`);
    assert.doesNotMatch(chunk.text, /\p{Cs}/u);
    assert.doesNotMatch(chunk.text, /^\n|\s$/);
    // Progress, order, and nothing but white space left out between chunks.
    const previous = chunks[index - 1];
    assert.ok(chunk.end > covered && chunk.start >= (previous?.start ?? 0));
    if (previous && chunk.start > previous.start) assert.ok(chunk.start > previous.start);
    if (chunk.start > covered) assert.equal(text.slice(covered, chunk.start).trim(), "");
    covered = chunk.end;
  }
  assert.equal(text.slice(covered).trim(), "");
}

test("overlap is within its budget where counts add up", () => {
  fc.assert(
    fc.property(source, chunking, (document, options) => {
      const chunks = chunkDocument("doc", document, { ...options, additive: true }, words);
      for (const [index, chunk] of chunks.entries()) {
        const end = chunks[index - 1]?.end ?? 0;
        if (chunk.start < end) assert.ok(words(document.text.slice(chunk.start, end)) <= options.overlapTokens);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a promise of additivity changes nothing but the number of counts", () => {
  fc.assert(
    fc.property(source, chunking, (document, options) => {
      let counts = 0;
      const counting = (text: string) => {
        counts++;
        return words(text);
      };
      const trusted = chunkDocument("doc", document, { ...options, additive: true }, counting);
      const countsTrusted = counts;
      counts = 0;
      assert.deepEqual(chunkDocument("doc", document, options, counting), trusted);
      assert.ok(countsTrusted <= counts);
    }),
    { numRuns: 1000 },
  );
});

const plain = (text: string, options: Partial<ChunkOptions> = {}, count = words) =>
  chunkDocument("d", { text, headings: [], codeBlocks: [] }, { maxTokens: 20, overlapTokens: 0, ...options }, count);
const textsOf = (chunks: readonly Chunk[]) => chunks.map(({ text }) => text);
const five = (letter: string) => `${Array(5).fill(letter.repeat(4)).join(" ")}.`; // six tokens

test("chunks are filled with whole sentences up to the budget", () => {
  assert.deepEqual(textsOf(plain(`${five("A")} ${five("B")} ${five("C")} ${five("D")}`)), [
    `${five("A")} ${five("B")} ${five("C")}`,
    five("D"),
  ]);
});

test("the last whole sentences are repeated up to the overlap", () => {
  const text = `${five("A")} ${five("B")} Short one. ${five("C")} ${five("D")}`;
  assert.deepEqual(textsOf(plain(text, { overlapTokens: 5 })), [
    `${five("A")} ${five("B")} Short one.`,
    `Short one. ${five("C")} ${five("D")}`,
  ]);
});

test("a sentence over the budget is split at words, a word over it at characters", () => {
  const chunks = plain(`${"word ".repeat(30).trim()} ${"x".repeat(200)} end`, { maxTokens: 10 });
  assert.deepEqual(
    chunks.slice(0, 3).map(({ text }) => text),
    Array(3).fill("word ".repeat(10).trim()),
  );
  assert.ok(chunks.every(({ tokens }) => tokens <= 10));
  assert.equal(textsOf(chunks.slice(3)).join(""), `${"x".repeat(200)} end`);
});

test("surrogate pairs are never cut", () => {
  const perUnit = (text: string) => text.length;
  const chunks = plain("😀".repeat(50), { maxTokens: 9 }, perUnit);
  assert.deepEqual(new Set(textsOf(chunks)), new Set(["😀".repeat(4), "😀".repeat(2)]));
});

test("a budget that holds no single character is refused", () => {
  assert.throws(() => plain("word", { maxTokens: 8 }, () => 9), {
    code: "INVALID_INPUT",
    message: /One character takes 9 tokens/,
  });
});

test("budgets out of range are refused", () => {
  for (const options of [
    { maxTokens: 7 },
    { maxTokens: 20.5 },
    { overlapTokens: 20 },
    { overlapTokens: -1 },
    { maxTokens: Number.NaN },
  ]) {
    assert.throws(() => plain("x", options), { code: "INVALID_INPUT" });
  }
});

test("an empty text has no chunks", () => {
  assert.deepEqual(plain(""), []);
  assert.deepEqual(plain(" \n\n "), []);
});

type Block = [level: 0 | 1 | 2 | 3 | "code", text: string];

function blocks(...all: Block[]): ChunkSource {
  const builder = new TextBuilder();
  for (const [level, text] of all) {
    if (level === "code") builder.code(text);
    else if (level > 0) {
      builder.openHeading();
      builder.inline(text);
      builder.closeHeading(level as 1 | 2 | 3);
    } else builder.inline(text);
    builder.endBlock();
  }
  return builder.build();
}

const chunked = (document: ChunkSource, options: Partial<ChunkOptions> = {}) =>
  chunkDocument("d", document, { maxTokens: 20, overlapTokens: 6, additive: true, ...options }, words);

test("a heading starts a new chunk, with its path and without overlap", () => {
  const chunks = chunked(blocks([1, "Top"], [0, five("A")], [2, "Next"], [0, five("B")], [2, "Last"], [0, five("C")]));
  assert.deepEqual(
    chunks.map(({ text, headingPath }) => [text, headingPath]),
    [
      [`Top\n\n${five("A")}`, ["Top"]],
      [`Next\n\n${five("B")}`, ["Top", "Next"]],
      [`Last\n\n${five("C")}`, ["Top", "Last"]],
    ],
  );
});

test("a small section shares a chunk with the next one", () => {
  const chunks = chunked(blocks([1, "Top"], [0, "Tiny."], [2, "Next"], [0, five("B")]));
  assert.deepEqual(textsOf(chunks), [`Top\n\nTiny.\n\nNext\n\n${five("B")}`]);
  assert.deepEqual(chunks[0]?.headingPath, ["Top"]);
});

test("headings that follow each other stand together, and the path is that of the first sentence", () => {
  const chunks = chunked(blocks([1, "Top"], [2, "Second"], [3, "Third"], [0, five("A")]));
  assert.deepEqual(textsOf(chunks), [`Top\n\nSecond\n\nThird\n\n${five("A")}`]);
  assert.deepEqual(chunks[0]?.headingPath, ["Top", "Second", "Third"]);
});

test("a heading never ends a chunk when a sentence follows", () => {
  const sentence = `${Array(9).fill("Aaaa").join(" ")}.`; // ten tokens
  for (let before = 0; before < 20; before++) {
    const lead = Array(before).fill("Pre.").join(" ");
    const chunks = chunked(blocks([0, lead], [1, "Headline"], [0, sentence], [0, five("B")]), { overlapTokens: 0 });
    for (const { text } of chunks) assert.doesNotMatch(text, /Headline$/, `${before} words before`);
  }
});

test("a sentence that fits a chunk but not beside its heading is split, so that the heading is not left alone", () => {
  const sentence = `${Array(19).fill("Aaaa").join(" ")}.`;
  const [first] = chunked(blocks([1, "Headline of more"], [0, sentence]));
  assert.match(first?.text ?? "", /^Headline of more\n\nAaaa/);
});

test("code stays whole where it fits the budget, else it is split at lines", () => {
  const line = "aaaa bbbb cccc dddd";
  const fits = Array(5).fill(line).join("\n");
  const whole = chunked(blocks([0, five("A")], ["code", fits], [0, five("B")]));
  assert.deepEqual(textsOf(whole), [five("A"), fits, five("B")]);
  const long = Array(8).fill(line).join("\n");
  const split = chunked(blocks(["code", long]), { overlapTokens: 4 });
  assert.deepEqual(textsOf(split), [fits, Array(4).fill(line).join("\n")]);
});

test("a deeper path is closed by a heading of a higher level", () => {
  const chunks = chunked(
    blocks([1, "A"], [0, five("A")], [3, "Deep"], [0, five("B")], [2, "Up"], [0, five("C")], [1, "B"], [0, five("D")]),
  );
  assert.deepEqual(
    chunks.map(({ headingPath }) => headingPath),
    [["A"], ["A", "Deep"], ["A", "Up"], ["B"]],
  );
});

test("text is counted about once for fitting, and once more only where counts do not add up", () => {
  const text = Array.from({ length: 2000 }, (_, n) => `Sentence number ${n} has some words in it.`).join(" ");
  for (const [additive, most] of [
    [true, 1.01],
    [false, 2.2],
  ] as const) {
    let characters = 0;
    const counting = (piece: string) => {
      characters += piece.length;
      return words(piece);
    };
    plain(text, { maxTokens: 256, overlapTokens: 32, additive }, counting);
    assert.ok(characters < most * text.length, `${characters} of ${text.length}`);
  }
});

test("ten million characters without a border are cut without being counted as one", () => {
  let longest = 0;
  const counting = (piece: string) => {
    longest = Math.max(longest, piece.length);
    return Math.ceil(piece.length / 4);
  };
  const chunks = plain("x".repeat(10_000_000), { maxTokens: 256 }, counting);
  assert.ok(longest <= 256 * 32);
  assert.equal(
    chunks.reduce((sum, { text }) => sum + text.length, 0),
    10_000_000,
  );
});
