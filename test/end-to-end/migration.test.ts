import assert from "node:assert/strict";
import { test } from "node:test";
import { type Engine, type MigrationStatus, openEngine } from "../../src/engine/index.js";
import { coded, openTemporary } from "./temporary.js";

const topics = ["signing keys", "sourdough bread", "proxy caches", "analytical engines", "power failures"];
const textOf = (i: number) =>
  Array.from(
    { length: 12 },
    (_, n) => `Note ${i}, paragraph ${n}, tells of ${topics[i % topics.length]} at length.`,
  ).join("\n\n");
const documents = Array.from({ length: 40 }, (_, i) => ({ id: `note-${i}`, text: textOf(i) }));
const quick = { migration: { load: 1 } };

async function until(engine: Engine, state: MigrationStatus["state"]): Promise<MigrationStatus> {
  for (;;) {
    const status = await engine.migration.status();
    if (status?.state === state) return status;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const idsOf = async (engine: Engine, query: string) => (await engine.search({ query })).hits.map(({ id }) => id);

test("an index of another chunking is built beside the one in use, and takes its place", async (t) => {
  const engine = await openTemporary(t, quick);
  await engine.put(documents);
  assert.equal(await engine.migration.status(), undefined);
  const before = await engine.search({ query: "sourdough bread" });

  const started = await engine.migration.start({ maxTokens: 64 });
  assert.equal(started.target?.chunking.maxTokens, 64);
  const ready = await until(engine, "ready");
  assert.deepEqual(ready.documents, { done: 40, total: 40 });
  assert.equal((await engine.search({ query: "sourdough bread" })).generation, before.generation);

  const promoted = await engine.migration.promote();
  assert.deepEqual([promoted.state, promoted.target?.isActive], ["promoted", true]);
  const after = await engine.search({ query: "sourdough bread" });
  assert.notEqual(after.generation, before.generation);
  assert.ok(after.hits.length > 0 && after.hits[0]!.chunk.id !== before.hits[0]!.chunk.id);
  const { generation, library } = await engine.status();
  assert.equal(generation.chunking.maxTokens, 64);
  assert.equal(library.documents, 40);

  assert.equal((await engine.migration.finish()).state, "ended");
  await engine.vacuum();
  await engine.put([{ id: "late", text: "Written after the migration, of zebras." }]);
  assert.equal((await idsOf(engine, "zebras"))[0], "late");
});

test("what is written and removed while a migration is under way is so on both sides", async (t) => {
  const engine = await openTemporary(t, quick);
  await engine.put(documents);
  await engine.migration.start({ maxTokens: 64 });
  await engine.put([{ id: "note-1", text: "This one is about giraffes now." }]);
  await engine.remove(["note-2"]);
  await until(engine, "ready");
  await engine.put([{ id: "new", text: "A late word on penguins." }]);
  await engine.remove(["note-3"]);
  await engine.migration.promote();
  assert.equal((await idsOf(engine, "giraffes"))[0], "note-1");
  assert.equal((await idsOf(engine, "penguins"))[0], "new");
  for (const gone of ["note-2", "note-3"]) assert.equal(await engine.get(gone), undefined);
  assert.equal((await engine.list({ limit: 1 })).total, 39);
  const all = new Set((await engine.search({ query: "note paragraph", limit: 100 })).hits.map(({ id }) => id));
  assert.ok(!all.has("note-2") && !all.has("note-3"));

  // And the way back is open.
  await engine.put([{ id: "newer", text: "An even later word on walruses." }]);
  const back = await engine.migration.rollback();
  assert.deepEqual([back.state, back.source?.isActive, back.reason], ["ready", true, "asked for"]);
  assert.equal((await idsOf(engine, "walruses"))[0], "newer");
  assert.equal((await idsOf(engine, "giraffes"))[0], "note-1");
});

test("a share of the queries goes to the new index, always the same ones, and is compared with the others", async (t) => {
  const engine = await openTemporary(t, { migration: { load: 1, guardRails: false } });
  await engine.put(documents);
  await engine.migration.start({ maxTokens: 64 });
  const { source, target } = await until(engine, "ready");
  assert.equal((await engine.migration.split(50)).state, "split");
  const answered = new Map<string, number>();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20; i++) {
      const { generation, searchId, hits } = await engine.search({ query: topics[i % 5]!, user: `user-${i}` });
      assert.equal(answered.get(`user-${i}`) ?? generation, generation);
      answered.set(`user-${i}`, generation);
      if (i === 0) await engine.feedback({ searchId, id: hits[0]!.id });
      if (i === 1) await engine.feedback({ searchId, id: hits[1]!.id, kind: "judgement", relevance: 3 });
    }
  }
  assert.deepEqual(new Set(answered.values()), new Set([source?.generation, target?.generation]));
  const status = (await engine.migration.status())!;
  const sides = [status.source!, status.target!];
  assert.equal(
    sides.reduce((sum, { figures }) => sum + figures.searches, 0),
    40,
  );
  assert.equal(
    sides.reduce((sum, { figures }) => sum + figures.clicks, 0),
    2,
  );
  assert.equal(
    sides.reduce((sum, { figures }) => sum + figures.graded, 0),
    2,
  );
  for (const { figures } of sides) {
    assert.ok(figures.latency!.p95Ms >= figures.latency!.p50Ms && figures.confidence! > 0 && figures.confidence! < 1);
  }
  for (const share of [0, 100] as const) {
    await engine.migration.split(share);
    const { generation } = await engine.search({ query: "any" });
    assert.equal(generation, share === 0 ? source?.generation : target?.generation);
  }
});

test("a migration goes on where the library is opened again, with its figures", async (t) => {
  const engine = await openTemporary(t, quick);
  const { library } = engine;
  await engine.put(documents);
  await engine.migration.start({ maxTokens: 64 });
  await until(engine, "ready");
  await engine.migration.split(100);
  await engine.search({ query: "bread" });
  await engine.close();

  const again = await openEngine({ library, ...quick });
  t.after(() => again.close());
  const status = await until(again, "split");
  assert.equal(status.target?.figures.searches, 1);
  assert.equal((await again.search({ query: "bread" })).generation, status.target?.generation);
  await again.migration.promote();
  await again.close();
  const third = await openEngine({ library, ...quick });
  t.after(() => third.close());
  assert.equal((await third.status()).generation.chunking.maxTokens, 64);
  await third.migration.finish();
});

test("guard rails take a new index off the queries that is worse than it may be", async (t) => {
  const notices: string[] = [];
  const guardRails = {
    minSearches: 5,
    maxErrorRate: 0,
    maxLatencyRatio: 1,
    maxLowConfidenceIncrease: 0,
    maxClickDrop: 0,
  };
  const engine = await openTemporary(t, {
    migration: { load: 1, lowConfidence: 1, guardRails },
    onNotice: (notice: string) => void notices.push(notice),
  });
  await engine.put(documents);
  await engine.migration.start({ maxTokens: 64 });
  await until(engine, "ready");
  await engine.migration.split(50);
  // The old side is clicked at every time, the new one never.
  const source = (await engine.migration.status())!.source!.generation;
  for (let i = 0; i < 400; i++) {
    const { generation, searchId, hits } = await engine.search({ query: "bread", user: `u${i}`, rerank: false });
    if (generation === source) await engine.feedback({ searchId, id: hits[0]!.id });
    if (((await engine.migration.status())?.share ?? 0) === 0) break;
  }
  const status = await until(engine, "ready");
  assert.match(status.reason ?? "", /^by itself: /);
  assert.match(notices.at(-1) ?? "", /answers no queries any more/);
  assert.equal((await engine.search({ query: "bread", user: "u1" })).generation, source);
});

test("what a migration cannot do is said", async (t) => {
  const engine = await openTemporary(t, quick);
  await engine.put(documents.slice(0, 3));
  await assert.rejects(engine.migration.promote(), coded("NO_MIGRATION"));
  await assert.rejects(engine.migration.start({}), coded("INVALID_INPUT", /already/));
  await assert.rejects(engine.migration.start({ model: "nobody" }), coded("MODEL_NOT_FOUND"));
  await assert.rejects(engine.migration.start({ maxTokens: 8000 }), coded("INVALID_INPUT"));
  await assert.rejects(engine.migration.start({ chunks: 3 } as never), coded("UNKNOWN_FIELD"));
  await engine.migration.start({ maxTokens: 64 });
  await assert.rejects(engine.migration.start({ maxTokens: 128 }), coded("MIGRATION_RUNNING"));
  await assert.rejects(engine.migration.split(33), coded("INVALID_INPUT"));
  await until(engine, "ready");
  await engine.migration.promote();
  await assert.rejects(engine.migration.split(50), coded("INVALID_INPUT", /promoted/));
  await assert.rejects(engine.feedback({ searchId: "none", id: "note-0" }), coded("NOT_FOUND"));
  const { searchId } = await engine.search({ query: "bread" });
  await assert.rejects(engine.feedback({ searchId, id: "nothing" }), coded("NOT_FOUND"));
  await assert.rejects(engine.feedback({ searchId, id: "note-0", kind: "judgement" }), coded("INVALID_INPUT"));
});
