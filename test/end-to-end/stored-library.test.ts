import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { type Engine, openEngine, restoreSnapshot, verifySnapshot } from "../../src/index.js";
import { packageRoot } from "../../src/package-root.js";
import { formatVersion } from "../../src/store/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded } from "./temporary.js";

const fixtures = join(packageRoot, "test", "fixtures");
const stored = readdirSync(fixtures).filter((name) => name.startsWith("library-v"));

test("there is a library of this format version that later ones must open", () => {
  assert.ok(
    existsSync(join(fixtures, `library-v${formatVersion}`, "lodestone.db")),
    "build it when this format is released: node dist/test/fixtures/build-library.js",
  );
});

/** Opens for `work` and closes before the folder goes: a graph may be under way. */
async function whileOpen(library: string, work: (engine: Engine, notices: string[]) => Promise<void>): Promise<void> {
  const notices: string[] = [];
  const onNotice = (notice: string) => void notices.push(notice);
  await using engine = await openEngine({ library, crossEncoder: "tiny-cross", graphFromChunks: 1, onNotice });
  await work(engine, notices);
}

async function expectAll(engine: Engine): Promise<void> {
  const { documents } = await engine.list({ limit: 100 });
  assert.deepEqual(documents.map(({ id }) => id).sort(), [
    "ada",
    "caf\u00e9/\u65e5\u672c.txt",
    "changed",
    "late",
    "long",
    "notes/deep/people.jsonl#2",
    "notes/deep/sourdough.txt",
    "notes/keys.md",
  ]);
  assert.equal((await engine.get("changed"))?.text, "What stands here now.");
  const keys = (await engine.get("notes/keys.md"))!;
  assert.deepEqual(
    [keys.title, keys.metadata, keys.headings.map(({ title }) => title)],
    ["Key management", { team: "infra", year: 2024, tags: ["keys", "security"] }, ["Key management", "Rotation"]],
  );
  for (const { start, end } of keys.chunks) assert.ok(keys.text.slice(start, end).trim() !== "");
  assert.ok((await engine.get("long"))!.chunks.length > 3);

  const best = async (query: object) => (await engine.search({ query: "", rerank: false, ...query })).hits[0]?.id;
  assert.equal(await best({ query: "rotated", mode: "lexical" }), "notes/keys.md");
  assert.equal(await best({ query: "the train to Kyoto", mode: "lexical" }), "caf\u00e9/\u65e5\u672c.txt");
  assert.equal(await best({ query: "What stands here now.", mode: "dense" }), "changed");
  assert.equal(await best({ query: "program", filter: { year: { lt: 1900 } } }), "ada");
  assert.equal(await best({ query: "dough", filter: { folder: "notes/deep" } }), "notes/deep/sourdough.txt");
  const { hits, degraded } = await engine.search({ query: "what must never come back", limit: 100 });
  assert.deepEqual(degraded, []);
  assert.ok(hits.every(({ id }) => id !== "removed" && id !== "notes/gone.txt"));
  const acme = engine.tenant("acme");
  assert.deepEqual(
    (await acme.list()).documents.map(({ id }) => id),
    ["changed"],
  );
  assert.equal((await acme.get("changed"))?.text, "What acme alone knows of it.");
  assert.deepEqual(
    (await acme.search({ query: "acme", mode: "lexical" })).hits.map(({ id }) => id),
    ["changed"],
  );
  assert.deepEqual((await engine.search({ query: "acme", mode: "lexical", typos: false })).hits, []);
  const { library, vectors } = await engine.status();
  assert.equal(vectors.rows, library.chunks);
}

for (const name of stored) {
  test(`${name} opens, answers, and can be written`, async () => {
    const library = join(temporaryFolder(), "library");
    cpSync(join(fixtures, name), library, { recursive: true });
    await whileOpen(library, async (engine, notices) => {
      await expectAll(engine);
      const { vectors, models } = await engine.status();
      const { graph } = vectors;
      // A word that its sparse encoder knows for another one, in a library of a format that has such.
      if (models.sparseEncoder) {
        const { hits } = await engine.search({ query: "loaf", explain: true, feedback: false });
        const [first] = hits.flatMap(({ id, explain }) => (explain?.sparse?.rank === 1 ? [id] : []));
        assert.equal(first, "notes/deep/sourdough.txt");
      } else assert.ok(["library-v1", "library-v2-before-sparse"].includes(name), name);
      // Where the addon is not to be had there is no graph, which is told.
      if (graph.state === "unavailable") assert.equal(notices.length, 1);
      else assert.deepEqual([graph.state, notices], ["ready", []]);
      const migration = (await engine.migration.status())!;
      assert.deepEqual([migration.state, migration.target?.chunking.maxTokens], ["ready", 32]);
      await engine.migration.promote();
      assert.equal((await engine.status()).generation.chunking.maxTokens, 32);
      await expectAll(engine);
      await engine.migration.finish();
      await engine.vacuum();
      await expectAll(engine);
      await engine.put([{ id: "new", text: "Something that came later, about lighthouses." }]);
      await engine.remove(["long"]);
      const { hits } = await engine.search({ query: "lighthouses", mode: "lexical" });
      assert.equal(hits[0]?.id, "new");
      assert.equal(await engine.get("long"), undefined);
    });
  });

  test(`${name} with a number that is too high is refused, and left as it is`, async () => {
    const library = join(temporaryFolder(), "library");
    cpSync(join(fixtures, name), library, { recursive: true });
    const path = join(library, "lodestone.db");
    const db = new Database(path);
    db.pragma(`user_version = ${formatVersion + 1}`);
    db.close();
    const before = readFileSync(path);
    for (const readOnly of [false, true]) {
      await assert.rejects(openEngine({ library, readOnly, crossEncoder: null }), coded("LIBRARY_TOO_NEW"));
    }
    assert.deepEqual(readFileSync(path), before);
  });

  test(`${name} is a snapshot that is whole and can be restored`, async () => {
    const { ok, faults } = await verifySnapshot(join(fixtures, name));
    assert.deepEqual([ok, faults], [true, []]);
    const library = join(temporaryFolder(), "restored");
    await restoreSnapshot(join(fixtures, name), { library });
    await whileOpen(library, expectAll);
  });
}
