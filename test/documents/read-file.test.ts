import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { type ReadOptions, readFileDocuments } from "../../src/documents/read-file.js";
import { isSkip } from "../../src/documents/skip.js";
import { collect } from "./collect.js";
import { temporaryFolder } from "./temporary-folder.js";

const readAll = (path: string, options?: ReadOptions) => collect(readFileDocuments(path, options));

async function readOne(t: TestContext, name: string, content: string | Uint8Array, options?: ReadOptions) {
  const [item, ...rest] = await readAll(join(temporaryFolder(t, { [name]: content }), name), options);
  assert.deepEqual(rest, []);
  assert.ok(item);
  return item;
}

async function skipOf(t: TestContext, name: string, content: string | Uint8Array, options?: ReadOptions) {
  const item = await readOne(t, name, content, options);
  assert.ok(isSkip(item), JSON.stringify(item));
  assert.ok(item.hint.length > 5);
  return item.reason;
}

test("the reader is chosen by the file's name, and the name is the last resort for a title", async (t) => {
  const cases: [name: string, content: string, mediaType: string, title: string][] = [
    ["a note.txt", "*".repeat(3), "text/plain", "a note"],
    ["README", "Read me\n\nText", "text/plain", "Read me"],
    ["page.MD", "# Heading", "text/markdown", "Heading"],
    ["page.htm", "<title>Page</title><p>x", "text/html", "Page"],
    ["data.ndjson", '{"text":"x y"}', "application/x-ndjson", "x y"],
    ["data.csv", "name\nAda\n", "text/csv", "Ada"],
    ["data.tsv", "name\nAda\n", "text/tab-separated-values", "Ada"],
    ["script.py", "***", "text/plain", "script.py"],
  ];
  for (const [name, content, mediaType, title] of cases) {
    const item = await readOne(t, name, content);
    assert.ok(!isSkip(item), name);
    assert.deepEqual([item.mediaType, item.title], [mediaType, title]);
  }
});

test("a media type that is given overrides the name", async (t) => {
  const item = await readOne(t, "page.txt", "# Heading", { mediaType: "text/markdown" });
  assert.ok(!isSkip(item));
  assert.equal(item.headings.length, 1);
});

test("empty files and files without text are skipped", async (t) => {
  assert.equal(await skipOf(t, "a.txt", ""), "it is empty");
  assert.equal(await skipOf(t, "a.jsonl", ""), "it is empty");
  assert.match(await skipOf(t, "a.txt", " \n\u200b"), /it is empty: no text/);
  assert.match(await skipOf(t, "a.html", "<script>1</script>"), /it is empty: no text/);
});

test("binary files and files in unknown encodings are skipped", async (t) => {
  assert.match(await skipOf(t, "a.txt", Buffer.from([0x50, 0, 1])), /binary/);
  assert.match(await skipOf(t, "a.md", Buffer.from([0xf0, 0xd2, 0xc9, 0xd7])), /not UTF-8: bad byte at offset 0/);
});

test("a file in windows-1252 is read, and says so", async (t) => {
  const item = await readOne(t, "a.md", Buffer.from("# Caf\u00e9\n\nund Tee", "latin1"));
  assert.ok(!isSkip(item));
  assert.equal(item.text, "Café\n\nund Tee");
  assert.match(item.notices?.join() ?? "", /windows-1252/);
});

test("a page in the encoding that it names is read", async (t) => {
  const page = Buffer.concat([Buffer.from('<meta charset="shift_jis"><p>'), Buffer.from([0x93, 0xfa, 0x96, 0x7b])]);
  const item = await readOne(t, "a.html", page);
  assert.ok(!isSkip(item));
  assert.equal(item.text, "日本");
});

test("a file over the limit is skipped unread, records are measured one by one", async (t) => {
  const folder = temporaryFolder(t, {
    "a.txt": "x",
    "a.jsonl": `${'{"text":"a"}\n'.repeat(20)}{"text":"${"b".repeat(60)}"}\n`,
  });
  truncateSync(join(folder, "a.txt"), 100 * 1024 * 1024);
  const [skip] = await readAll(join(folder, "a.txt"));
  assert.ok(skip && isSkip(skip));
  assert.equal(skip.reason, "it has 104857600 bytes; at most 67108864 are read");
  const records = await readAll(join(folder, "a.jsonl"), { maxFileBytes: 50 });
  assert.equal(records.filter((item) => !isSkip(item)).length, 20);
  assert.deepEqual(
    records.filter(isSkip).map(({ line }) => line),
    [21],
  );
});

test("folders, missing files, link circles and pipes are skipped, never waited for", async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "folder.md"));
  symlinkSync("circle.md", join(folder, "circle.md"));
  symlinkSync("nowhere", join(folder, "dangling.md"));
  execFileSync("mkfifo", [join(folder, "pipe.md")]);
  const reasons: [name: string, reason: RegExp][] = [
    ["folder.md", /folder \(EISDIR\)/],
    ["missing.md", /does not exist.*\(ENOENT\)/],
    ["circle.md", /circle \(ELOOP\)/],
    ["dangling.md", /leads nowhere\) \(ENOENT\)/],
    ["pipe.md", /not a regular file/],
  ];
  for (const [name, reason] of reasons) {
    const [skip] = await readAll(join(folder, name));
    assert.ok(skip && isSkip(skip), name);
    assert.match(skip.reason, reason);
  }
});

test("a file without permission is skipped", async (t) => {
  const folder = temporaryFolder(t, { "secret.md": "x" });
  chmodSync(join(folder, "secret.md"), 0);
  chmodSync(folder, 0o755);
  const isRoot = process.getuid?.() === 0;
  // Root reads everything, so it steps down for the test.
  if (isRoot) process.seteuid?.(65534);
  t.after(() => isRoot && process.seteuid?.(0));
  const [skip] = await readAll(join(folder, "secret.md"));
  if (isRoot) process.seteuid?.(0);
  assert.ok(skip && isSkip(skip));
  assert.match(skip.reason, /permission denied \(EACCES\)/);
});

test("PDF and office files are named with the tool that makes text of them", async (t) => {
  assert.equal(await skipOf(t, "a.pdf", "%PDF-1.7"), "PDF files are not read");
  assert.equal(await skipOf(t, "a.docx", "PK"), "DOCX files are not read");
});

test("reading may stop after the first record", async (t) => {
  const folder = temporaryFolder(t, {
    "a.jsonl": '{"text":"a"}\n'.repeat(1000),
    "a.csv": `text\n${"a\n".repeat(1000)}`,
  });
  for (const name of ["a.jsonl", "a.csv"]) {
    for await (const item of readFileDocuments(join(folder, name))) {
      assert.ok(!isSkip(item));
      break;
    }
  }
});
