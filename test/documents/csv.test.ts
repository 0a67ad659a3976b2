import assert from "node:assert/strict";
import test from "node:test";
import { readTable } from "../../src/documents/csv.js";
import { isSkip } from "../../src/documents/skip.js";
import { collect } from "./collect.js";

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(
  content: string | Buffer,
  mediaType: "text/csv" | "text/tab-separated-values" = "text/csv",
  chunkBytes = 1000,
) {
  const options = { fallbackTitle: "table", maxRecordBytes: 10_000 };
  return collect(readTable("t.csv", inChunks(Buffer.from(content as string), chunkBytes), mediaType, options));
}

async function documents(content: string | Buffer, mediaType?: "text/csv" | "text/tab-separated-values") {
  return (await read(content, mediaType)).filter((item) => !isSkip(item));
}

test("a row is a document: text, id and title by their columns, the others metadata", async () => {
  const table =
    'ID,Title,Text,Year,Zip,Share,Note\r\n7,"A, b","Two\nlines ""quoted""",2020,01234,-1.5e3,\r\n\r\n8,,Short text,x,1,2,n\r\n';
  const shared = { headings: [], codeBlocks: [], mediaType: "text/csv" };
  assert.deepEqual(await read(table), [
    {
      ...shared,
      id: "7",
      title: "A, b",
      text: 'Two\nlines "quoted"',
      metadata: { Year: 2020, Zip: "01234", Share: -1500 },
      line: 2,
    },
    {
      ...shared,
      id: "8",
      title: "Short text",
      text: "Short text",
      metadata: { Year: "x", Zip: 1, Share: 2, Note: "n" },
      line: 4,
    },
  ]);
});

test("without a text column all columns are the text, as name: value", async () => {
  const [document] = await documents(`id,city,people,about\n1,Bern,134000,${"long ".repeat(300)}\n`);
  assert.equal(document?.text, `id: 1\ncity: Bern\npeople: 134000\nabout: ${"long ".repeat(300).trim()}`);
  assert.equal(document?.title, "Bern");
  assert.deepEqual(document?.metadata, { city: "Bern", people: 134000 });
});

test("only plain numbers become numbers", async () => {
  const cells = [
    "0",
    "-0.5",
    "1e3",
    "9007199254740993",
    "00",
    "1,5",
    "+1",
    ".5",
    "1.",
    "0x10",
    "NaN",
    "Infinity",
    "1e999",
    "12 ",
  ];
  const table = `text${cells.map((_, n) => `,c${n}`).join("")}\nx,${cells.map((cell) => `"${cell}"`).join()}\n`;
  const [document] = await documents(table);
  assert.deepEqual(Object.values(document?.metadata ?? {}), [
    0,
    -0.5,
    1000,
    "9007199254740993",
    "00",
    "1,5",
    "+1",
    ".5",
    "1.",
    "0x10",
    "NaN",
    "Infinity",
    "1e999",
    12,
  ]);
});

test("semicolons and tabs are found in the header row", async () => {
  assert.deepEqual((await documents("text;a, b\nx;1,5\n"))[0]?.metadata, { "a, b": "1,5" });
  assert.deepEqual((await documents("text\ta\nx\ty\n"))[0]?.metadata, { a: "y" });
});

test("tab-separated rows have no quoting, but a quoted cell is unwrapped", async () => {
  const found = await documents('id\ttext\n1\t5" disk, "A" side\n2\t"a ""b"""\n', "text/tab-separated-values");
  assert.deepEqual(
    found.map(({ text }) => text),
    ['5" disk, "A" side', 'a "b"'],
  );
});

test("columns without a name or with the same name keep their values", async () => {
  assert.deepEqual((await documents("text,a,,a\nx,1,2,3\n"))[0]?.metadata, { a: 1, "column 3": 2, "a 2": 3 });
});

test("bad rows are skipped with their line, short rows are filled, and the rest goes on", async () => {
  const found = await read('text,a\none,1\ntoo,many,cells\n,2\nshort\n"unclosed,4\n');
  assert.deepEqual(
    found.map((item) => (isSkip(item) ? [item.line, item.reason] : [item.line, item.text])),
    [
      [2, "one"],
      [3, "the row has 3 cells, the first row names 2"],
      [4, "the row has no text"],
      [5, "short"],
      [6, "the row cannot be read: Quote Not Closed: the parsing is finished with an opening quote at line 6"],
    ],
  );
});

test("a first row of prose is no header", async () => {
  const found = await read(`${"word ".repeat(60)},x\na,b\n`);
  assert.equal(found.length, 1);
  assert.match(found.map((item) => (isSkip(item) ? item.reason : "")).join(), /does not look like names of columns/);
});

test("windows-1252, as spreadsheets write it, and UTF-16 are read", async () => {
  const latin = Buffer.from("text,city\ncaf\u00e9 au lait,Z\u00fcrich\n", "latin1");
  assert.deepEqual((await documents(latin))[0]?.metadata, { city: "Zürich" });
  const wide = Buffer.from("\ufefftext\tcity\ncafé\tZürich\n", "utf16le");
  assert.deepEqual((await documents(wide, "text/tab-separated-values"))[0]?.metadata, { city: "Zürich" });
});

test("a binary file is refused, an empty one gives nothing", async () => {
  assert.match(JSON.stringify(await read(Buffer.from("text\0,a\n"))), /binary/);
  assert.deepEqual(await read(""), []);
  assert.deepEqual(await read("text,a\n"), []);
});

test("characters and rows are whole however the bytes are cut into chunks", async () => {
  const table = 'id,text\n1,"é字😀, ""x""\n next"\n2,b\n';
  const whole = await read(table);
  for (let size = 1; size < 12; size++) assert.deepEqual(await read(table, "text/csv", size), whole, `${size}`);
});
