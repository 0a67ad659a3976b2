import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type Engine, openEngine, type Tenant } from "../../src/index.js";
import { coded, openTemporary } from "./temporary.js";

const names = ["acme", "globex"] as const;
type Owner = "" | (typeof names)[number];
const owners: readonly Owner[] = ["", ...names];

type Verbs = Pick<Tenant, "put" | "get" | "list" | "remove" | "search" | "facets">;
const verbsOf = (engine: Engine, owner: Owner): Verbs => (owner === "" ? engine : engine.tenant(owner));

test("each tenant finds its own documents under its own ids, and nobody else's", async (t) => {
  const engine = await openTemporary(t);
  for (const owner of owners) {
    await verbsOf(engine, owner).put([{ id: "plan", text: `The plan of ${owner || "nobody"} is about penguins.` }]);
  }
  for (const owner of owners) {
    const verbs = verbsOf(engine, owner);
    const { hits } = await verbs.search({ query: "plan penguins" });
    assert.deepEqual(
      hits.map(({ id, chunk }) => [id, chunk.id.startsWith("plan")]),
      [["plan", true]],
    );
    const stored = (await verbs.get("plan"))!;
    assert.match(stored.text, new RegExp(`of ${owner || "nobody"} is`));
    assert.equal(stored.title.includes("\u001f"), false);
    assert.equal((await verbs.list()).total, 1);
    assert.deepEqual(
      (await verbs.list({ filter: { id: "plan" } })).documents.map(({ id }) => id),
      ["plan"],
    );
    assert.equal((await verbs.facets()).types[0]?.count, 1);
  }
  assert.deepEqual(
    (await engine.tenants()).map(({ name, documents, index }) => [name, documents, index]),
    [
      ["acme", 1, "shared"],
      ["globex", 1, "shared"],
    ],
  );
  assert.deepEqual(await engine.tenant("acme").remove(["plan", "other"]), { removed: ["plan"], missing: ["other"] });
  assert.equal((await engine.tenant("globex").search({ query: "penguins" })).hits.length, 1);
});

test("no tenant's documents can be named by another", async (t) => {
  const engine = await openTemporary(t);
  const acme = engine.tenant("acme");
  await acme.put([{ id: "secret", text: "The vault opens at noon." }]);
  const stolen = "acme\u001fsecret";
  await assert.rejects(engine.get(stolen), coded("INVALID_INPUT"));
  await assert.rejects(engine.remove([stolen]), coded("INVALID_INPUT"));
  await assert.rejects(engine.put([{ id: stolen, text: "x" }]), coded("INVALID_INPUT"));
  await assert.rejects(engine.tenant("globex").put([{ id: stolen, text: "x" }]), coded("INVALID_INPUT"));
  for (const name of ["", "a\u001fb", " ", "-x", "x".repeat(65), 3]) {
    assert.throws(() => engine.tenant(name as string), coded("INVALID_INPUT"));
  }
  const { searchId } = await acme.search({ query: "vault" });
  await assert.rejects(engine.feedback({ searchId, id: "secret" }), coded("NOT_FOUND"));
  await acme.feedback({ searchId, id: "secret" });
  const job = await acme.submit({ kind: "put", documents: [{ id: "late", text: "It closes at one." }] });
  assert.equal(await engine.tenant("globex").jobs.get(job.id), undefined);
  assert.equal((await acme.jobs.wait(job.id)).state, "done");
  assert.deepEqual([(await engine.tenant("globex").jobs.list()).total, (await acme.jobs.list()).total], [0, 2]);
});

test("the same text is remembered for each tenant alone, and told as a duplicate only of its own", async (t) => {
  const engine = await openTemporary(t);
  const text = "Walruses rest on the ice between their dives.";
  const first = await engine.tenant("acme").put([{ id: "a", text }]);
  const second = await engine.tenant("globex").put([{ id: "a", text }], { onDuplicate: "skip-near" });
  assert.deepEqual([first.embedded, second.embedded, second.written], [1, 1, 1]);
  const again = await engine.tenant("globex").put([{ id: "b", text }], { onDuplicate: "skip-near" });
  assert.deepEqual(again.duplicates, [{ id: "b", duplicateOf: "a", similarity: 1 }]);
});

test("whatever is done in whatever order, a query meets rows of its own tenant alone", async (t) => {
  const engine = await openTemporary(t, { tenants: { ownIndexFromChunks: 4 } });
  const operation = fc.record({
    owner: fc.constantFrom(...owners),
    kind: fc.constantFrom("put", "put", "put", "remove", "migrate"),
    id: fc.constantFrom("a", "b", "c", "d", "e", "f"),
  });
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 15 }), async (operations) => {
      const held = new Map(owners.map((owner) => [owner, new Set((ids.get(owner) ?? new Set()).values())]));
      for (const { owner, kind, id } of operations) {
        const verbs = verbsOf(engine, owner);
        if (kind === "put") {
          await verbs.put([{ id, text: `Common words on rivers, number ${++turn}, of ${owner || "nobody"}.` }]);
          held.get(owner)!.add(id);
        } else if (kind === "remove") {
          await verbs.remove([id]);
          held.get(owner)!.delete(id);
        } else if ((await engine.migration.status())?.state === undefined) {
          await engine.migration.start({ maxTokens: 128 });
        }
      }
      for (const owner of owners) {
        ids.set(owner, held.get(owner)!);
        for (const mode of ["hybrid", "dense", "lexical"] as const) {
          const { hits } = await verbsOf(engine, owner).search({ query: "common words on rivers", mode, limit: 50 });
          assert.deepEqual(new Set(hits.map(({ id }) => id)), held.get(owner), `${owner} ${mode}`);
          for (const { snippet } of hits) assert.match(snippet.text, new RegExp(`of ${owner || "nobody"}\\.`));
        }
      }
    }),
    { numRuns: 12 },
  );
});
const ids = new Map<Owner, Set<string>>();

test("a tenant that grows large gets an index of its own, and answers the same", async (t) => {
  const engine = await openTemporary(t, { tenants: { ownIndexFromChunks: 20 } });
  const documents = Array.from({ length: 30 }, (_, i) => ({
    id: `n${i}`,
    text: `Note ${i} tells of ${i * i} apples.`,
  }));
  const acme = engine.tenant("acme");
  await engine.put(documents);
  await acme.put(documents.slice(0, 10));
  const before = await acme.search({ query: "note of 49 apples" });
  await acme.put(documents.slice(10));
  while ((await engine.tenants())[0]?.index !== "own") await new Promise((resolve) => setTimeout(resolve, 10));
  const after = await acme.search({ query: "note of 49 apples" });
  assert.equal(after.hits[0]?.id, before.hits[0]?.id);
  assert.equal((await engine.status()).vectors.rows, 30);
  await acme.put([{ id: "new", text: "A note on pears came late." }]);
  await acme.remove(["n3"]);
  assert.equal((await acme.search({ query: "pears" })).hits[0]?.id, "new");
  const all = (await acme.search({ query: "note apples", limit: 50 })).hits.map(({ id }) => id);
  assert.ok(!all.includes("n3") && all.length === 30);
  assert.equal((await engine.search({ query: "pears came late", mode: "dense", limit: 50 })).hits.length, 30);
  const { library } = engine;
  await engine.close();
  const again = await openEngine({ library, tenants: { ownIndexFromChunks: 20 } });
  t.after(() => again.close());
  while ((await again.tenants())[0]?.index !== "own") await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal((await again.tenant("acme").search({ query: "pears" })).hits[0]?.id, "new");
});

test("nothing is left of a tenant that was dropped, in no file", async (t) => {
  const engine = await openTemporary(t, { tenants: { ownIndexFromChunks: 5 } });
  const { library } = engine;
  const word = "xylophonist";
  const documents = Array.from({ length: 20 }, (_, i) => ({
    id: `wombat-${i}`,
    text: `The ${word} number ${i} played ${i} tunes of the evening.`,
    metadata: { code: `quokka-${i}` },
  }));
  await engine.put([{ id: "kept", text: "Somebody else's words stay." }]);
  const acme = engine.tenant("zebra-corp");
  await acme.put(documents);
  await acme.remove(["wombat-3"]);
  const { hits, searchId } = await acme.search({ query: word });
  assert.equal(hits.length, 10);
  await acme.feedback({ searchId, id: hits[0]!.id });
  assert.deepEqual(
    (await acme.feedbackLog()).searches.map(({ query, clicked }) => [query, clicked]),
    [[word, [hits[0]!.id]]],
  );
  assert.deepEqual(await engine.feedbackLog(), { searches: [] });
  const dropped = await acme.drop();
  assert.deepEqual([dropped.documents, dropped.jobs >= 2, dropped.embeddings > 0], [19, true, true]);
  assert.deepEqual(await engine.tenants(), []);
  assert.equal((await acme.search({ query: word })).hits.length, 0);
  assert.deepEqual(await acme.feedbackLog(), { searches: [] });
  await assert.rejects(acme.feedback({ searchId, id: hits[1]!.id }), coded("NOT_FOUND"));
  await engine.close();
  const files = readdirSync(library, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name));
    for (const trace of [word, "wombat-", "quokka-", "zebra-corp"]) {
      assert.equal(bytes.includes(trace), false, `${name} still has "${trace}"`);
    }
  }
  const again = await openEngine({ library });
  t.after(() => again.close());
  assert.equal((await again.search({ query: "words stay" })).hits[0]?.id, "kept");
});
