import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import type { Engine } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { openTemporary, writeFiles } from "./temporary.js";

const section = (name: string) => `# ${name}\n\nWhat there is to know about ${name}, in a sentence or two.\n`;

const files = {
  "keys.md": section("rotating keys"),
  "bread.md": section("baking bread"),
  "untitled.txt": `${"A text without a line that could be its title goes on and on without a stop ".repeat(4)}\n`,
  "deep/a/one.md": section("the first thing"),
  "deep/a/two.md": section("the second thing"),
  "deep/people.jsonl":
    '{"text":"Ada wrote the first program"}\n{"id":"grace","text":"Grace built the first compiler"}\n',
};

// Without the cache of embeddings: what is not embedded here was not looked up either.
const withoutMemory = { crossEncoder: null, cache: { off: true } };

async function indexed(t: TestContext): Promise<{ folder: string; engine: Engine }> {
  const folder = join(temporaryFolder(), "notes");
  writeFiles(folder, files);
  const engine = await openTemporary(t, withoutMemory);
  await engine.ingestPaths([folder]);
  return { folder, engine };
}

const move = (folder: string, from: string, to: string) => {
  mkdirSync(dirname(join(folder, to)), { recursive: true });
  renameSync(join(folder, from), join(folder, to));
};

/** All that can be seen of a library's documents. */
async function contents(engine: Engine) {
  const { documents } = await engine.list({ limit: 1000 });
  const stored = await Promise.all(documents.map(({ id }) => engine.get(id)));
  return stored.map((document) => ({ ...document!, indexedAt: "" }));
}

async function indexedAnew(t: TestContext, folder: string): Promise<Engine> {
  const engine = await openTemporary(t, withoutMemory);
  await engine.ingestPaths([folder]);
  return engine;
}

test("a moved file keeps its vectors: nothing is embedded, the new id is found, the old one is gone", async (t) => {
  const { folder, engine } = await indexed(t);
  move(folder, "keys.md", "security/rotation.md");
  const report = await engine.ingestPaths([folder]);
  assert.deepEqual(
    [report.embedded, report.files.moved, report.documents.moved, report.files.gone, report.files.read],
    [0, 1, 1, 0, 0],
  );
  assert.equal(await engine.get("notes/keys.md"), undefined);
  const { hits } = await engine.search({ query: "rotating keys" });
  assert.equal(hits[0]?.id, "notes/security/rotation.md");
  assert.equal(hits[0]?.path, "notes/security/rotation.md");
  assert.ok(hits[0]?.chunk.id.startsWith("notes/security/rotation.md_0_"));
  assert.ok(hits.every(({ id }) => id !== "notes/keys.md"));
  const inFolder = await engine.search({ query: "rotating keys", filter: { folder: "notes/security" } });
  assert.deepEqual(
    inFolder.hits.map(({ id }) => id),
    ["notes/security/rotation.md"],
  );
});

test("a moved folder takes all its documents along; records without ids of their own follow the path", async (t) => {
  const { folder, engine } = await indexed(t);
  move(folder, "deep", "archive/2024");
  const report = await engine.ingestPaths([folder]);
  assert.deepEqual([report.embedded, report.files.moved, report.documents.moved], [0, 3, 4]);
  const { documents } = await engine.list({ filter: { folder: "notes/archive" } });
  assert.deepEqual(documents.map(({ id }) => id).sort(), [
    "grace",
    "notes/archive/2024/a/one.md",
    "notes/archive/2024/a/two.md",
    "notes/archive/2024/people.jsonl#1",
  ]);
  assert.equal((await engine.ingestPaths([folder])).files.unchanged, Object.keys(files).length);
});

test("a move from one indexed folder to another is recognised within one run", async (t) => {
  const parent = temporaryFolder();
  writeFiles(parent, { "inbox/keys.md": files["keys.md"], "archive/bread.md": files["bread.md"] });
  const targets = [join(parent, "inbox"), join(parent, "archive")];
  const engine = await openTemporary(t, withoutMemory);
  await engine.ingestPaths(targets);
  move(parent, "inbox/keys.md", "archive/keys.md");
  const report = await engine.ingestPaths(targets);
  assert.deepEqual([report.embedded, report.files.moved], [0, 1]);
  assert.ok(await engine.get("archive/keys.md"));
});

test("a file that is moved and changed is new; one of two equal files follows its name", async (t) => {
  const { folder, engine } = await indexed(t);
  writeFileSync(join(folder, "copy.md"), readFileSync(join(folder, "keys.md")));
  await engine.ingestPaths([folder]);
  move(folder, "bread.md", "bakery/bread.md");
  appendFileSync(join(folder, "bakery/bread.md"), "\nAnd a word more.\n");
  move(folder, "copy.md", "x/copy.md");
  move(folder, "keys.md", "x/keys.md");
  const report = await engine.ingestPaths([folder]);
  assert.deepEqual([report.files.moved, report.files.gone, report.documents.removed], [2, 1, 1]);
  assert.ok(report.embedded > 0);
  const anew = await indexedAnew(t, folder);
  assert.deepEqual(await contents(engine), await contents(anew));
});

test("where the name is the title, the document gets its new title", async (t) => {
  const { folder, engine } = await indexed(t);
  move(folder, "untitled.txt", "renamed.txt");
  const report = await engine.ingestPaths([folder]);
  assert.deepEqual([report.files.moved, report.files.read, report.documents.removed], [1, 1, 0]);
  assert.equal((await engine.get("notes/renamed.txt"))?.title, "renamed");
  assert.equal(await engine.get("notes/untitled.txt"), undefined);
  assert.deepEqual(await contents(engine), await contents(await indexedAnew(t, folder)));
});

test("a move onto the id of a document that was put in replaces that document", async (t) => {
  const { folder, engine } = await indexed(t);
  await engine.put([{ id: "notes/taken.md", text: "Something that stood here before, about umbrellas." }]);
  move(folder, "keys.md", "taken.md");
  const report = await engine.ingestPaths([folder]);
  assert.equal(report.embedded, 0);
  assert.match((await engine.get("notes/taken.md"))!.text, /rotating keys/);
  const { hits } = await engine.search({ query: "umbrellas" });
  assert.ok(hits.every(({ snippet }) => !snippet.text.includes("umbrellas")));
  const { library, vectors } = await engine.status();
  assert.equal(vectors.rows, library.chunks);
});

test("with keepMissing a moved file's old document stays", async (t) => {
  const { folder, engine } = await indexed(t);
  move(folder, "keys.md", "moved.md");
  const report = await engine.ingestPaths([folder], { keepMissing: true });
  assert.deepEqual([report.files.moved, report.documents.removed], [0, 0]);
  assert.ok(await engine.get("notes/keys.md"));
  assert.ok(await engine.get("notes/moved.md"));
});

test("whatever is moved about, nothing is embedded and each document is found at its new place", async (t) => {
  const parent = temporaryFolder();
  const engine = await openTemporary(t, withoutMemory);
  const names = ["apple", "birch", "cedar"];
  const place = fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 2 }).map((parts) => parts.join("/"));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(place, place, place), { minLength: names.length, maxLength: names.length }),
      async (places) => {
        const source = `notes-${++run}`;
        const folder = join(parent, source);
        const pathOf = (i: number, step: number) => join(places[i]![step]!, `${names[i]}.md`);
        writeFiles(folder, Object.fromEntries(names.map((name, i) => [pathOf(i, 0), section(name)])));
        await engine.ingestPaths([folder]);
        for (const step of [1, 2]) {
          for (const i of names.keys()) move(folder, pathOf(i, step - 1), pathOf(i, step));
          const report = await engine.ingestPaths([folder]);
          assert.equal(report.embedded, 0);
          assert.equal(report.files.moved, places.filter((at) => at[step] !== at[step - 1]).length);
          for (const [i, name] of names.entries()) {
            const query = { query: name, filter: { folder: source }, mode: "lexical" as const };
            const [best] = (await engine.search(query)).hits;
            assert.equal(best?.id, `${source}/${pathOf(i, step)}`);
          }
        }
        assert.equal((await engine.list({ filter: { folder: source } })).total, names.length);
      },
    ),
    { numRuns: 10 },
  );
});
