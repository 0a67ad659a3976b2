import assert from "node:assert/strict";
import { chmodSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary, writeFiles } from "./temporary.js";

const notes = {
  "security/keys.md": [
    "---",
    "title: Signing keys",
    "tags: [security, operations]",
    "year: 2024",
    "---",
    "# Signing keys",
    "",
    "Every token is signed with a private key that never leaves the vault.",
    "",
    "## Rotation",
    "",
    "To rotate the keys, generate a new pair, publish the public half, and wait until caches have expired.",
    "Only then retire the old key.",
  ].join("\n"),
  "kitchen/bread.txt":
    "Sourdough bread\n\nMix flour, water and salt. Let the dough rest overnight, then bake it in a hot oven.\n",
  "web/page.html":
    "<html><head><title>Caching</title><script>evil()</script></head><body><nav>Home</nav><main><h1>Caching</h1><p>A response may be stored by a proxy until it expires.</p></main></body></html>",
  "data/people.csv":
    "id,name,text\np1,Ada,She wrote the first program for the analytical engine\np2,Grace,She built the first compiler\n",
  "data/events.jsonl":
    '{"id":"e1","text":"The server restarted after a power failure"}\n{"id":"e2","text":"Backups were verified"}\n',
};

test("files of every kind are indexed and found by what they say", async (t) => {
  const folder = join(temporaryFolder(), "notes");
  writeFiles(folder, notes);
  const engine = await openTemporary(t);
  const report = await engine.ingestPaths([folder]);
  assert.deepEqual(report.skips, []);
  assert.equal(report.documents.written, 7);

  const best = async (query: string) => (await engine.search({ query })).hits[0]!;
  const keys = await best("how do I rotate the keys");
  assert.equal(keys.id, "notes/security/keys.md");
  assert.equal(keys.title, "Signing keys");
  assert.equal(keys.path, "notes/security/keys.md");
  assert.deepEqual(keys.metadata.tags, ["security", "operations"]);
  const marked = keys.snippet.highlights.map(([start, end]) => keys.snippet.text.slice(start, end).toLowerCase());
  assert.ok(marked.includes("rotate") && marked.includes("keys"), marked.join());

  assert.equal((await best("baking sourdough")).id, "notes/kitchen/bread.txt");
  assert.equal((await best("stored by a proxy")).id, "notes/web/page.html");
  assert.equal((await best("who built the compiler")).id, "p2");
  assert.equal((await best("power failure")).id, "e1");

  const stored = (await engine.get("notes/security/keys.md"))!;
  for (const { start, end } of stored.chunks) assert.ok(stored.text.slice(start, end).trim().length > 0);
  assert.match(stored.text, /To rotate the keys/);
  assert.doesNotMatch((await engine.get("notes/web/page.html"))!.text, /evil|Home/);
});

test("an unchanged folder embeds nothing; a changed file embeds only its changed chunks; a removed one is gone", async (t) => {
  const folder = join(temporaryFolder(), "notes");
  const section = (name: string, n: number) =>
    `## ${name}\n\n${`Sentence number ${n} about ${name.toLowerCase()} and other things. `.repeat(20)}\n\n`;
  const text = ["Alpha", "Beta", "Gamma", "Delta"].map(section).join("");
  writeFiles(folder, { "long.md": `# Long\n\n${text}`, "bread.txt": notes["kitchen/bread.txt"] });
  const engine = await openTemporary(t);
  const first = await engine.ingestPaths([folder]);
  assert.ok(first.embedded >= 5);

  const second = await engine.ingestPaths([folder]);
  assert.deepEqual([second.files.unchanged, second.files.read, second.embedded], [2, 0, 0]);

  // Touched but the same: read, recognised by its hash, left alone.
  utimesSync(join(folder, "bread.txt"), new Date(), new Date(Date.now() + 5000));
  const touched = await engine.ingestPaths([folder]);
  assert.deepEqual([touched.files.read, touched.documents.written, touched.embedded], [1, 0, 0]);

  writeFileSync(
    join(folder, "long.md"),
    `# Long\n\n${text.replace("Sentence number 3 about delta", "A new remark on the delta of a river")}`,
  );
  const third = await engine.ingestPaths([folder]);
  assert.equal(third.documents.written, 1);
  assert.ok(third.embedded >= 1 && third.embedded < third.chunks, `${third.embedded} of ${third.chunks}`);
  assert.match((await engine.search({ query: "delta of a river" })).hits[0]!.snippet.text, /delta of a river/);

  rmSync(join(folder, "bread.txt"));
  const fourth = await engine.ingestPaths([folder]);
  assert.deepEqual([fourth.files.gone, fourth.documents.removed], [1, 1]);
  assert.deepEqual(
    (await engine.search({ query: "sourdough bread oven" })).hits.filter(({ id }) => id.includes("bread")),
    [],
  );

  const forced = await engine.ingestPaths([folder], { force: true });
  assert.equal(forced.documents.written, 1);
  assert.equal(forced.embedded, forced.chunks);
});

test("what cannot be read is reported with its reason, and the rest is indexed", async (t) => {
  const folder = join(temporaryFolder(), "mixed");
  writeFiles(folder, {
    "good.md": "# Good\n\nThis one is fine.",
    "binary.txt": Uint8Array.from([0, 1, 2, 3, 0, 255, 0, 9]),
    "empty.md": "",
    "broken.txt": Uint8Array.from([...Buffer.from("caf"), 0xe9, 0x28, 0xff, 0xfe, 0xfd, 0xc0, 0x80, 0x81]),
    "half.jsonl": '{"id":"ok","text":"a fine record"}\n{"id": "broken", \n{"no_text": 1}\n',
    "large.txt": "x ".repeat(200_000),
    "locked.txt": "secret",
  });
  chmodSync(join(folder, "locked.txt"), 0);
  symlinkSync(folder, join(folder, "loop"));
  const engine = await openTemporary(t);
  const report = await engine.ingestPaths([folder], { maxFileBytes: 100_000 });
  const reasons = new Map(report.skips.map(({ path, reason }) => [path.slice(folder.length + 1), reason]));
  for (const name of ["binary.txt", "empty.md", "half.jsonl", "large.txt"])
    assert.ok(reasons.has(name), `${name} is reported`);
  if (process.getuid?.() !== 0) assert.ok(reasons.has("locked.txt"));
  assert.ok(report.skips.every(({ reason, hint }) => reason.length > 5 && hint.length > 5));
  assert.ok(await engine.get("mixed/good.md"));
  assert.ok(await engine.get("ok"));
});

test("a target that does not exist is an error, an empty folder is not", async (t) => {
  const folder = temporaryFolder();
  const engine = await openTemporary(t);
  await assert.rejects(engine.ingestPaths([join(folder, "nowhere")]), coded("PATH_NOT_FOUND"));
  const report = await engine.ingestPaths([folder]);
  assert.equal(report.documents.written, 0);
  assert.deepEqual((await engine.search({ query: "anything" })).hits, []);
});

test("an aborted run stops, keeps what was written, and the next run does the rest", async (t) => {
  const folder = join(temporaryFolder(), "many");
  writeFiles(
    folder,
    Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`${i}.txt`, `Note ${i} about topic ${i % 17}.`])),
  );
  const engine = await openTemporary(t);
  const controller = new AbortController();
  const running = engine.ingestPaths([folder], {
    signal: controller.signal,
    onProgress: (event) => event.kind === "reading" && event.files > 100 && controller.abort(),
  });
  await assert.rejects(running, coded("ABORTED"));
  const { written, ...rest } = (await engine.ingestPaths([folder])).documents;
  assert.ok(written <= 3000);
  assert.deepEqual(rest, { unchanged: rest.unchanged, removed: 0, moved: 0 });
  assert.equal((await engine.list()).total, 3000);
});
