// Learned sparse encoders from indexing to answers.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import Database from "better-sqlite3";
import { type Engine, openEngine, restoreSnapshot } from "../../src/index.js";
import { databasePath } from "../../src/store/connection.js";
import { importSparse } from "../encoders/tiny-sparse.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary } from "./temporary.js";

const documents = [
  { id: "motor", text: "The automobile stands outside." },
  { id: "oven", text: "Sourdough rests overnight." },
  { id: "sea", text: "Whales sing in the deep." },
];

async function modelFolder(): Promise<string> {
  const models = temporaryFolder();
  await importSparse(models, "expanding", {
    automobile: { automobile: 3, car: 2 },
    sourdough: { sourdough: 3, bread: 2 },
    car: { car: 3 },
    bread: { bread: 3 },
  });
  await importSparse(models, "swapped", {
    automobile: { bread: 2 },
    sourdough: { car: 2 },
    car: { car: 3 },
    bread: { bread: 3 },
  });
  return models;
}

const options = (models: string) => ({ models: [models], crossEncoder: null, migration: { load: 1 } });

/** Without the vectors' say: what words and weighted terms find. */
async function found(engine: Pick<Engine, "search">, query: string, more: object = {}): Promise<string[]> {
  const fusion = { method: "convex", lexicalWeight: 1 } as const;
  const { hits } = await engine.search({ query, fusion, minScore: 0.01, feedback: false, ...more });
  return hits.map(({ id }) => id);
}

function storedTerms(library: string): number {
  const db = new Database(databasePath(library), { readonly: true });
  try {
    return db.prepare<[], number>("SELECT count(*) FROM sparse_vectors").pluck().get()!;
  } finally {
    db.close();
  }
}

test("a document is found by a term that its encoder expands it to, though it has no word of the query", async (t) => {
  const engine = await openTemporary(t, { ...options(await modelFolder()), sparseEncoder: "expanding" });
  await engine.put(documents);
  assert.deepEqual(await found(engine, "car"), ["motor"]);
  assert.deepEqual(await found(engine, "bread"), ["oven"]);
  assert.deepEqual(await found(engine, "car", { sparse: false }), []);
  assert.deepEqual(await found(engine, "car", { mode: "lexical" }), []);
  assert.deepEqual(await found(engine, "car", { filter: { type: "text/markdown" } }), []);

  const { hits, fusion, stages, degraded } = await engine.search({ query: "car", explain: true, feedback: false });
  assert.equal(fusion.sparseWeight, 0.3);
  assert.ok(stages.some(({ name, candidates }) => name === "sparse" && candidates === 1));
  assert.deepEqual(degraded, []);
  const motor = hits.find(({ id }) => id === "motor")!.explain!;
  assert.equal(motor.sparse?.rank, 1);
  assert.ok(motor.sparse.score > 0);
  assert.deepEqual([motor.fused.sparseNorm, motor.lexical], [1, undefined]);
  const sea = hits.find(({ id }) => id === "sea")!.explain!;
  assert.deepEqual([sea.sparse, sea.fused.sparseNorm], [undefined, 0]);
  assert.deepEqual(await found(engine, "car", { mode: "sparse", fusion: "default" }), ["motor"]);
  const alone = await engine.search({ query: "car", mode: "sparse", feedback: true });
  assert.deepEqual(alone.fusion, { source: "default", method: "convex", lexicalWeight: 0, sparseWeight: 1 });
  assert.deepEqual([alone.feedback, alone.plan.kind], [undefined, "none"]);
  const weighed = await engine.search({ query: "car", fusion: { method: "convex", sparseWeight: 0.9 } });
  assert.deepEqual([weighed.fusion.sparseWeight, weighed.hits[0]?.id], [0.9, "motor"]);
  for (const mode of ["lexical", "dense"] as const) {
    const answer = await engine.search({ query: "automobile", mode, explain: true });
    assert.equal(answer.fusion.sparseWeight, undefined);
    assert.ok(answer.hits.every(({ explain }) => explain!.fused.sparseNorm === undefined));
  }
  const ranks = await engine.search({ query: "car", fusion: { method: "rrf" } });
  assert.equal(ranks.fusion.sparseWeight, 1);
  assert.match((await engine.status()).models.sparseEncoder!, /^expanding@/);
});

test("an answer without the weighted terms in time says so", async (t) => {
  const engine = await openTemporary(t, { ...options(await modelFolder()), sparseEncoder: "expanding" });
  await engine.put(documents);
  const { hits, degraded } = await engine.search({ query: "the automobile", limits: { embedMs: 0 } });
  assert.deepEqual(
    degraded.map(({ stage }) => stage),
    ["embed", "sparse"],
  );
  assert.equal(hits[0]?.id, "motor");
});

test("what weighted terms cost is counted for their own model, by tenant", async (t) => {
  const engine = await openTemporary(t, { ...options(await modelFolder()), sparseEncoder: "expanding" });
  await engine.put(documents);
  await engine.tenant("acme").put(documents.slice(0, 1));
  await engine.search({ query: "car" });
  await engine.search({ query: "car" });
  const sparse = (await engine.monitor.cost("model")).groups.find(({ name }) => name.endsWith(" (sparse)"));
  assert.match(sparse?.name ?? "", /^expanding@/);
  assert.deepEqual([sparse?.texts, sparse?.savedTexts], [5, 1]);
  assert.ok(sparse!.tokens > 20 && sparse!.cpuMs > 0);
  const acme = (await engine.monitor.cost("tenant")).groups.find(({ name }) => name === "acme");
  // Vectors and terms; the vector was not known, for a tenant's cache is its own.
  assert.equal(acme?.texts, 2);
});

test("the weight of the list is learned where judged queries say so, for these models only", async (t) => {
  const animals =
    "whale bee horse falcon otter heron mole badger beaver camel donkey eagle ferret gecko hamster jackal kitten lizard magpie newt".split(
      " ",
    );
  const aliases = animals.map((_, i) => `qa${String.fromCharCode(97 + i)}`);
  const models = await modelFolder();
  const expansions = animals.flatMap((animal, i) => [
    [animal, { [animal]: 3 }],
    [aliases[i]!, { [animal]: 3 }],
  ]);
  await importSparse(models, "aliases", Object.fromEntries(expansions));
  const engine = await openTemporary(t, { ...options(models), sparseEncoder: "aliases" });
  // Words and vectors find the one with the word, only weighted terms the one that is judged to answer.
  await engine.put(animals.map((animal) => ({ id: `word-${animal}`, text: `Many ${animal}s were counted.` })));
  await engine.put(animals.map((animal, i) => ({ id: animal, text: `Notes of ${aliases[i]}.` })));
  const judged = animals.map((animal) => ({ text: animal, judgements: { [animal]: 1 } }));
  const report = await engine.ranking.tune(judged);
  assert.equal(report.settings.length, 33);
  assert.ok(report.settings.every(({ sparseWeight }) => sparseWeight !== undefined));
  assert.equal(report.kept, true, report.reason);
  assert.ok(report.best!.sparseWeight! > 0.3 && report.heldOutNdcg > report.defaultNdcg);
  const { fusion, hits } = await engine.search({ query: "whale" });
  assert.deepEqual([fusion.source, fusion.sparseWeight, hits[0]?.id], ["learned", report.best!.sparseWeight, "whale"]);
  assert.equal((await engine.search({ query: "whale", sparse: false })).fusion.sparseWeight, undefined);
  assert.equal((await engine.search({ query: "whale", fusion: "default" })).fusion.sparseWeight, 0.3);

  await engine.migration.start({ sparseEncoder: "expanding" });
  for (let state = ""; state !== "ready"; await wait(5)) state = (await engine.migration.status())!.state;
  await engine.migration.promote();
  assert.equal(engine.ranking.learned(), undefined);
  assert.equal((await engine.search({ query: "whale" })).fusion.sparseWeight, 0.3);
});

test("without the weighted terms an answer is that of a search which never asked for them", async (t) => {
  const engine = await openTemporary(t, { ...options(await modelFolder()), sparseEncoder: "expanding" });
  await engine.put(documents);
  for (const [query, fusion] of [
    ["automobile bread", "default"],
    ["sourdough car", { method: "rrf" }],
  ] as const) {
    const asked = { query, fusion, explain: true };
    // The query's vector is remembered from here on, its terms are not.
    await engine.search({ ...asked, sparse: false });
    const never = await engine.search({ ...asked, sparse: false });
    const late = await engine.search({ ...asked, limits: { embedMs: 0 } });
    assert.deepEqual(
      late.degraded.map(({ stage }) => stage),
      ["sparse"],
    );
    assert.deepEqual(never.degraded, []);
    assert.deepEqual(late.hits, never.hits);
    assert.deepEqual([late.fusion, late.feedback], [never.fusion, never.feedback]);
    assert.notDeepEqual((await engine.search(asked)).hits, never.hits);
  }
});

test("what is changed, removed and vacuumed is so for weighted terms too, also when the library is opened again", async (t) => {
  const models = await modelFolder();
  const first = await openTemporary(t, { ...options(models), sparseEncoder: "expanding" });
  await first.put(documents);
  await first.put([{ id: "motor", text: "Nothing but sourdough here." }]);
  assert.deepEqual(await found(first, "car"), []);
  assert.deepEqual((await found(first, "bread")).sort(), ["motor", "oven"]);
  await first.remove(["oven"]);
  assert.deepEqual(await found(first, "bread"), ["motor"]);
  await first.vacuum();
  assert.deepEqual(await found(first, "bread"), ["motor"]);
  assert.equal(storedTerms(first.library), 2);
  await first.close();

  await assert.rejects(
    openEngine({ ...options(models), library: first.library, sparseEncoder: null }),
    coded("MODEL_VERSION_MISMATCH", /expanding@/),
  );
  const again = await openTemporary(t, { ...options(models), library: first.library });
  assert.deepEqual(await found(again, "bread"), ["motor"]);
  await again.put([documents[0]!]);
  assert.deepEqual(await found(again, "car"), ["motor"]);
});

test("a tenant finds its own by weighted terms, and nothing is left of one that is dropped", async (t) => {
  const engine = await openTemporary(t, { ...options(await modelFolder()), sparseEncoder: "expanding" });
  await engine.put(documents.slice(1));
  await engine.tenant("acme").put(documents.slice(0, 1));
  assert.deepEqual(await found(engine, "car"), []);
  assert.deepEqual(await found(engine.tenant("acme"), "car"), ["motor"]);
  assert.equal(storedTerms(engine.library), 3);
  await engine.tenant("acme").drop();
  assert.equal(storedTerms(engine.library), 2);
});

test("another sparse encoder, or the first one, is a migration", async (t) => {
  const engine = await openTemporary(t, options(await modelFolder()));
  await engine.put(documents);
  assert.equal((await engine.status()).models.sparseEncoder, null);
  assert.deepEqual(await found(engine, "car"), []);
  await assert.rejects(
    engine.search({ query: "car", mode: "sparse" }),
    coded("INVALID_INPUT", /this library has none/),
  );

  const change = async (sparseEncoder: string | null) => {
    await engine.migration.start({ sparseEncoder });
    for (let state = ""; state !== "ready"; await wait(5)) state = (await engine.migration.status())!.state;
    const { source, target } = await engine.migration.promote();
    return [source, target].map((side) => side!.sparseEncoder?.replace(/@.*/, "") ?? null);
  };
  assert.deepEqual(await change("expanding"), [null, "expanding"]);
  assert.deepEqual(await found(engine, "car"), ["motor"]);
  await engine.migration.rollback();
  assert.deepEqual(await found(engine, "car"), []);
  await engine.migration.promote();
  await engine.put([{ id: "late", text: "One more automobile." }]);
  assert.deepEqual((await found(engine, "car")).sort(), ["late", "motor"]);
  await engine.migration.finish();

  await assert.rejects(engine.migration.start({ sparseEncoder: "expanding" }), coded("INVALID_INPUT"));
  assert.deepEqual(await change("swapped"), ["expanding", "swapped"]);
  assert.deepEqual(await found(engine, "car"), ["oven"]);
  await engine.migration.finish();
  assert.deepEqual(await change(null), ["swapped", null]);
  assert.deepEqual(await found(engine, "car"), []);
  await engine.migration.finish();
  await engine.vacuum();
  assert.equal(storedTerms(engine.library), 0);
});

test("a snapshot brings weighted terms and their model along", async (t) => {
  const engine = await openTemporary(t, { ...options(await modelFolder()), sparseEncoder: "expanding" });
  await engine.put(documents);
  const { path } = await engine.snapshot({ directory: join(temporaryFolder(), "snapshots"), withModels: true });
  const library = join(temporaryFolder(), "restored");
  await restoreSnapshot(path, { library });
  const restored = await openTemporary(t, { library, crossEncoder: null });
  assert.deepEqual(await found(restored, "car"), ["motor"]);
});

test("a passage for which the encoder gives no number is not taken, and without its model a library does not open", async (t) => {
  const models = temporaryFolder();
  await importSparse(models, "poisoned", { sourdough: { sourdough: 3 }, whales: { whales: Number.NaN } });
  const engine = await openTemporary(t, { ...options(models), sparseEncoder: "poisoned" });
  await assert.rejects(engine.put(documents), coded("VECTOR_INVALID", /poisoned@/));
  await engine.put(documents.slice(0, 2));
  assert.equal(storedTerms(engine.library), 2);
  assert.equal(await engine.get("sea"), undefined);
  const { library } = engine;
  await engine.close();
  await assert.rejects(openEngine({ library, crossEncoder: null }), coded("MODEL_NOT_FOUND", /poisoned/));
});
