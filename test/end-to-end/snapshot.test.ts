import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type Engine,
  listSnapshots,
  openEngine,
  restoreSnapshot,
  type SearchRequest,
  snapshotLibrary,
  verifySnapshot,
} from "../../src/index.js";
import { packageRoot } from "../../src/package-root.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary, writeFiles } from "./temporary.js";

const notes = {
  "keys.md": "# Key management\n\nSigning keys live in the vault.\n\n## Rotating keys\n\nRun `vaultctl rotate`.\n",
  "bread.txt": "Sourdough bread\n\nMix flour, water and salt. Let the dough rest overnight.\n",
  "people.jsonl": '{"id":"ada","text":"Ada wrote the first program","year":1843}\n{"id":"grace","text":"A compiler"}\n',
};

const requests: SearchRequest[] = [
  { query: "how do I rotate the keys" },
  { query: "dough", mode: "lexical" },
  { query: "the first programmer", mode: "dense" },
  { query: "program", filter: { year: { lt: 1900 } }, rerank: false },
];

async function answers(engine: Engine) {
  const responses = await Promise.all(requests.map((request) => engine.search({ ...request, explain: true })));
  return responses.map(({ hits, candidates, generation }) => ({ hits, candidates, generation }));
}

async function opened(t: TestContext, library: string, models: string[] = []): Promise<Engine> {
  const engine = await openEngine({ library, models });
  t.after(() => engine.close());
  return engine;
}

test("a restored library answers the same queries with the same ids and scores", async (t) => {
  const folder = temporaryFolder();
  writeFiles(join(folder, "notes"), notes);
  const engine = await openTemporary(t);
  await engine.ingestPaths([join(folder, "notes")]);
  await engine.put([{ id: "gone", text: "Something that is removed again" }]);
  await engine.remove(["gone"]);
  const stages = new Set<string>();
  const made = await engine.snapshot({ onProgress: ({ stage }) => stages.add(stage) });
  assert.equal(made.path, join(engine.library, "snapshots", made.name));
  assert.deepEqual(
    made.models.map(({ role, complete }) => [role, complete]),
    [
      ["bi-encoder", false],
      ["cross-encoder", false],
    ],
  );
  assert.ok(stages.has("database") && stages.has("hashing"));
  assert.equal((await engine.snapshots.last())?.name, made.name);
  assert.equal((await verifySnapshot(made.path)).ok, true);

  const library = join(folder, "restored");
  const restored = await restoreSnapshot(made.path, { library });
  assert.deepEqual([restored.documents, restored.library], [4, library]);
  const again = await opened(t, library);
  assert.deepEqual(await answers(again), await answers(engine));
  assert.deepEqual(await again.get("ada"), await engine.get("ada"));
  assert.equal((await again.ingestPaths([join(folder, "notes")])).embedded, 0);
  await again.put([{ id: "new", text: "A restored library can be written" }]);
});

test("documents put in one after the other: the snapshot holds all up to one of them, and searches go on meanwhile", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  const text = "Some words about a subject, in a sentence or two. ".repeat(20);
  let acknowledged = 0;
  const put = async () => {
    await engine.put([{ id: `doc-${String(acknowledged).padStart(4, "0")}`, text: `${text} ${acknowledged}` }]);
    acknowledged++;
  };
  for (let i = 0; i < 5; i++) await put();
  const before = acknowledged;
  let making = true;
  const made = engine.snapshot().finally(() => {
    making = false;
  });
  while (making) {
    await put();
    assert.equal((await engine.search({ query: "a subject", limit: 1 })).hits.length, 1);
  }
  const { path } = await made;
  const library = join(temporaryFolder(), "restored");
  await restoreSnapshot(path, { library });
  const restored = await opened(t, library);
  const ids = (await restored.list({ limit: 1000 })).documents.map(({ id }) => id);
  assert.ok(ids.length >= before && ids.length <= acknowledged, `${before} <= ${ids.length} <= ${acknowledged}`);
  assert.deepEqual(
    ids,
    ids.map((_, i) => `doc-${String(i).padStart(4, "0")}`),
  );
  const { library: counts, vectors } = await restored.status();
  assert.equal(vectors.rows, counts.chunks);
});

test("with its models a restored library needs no others", async (t) => {
  const folder = temporaryFolder();
  const engine = await openTemporary(t);
  await engine.put([{ id: "keys", text: "How to rotate the signing keys" }]);
  const { path, models } = await engine.snapshot({ withModels: true, directory: join(folder, "elsewhere") });
  assert.ok(models.every(({ complete }) => complete));
  const library = join(folder, "restored");
  await restoreSnapshot(path, { library });
  assert.deepEqual(readdirSync(join(library, "models")).sort(), ["minilex-embed-en", "minilex-rerank-en"]);
  const restored = await opened(t, library);
  assert.deepEqual(await answers(restored), await answers(engine));
  // The models of the library's own folder are the ones in use: a damaged one is noticed.
  await restored.close();
  writeFileSync(join(library, "models", "minilex-embed-en", "config.json"), "");
  await assert.rejects(openEngine({ library }), coded("MODEL_ALTERED"));
  assert.ok(existsSync(join(packageRoot, "models", "minilex-embed-en")));
});

test("a library that another engine writes is saved without opening it", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put([{ id: "a", text: "A text" }]);
  const directory = join(temporaryFolder(), "snapshots");
  const made = await snapshotLibrary({ library: engine.library, directory });
  assert.equal(made.documents, 1);
  assert.deepEqual(
    (await listSnapshots(directory)).map(({ name, state }) => [name, state]),
    [[made.name, "complete"]],
  );
  await assert.rejects(snapshotLibrary({ library: directory }), coded("LIBRARY_NOT_FOUND"));
  await assert.rejects(restoreSnapshot(made.path, { library: engine.library }), coded("FOLDER_NOT_EMPTY"));
});

test("the engine lists, verifies, prunes and removes; the library's size leaves its snapshots out", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put([{ id: "a", text: "A text" }]);
  const { bytes } = (await engine.status()).library;
  const names = [];
  for (let i = 0; i < 3; i++) names.push((await engine.snapshot()).name);
  assert.ok((await engine.status()).library.bytes < bytes * 1.5);
  assert.deepEqual(
    (await engine.snapshots.list()).map(({ name }) => name),
    names,
  );
  assert.equal((await engine.snapshots.verify(names[0]!)).ok, true);
  const { removed } = await engine.snapshots.prune({ last: 2 });
  assert.deepEqual(removed, [names[0]]);
  await engine.snapshots.remove(names[1]!);
  await assert.rejects(engine.snapshots.remove(names[1]!), coded("NOT_FOUND"));
  await assert.rejects(engine.snapshots.verify("../library"), coded("NOT_FOUND"));
  await assert.rejects(engine.snapshots.prune({}), coded("INVALID_INPUT"));
  assert.equal((await engine.snapshots.last())?.name, names[2]);
});

test("closing the engine stops a snapshot and leaves none", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put([{ id: "a", text: "A text" }]);
  const making = engine.snapshot();
  const refused = assert.rejects(making, coded("ABORTED"));
  await engine.close();
  await refused;
  assert.deepEqual(await listSnapshots(engine.snapshots.directory), []);
  assert.throws(() => engine.snapshot(), coded("CLOSED"));
});

test("a snapshot of another library does not count as the last one", async (t) => {
  const directory = join(temporaryFolder(), "snapshots");
  mkdirSync(directory);
  const [one, other] = await Promise.all([
    openTemporary(t, { crossEncoder: null, snapshotDirectory: directory }),
    openTemporary(t, { crossEncoder: null, snapshotDirectory: directory }),
  ]);
  await one!.snapshot();
  assert.equal(await other!.snapshots.last(), undefined);
  rmSync(directory, { recursive: true });
});
