import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import type { IngestReport } from "../../../src/ingest/index.js";
import { notes, openWorkplace } from "../run-cli.js";

function workplace(t: { after(done: () => void): void }) {
  const place = openWorkplace();
  t.after(place.remove);
  place.write(notes);
  return place;
}

const reportOf = (stdout: string) => JSON.parse(stdout) as IngestReport;

test("a folder is indexed with a summary on stdout and silence on stderr; a second run finds nothing to do", async (t) => {
  const { run, library } = workplace(t);
  const first = await run(["index", "notes"]);
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.stderr, "");
  assert.match(first.stdout, /^3 documents indexed\n3 files read \(\d+ bytes\), 3 chunks, 3 embeddings, /);
  assert.ok(first.stdout.endsWith(`library: ${library}\n`));
  assert.ok(!first.stdout.includes("\x1b"));
  const second = await run(["index", "notes", "--json"]);
  const { files, documents, embedded, skips } = reportOf(second.stdout);
  assert.deepEqual(
    { files, documents, embedded, skips },
    {
      files: { read: 0, unchanged: 3, gone: 0, moved: 0 },
      documents: { written: 0, unchanged: 0, removed: 0, moved: 0 },
      embedded: 0,
      skips: [],
    },
  );
});

test("what cannot be read is listed with reason and hint, and the rest is indexed", async (t) => {
  const { run, write, folder } = workplace(t);
  write({
    "notes/image.txt": new Uint8Array([80, 75, 0, 1, 2, 0, 0, 3]),
    "notes/latin.md": Buffer.from("Ein Caf\xe9 am Meer, sch\xf6n gelegen.", "latin1"),
    "notes/records.jsonl":
      '{"id": "good", "text": "A good record."}\n{"id": "bad", "text": "x", "n": NaN}\n{"id": "big", "text": "y", "n": 1e999}\n',
    "notes/ids.jsonl": `${JSON.stringify({ id: "i".repeat(10_240), text: "An id of ten thousand bytes." })}\n`,
    "notes/huge.txt": "",
  });
  truncateSync(join(folder, "notes/huge.txt"), 200 * 1024 * 1024);
  const { code, stdout, stderr } = await run(["index", "notes", "--json"]);
  assert.equal(code, 0, stderr);
  const { documents, skips } = reportOf(stdout);
  assert.equal(documents.written, 5);
  const reasonOf = (name: string, line?: number) =>
    skips.find((skip) => skip.path.endsWith(name) && skip.line === line)?.reason ?? `no skip of ${name}`;
  assert.match(reasonOf("image.txt"), /binary/);
  assert.match(reasonOf("huge.txt"), /209715200 bytes/);
  assert.match(reasonOf("records.jsonl", 2), /not JSON/);
  assert.match(reasonOf("records.jsonl", 3), /"n" must be .*found Infinity/);
  assert.ok(
    skips.some(({ path, reason }) => path.endsWith("ids.jsonl") && /1024 bytes/.test(reason)),
    JSON.stringify(skips),
  );
  for (const { hint } of skips) assert.ok(hint.length > 0);
});

test("skips are told on stderr, the first twenty in full", async (t) => {
  const { run, write } = workplace(t);
  write(Object.fromEntries(Array.from({ length: 23 }, (_, i) => [`notes/bad/${i}.txt`, new Uint8Array([0, 1, 2])])));
  const { code, stdout, stderr } = await run(["index", "notes"]);
  assert.equal(code, 0);
  assert.match(stdout, /^3 documents indexed, 23 skipped\n/);
  assert.match(stderr, /^warning: 23 files were skipped:\n {2}notes\/bad\/0\.txt: it is binary/);
  assert.equal(stderr.match(/it is binary/g)?.length, 20);
  assert.match(stderr, /\n {2}and 3 more; --json lists all\n$/);
});

test("a target that is not there, or of which nothing can be read, ends with 1", async (t) => {
  const { run, write } = workplace(t);
  write({ "binary.txt": new Uint8Array([0, 1, 2]), "empty/.keep": "" });
  const [missing, glob, binary, empty] = [
    await run(["index", "nowhere"]),
    await run(["index", "notes/*.csv"]),
    await run(["index", "notes", "binary.txt"]),
    await run(["index", "empty"]),
  ];
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^error: There is no file or folder "nowhere"/);
  assert.equal(glob.code, 1);
  assert.match(glob.stderr, /^error: No file matches "notes\/\*\.csv"/);
  assert.equal(binary.code, 1);
  assert.match(binary.stdout, /^3 documents indexed, 1 skipped/);
  assert.equal(empty.code, 0);
  assert.match(empty.stderr, /^warning: no files to index in empty\./);
});

test("a document comes in on standard input", async (t) => {
  const { run } = workplace(t);
  const words = ["index", "-", "--id", "mail/1", "--type", "markdown"];
  const first = await run([...words, "--json"], { input: "# Offer\n\nThe offer stands until Monday.\n" });
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(JSON.parse(first.stdout), { written: 1, unchanged: 0, chunks: 1, embedded: 1 });
  const again = await run(words, { input: "# Offer\n\nThe offer stands until Monday.\n" });
  assert.match(again.stdout, /^mail\/1: unchanged\n/);
  const stored = await run(["get", "mail/1", "--json"]);
  assert.equal((JSON.parse(stored.stdout) as { title: string }).title, "Offer");
});

test("standard input that is no text, too long or empty ends with 2 and says so", async (t) => {
  const { run } = workplace(t);
  const words = ["index", "-", "--id", "x"];
  const cases: [input: string | Uint8Array, message: RegExp, words?: string[]][] = [
    [new Uint8Array([0x63, 0xe9, 0x20]), /is not UTF-8 text/],
    ["x".repeat(2000), /longer than 1\.0 kB\. Raise --max-file-size/, ["--max-file-size", "1K"]],
    [" \n", /empty: there is nothing to index/],
    ["text", /id: Too big/, ["--id", "i".repeat(5_000)]],
  ];
  for (const [input, message, more = []] of cases) {
    const { code, stderr } = await run([...words, ...more], { input });
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});

test("Ctrl-C ends with 130 and leaves a library that opens and can be indexed to its end", async (t) => {
  const place = workplace(t);
  const paragraph = "Every night the second site receives what the first one wrote. ";
  place.write(
    Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [`notes/many/${i}.md`, `# Note ${i}\n\n${paragraph.repeat(60)}${i}\n`]),
    ),
  );
  const child = place.start(["index", "notes"]);
  const exited = once(child, "exit") as Promise<[number | null]>;
  // The database is there as soon as the run has begun to write.
  while (!existsSync(join(place.library, "lodestone.db-wal"))) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGINT");
  const [code] = await exited;
  assert.equal(code, 130);
  const status = await place.run(["status", "--json"]);
  assert.equal(status.code, 0, status.stderr);
  assert.ok((JSON.parse(status.stdout) as { library: { documents: number } }).library.documents < 403);
  const rest = await place.run(["index", "notes", "--json"]);
  assert.equal(rest.code, 0, rest.stderr);
  const listed = await place.run(["list", "--json", "--limit", "1"]);
  assert.equal((JSON.parse(listed.stdout) as { total: number }).total, 403);
});

test("more words than fit a safe command line reach the command all the same", async (t) => {
  const { run, write } = workplace(t);
  const names = Array.from({ length: 30 }, (_, i) => `${"long-name-".repeat(20)}${i}.txt`);
  write(Object.fromEntries(names.map((name, i) => [name, `Text number ${i} of a long list.`])));
  // 100 times each: 640 kB of words.
  const { code, stdout, stderr } = await run(["index", "--json", ...Array.from({ length: 100 }, () => names).flat()]);
  assert.equal(code, 0, stderr);
  assert.equal(reportOf(stdout).documents.written, 30);
});

test("a library that another process writes, and one of a newer version, are told apart", async (t) => {
  const place = workplace(t);
  await place.run(["index", "notes"]);
  const holder = new Database(join(place.library, "writer.lock"));
  holder.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  const locked = await place.run(["index", "notes"]);
  holder.close();
  assert.equal(locked.code, 1);
  assert.match(locked.stderr, /^error: The library .* is being written by another process/);

  const db = new Database(join(place.library, "lodestone.db"));
  db.pragma("user_version = 999");
  db.close();
  for (const words of [["index", "notes"], ["search", "keys"], ["status"]]) {
    const newer = await place.run(words);
    assert.equal(newer.code, 1);
    assert.match(newer.stderr, /^error: The library .* has format 999; .* Upgrade Lodestone/);
    assert.equal(newer.stdout, "");
  }
});
