import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { byteLines } from "../../src/documents/byte-lines.js";
import { readJsonLines } from "../../src/documents/jsonl.js";
import { isSkip } from "../../src/documents/skip.js";
import { collect } from "./collect.js";

async function* inChunks(content: string | Uint8Array, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content as string);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(content: string | Uint8Array, maxRecordBytes = 10_000) {
  return collect(readJsonLines("a.jsonl", inChunks(content), { fallbackTitle: "a", maxRecordBytes }));
}

test("each line is a document with its id, title, text and metadata", async () => {
  const records = [
    { _id: "1", title: " One ", text: "First\u0000 text", metadata: { year: 2020 }, lang: "en", tags: ["a"] },
    { id: 2, content: "Second text", author: { name: "Ada" } },
    { body: `${"long ".repeat(40)}` },
    { id: "t", title: "Only a title" },
  ];
  const documents = await read(`\ufeff${records.map((record) => JSON.stringify(record)).join("\r\n")}\n\n`);
  const shared = { headings: [], codeBlocks: [], mediaType: "application/x-ndjson" };
  assert.deepEqual(documents, [
    {
      ...shared,
      id: "1",
      title: "One",
      text: "First text",
      metadata: { lang: "en", tags: ["a"], year: 2020 },
      line: 1,
    },
    { ...shared, id: "2", title: "Second text", text: "Second text", metadata: { "author.name": "Ada" }, line: 2 },
    { ...shared, title: "a", text: "long ".repeat(40).trim(), metadata: {}, line: 3 },
    { ...shared, id: "t", title: "Only a title", text: "Only a title", metadata: {}, line: 4 },
  ]);
});

test("each bad line is skipped with its number, reason and hint, and the rest goes on", async () => {
  const lines: [line: string | number[], reason: RegExp][] = [
    ["{broken", /not JSON/],
    ["[1]", /not an object/],
    ["null", /not an object/],
    ["{}", /no text/],
    ['{"text": 5}', /no text/],
    ['{"text": " \\n "}', /text is empty/],
    ['{"text": "x", "id": {}}', /id is neither/],
    ['{"text": "x", "id": 1.5}', /id is neither/],
    ['{"text": "x", "metadata": [1]}', /Metadata must be an object/],
    ['{"text": "x", "metadata": {"a": [[1]]}}', /list within a list/],
    [`{"text": "${"x".repeat(200)}"}`, /the line has 212 bytes; at most 100/],
    [[0x7b, 0xff, 0x7d], /offset 1/],
    [[0x7b, 0x00, 0x7d], /not JSON/],
  ];
  const bytes = lines.flatMap(([line]) => [Buffer.from(line as string), Buffer.from('\n{"text": "good"}\n')]);
  const found = await read(Buffer.concat(bytes), 100);
  assert.equal(found.length, 2 * lines.length);
  for (const [index, [, reason]] of lines.entries()) {
    const skip = found[2 * index];
    assert.ok(skip && isSkip(skip), `line ${2 * index + 1}`);
    assert.equal(skip.line, 2 * index + 1);
    assert.match(skip.reason, reason);
    assert.ok(skip.hint.length > 10);
    const good = found[2 * index + 1];
    assert.ok(good && !isSkip(good));
    assert.equal(good.line, 2 * index + 2);
  }
});

test("vectors of other systems are left out of the metadata, and it is said", async () => {
  const [document] = await read('{"text": "x", "embedding": [0.1, 0.2], "table": [[1]], "years": ["1", 2]}');
  assert.ok(document && !isSkip(document));
  assert.deepEqual(document.metadata, { years: ["1", 2] });
  assert.deepEqual(document.notices, ["Left out lists of numbers and of lists: embedding, table."]);
});

test("a UTF-16 file is refused once, not line by line", async () => {
  const found = await read(Buffer.from('\ufeff{"text": "a"}\n{"text": "b"}\n', "utf16le"));
  assert.equal(found.length, 1);
  assert.match(found.map((item) => (isSkip(item) ? item.reason : "")).join(), /utf-16le/);
});

test("lines are the same however the bytes are cut into chunks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom("a", "\n", "é", "long") }),
      fc.integer({ min: 1, max: 9 }),
      async (text, size) => {
        const lines = await collect(byteLines(inChunks(text, size), 1_000_000));
        const expected = text.split("\n");
        if (expected.at(-1) === "") expected.pop();
        assert.deepEqual(
          lines.map((entry) => [entry.line, "bytes" in entry ? entry.bytes.toString() : ""]),
          expected.map((line, index) => [index + 1, line]),
        );
      },
    ),
  );
});
