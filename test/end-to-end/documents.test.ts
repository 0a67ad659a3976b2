import assert from "node:assert/strict";
import { test } from "node:test";
import { type DocumentInput, openEngine } from "../../src/index.js";
import { coded, openTemporary } from "./temporary.js";

const books: DocumentInput[] = [
  {
    id: "moby",
    title: "Moby Dick",
    text: "A captain hunts a white whale across the oceans.",
    metadata: { year: 1851, tags: ["sea", "novel"] },
  },
  {
    id: "origin",
    title: "On the Origin of Species",
    text: "Species change by natural selection over generations.",
    metadata: { year: 1859 },
  },
  {
    id: "waves",
    title: "The Waves",
    text: "Six friends speak in soliloquies beside the sea.",
    metadata: { year: 1931, tags: ["novel"] },
    modifiedAt: "2024-05-01",
  },
];

test("documents are searchable when put resolves, replaced by id, and gone when remove resolves", async (t) => {
  const engine = await openTemporary(t);
  assert.deepEqual(await engine.put(books), { written: 3, unchanged: 0, chunks: 3, embedded: 3 });
  assert.equal((await engine.search({ query: "whale hunt" })).hits[0]!.id, "moby");
  assert.deepEqual(await engine.put(books), { written: 0, unchanged: 3, chunks: 0, embedded: 0 });

  await engine.put([{ ...books[0]!, text: "An entirely different text on gardening and roses." }]);
  assert.equal((await engine.search({ query: "roses" })).hits[0]!.id, "moby");
  assert.ok((await engine.search({ query: "whale" })).hits.every(({ snippet }) => !snippet.text.includes("whale")));

  assert.deepEqual(await engine.remove(["moby", "nobody"]), { removed: ["moby"], missing: ["nobody"] });
  for (const mode of ["hybrid", "lexical", "dense"] as const) {
    const { hits } = await engine.search({ query: "roses gardening", mode });
    assert.ok(
      hits.every(({ id }) => id !== "moby"),
      mode,
    );
  }
  assert.equal(await engine.get("moby"), undefined);
});

test("filters narrow searches, listings and removals", async (t) => {
  const engine = await openTemporary(t);
  await engine.put(books);
  const ids = async (filter: object) =>
    (await engine.search({ query: "sea", filter: filter as never })).hits.map(({ id }) => id).sort();
  assert.deepEqual(await ids({ year: { gte: 1900 } }), ["waves"]);
  assert.deepEqual(await ids({ tags: "novel" }), ["moby", "waves"]);
  assert.deepEqual(await ids({ not: { tags: { exists: true } } }), ["origin"]);
  assert.deepEqual(await ids({ modifiedAt: "2024" }), ["waves"]);
  assert.deepEqual(await ids({ or: [{ id: "moby" }, { year: 1931 }] }), ["moby", "waves"]);
  assert.deepEqual((await engine.list({ filter: { year: { lt: 1900 } } })).documents.map(({ id }) => id).sort(), [
    "moby",
    "origin",
  ]);
  assert.deepEqual((await engine.remove({ filter: { tags: "novel" } })).removed.sort(), ["moby", "waves"]);
  assert.equal((await engine.list()).total, 1);
  await assert.rejects(engine.search({ query: "x", filter: { year: { above: 3 } } as never }), coded("FILTER_INVALID"));
});

test("bad documents are refused as a whole, with the reason", async (t) => {
  const engine = await openTemporary(t);
  const refuse = (document: unknown, code: string) =>
    assert.rejects(
      engine.put([books[0]!, document as DocumentInput]),
      coded(code),
      JSON.stringify(document)?.slice(0, 80),
    );
  await refuse({ id: "a" }, "INVALID_INPUT");
  await refuse({ id: "", text: "x" }, "INVALID_INPUT");
  await refuse({ id: "x".repeat(10_000), text: "x" }, "INVALID_INPUT");
  await refuse({ id: "ü".repeat(1000), text: "x" }, "INVALID_INPUT");
  await refuse({ id: "a", text: "x", metadata: { n: Number.NaN } }, "INVALID_INPUT");
  await refuse({ id: "a", text: "x", modifiedAt: "yesterday" }, "INVALID_INPUT");
  await refuse({ id: "a", text: "x", tittle: "y" }, "UNKNOWN_FIELD");
  await refuse(books[0], "INVALID_INPUT");
  await refuse(null, "INVALID_INPUT");
  assert.equal((await engine.list()).total, 0);
});

test("texts without words the model knows, and empty ones, are kept and do no harm", async (t) => {
  const engine = await openTemporary(t);
  await engine.put([
    { id: "empty", text: "" },
    { id: "signs", text: "☃ ☃ ☃" },
    { id: "chinese", text: "向量搜索引擎" },
    { id: "control", text: "a\u0000b\u0007c" },
    ...books,
  ]);
  assert.equal((await engine.list()).total, 7);
  for (const query of ["☃", "向量搜索引擎", "\u0000", "sea", "?!", "x".repeat(100_000), "sea ".repeat(20_000)]) {
    await engine.search({ query });
  }
  assert.equal((await engine.search({ query: "向量搜索引擎" })).hits[0]!.id, "chinese");
});

test("a library keeps its documents over closing and opening, and answers the same", async (t) => {
  const engine = await openTemporary(t);
  await engine.put(books);
  const { hits } = await engine.search({ query: "natural selection of species" });
  await engine.close();
  await assert.rejects(engine.search({ query: "x" }), coded("CLOSED"));
  await using again = await openEngine({ library: engine.library });
  assert.deepEqual((await again.search({ query: "natural selection of species" })).hits, hits);
});

test("a second writer is refused; a reader sees what the writer writes", async (t) => {
  const engine = await openTemporary(t);
  await engine.put(books);
  await assert.rejects(openEngine({ library: engine.library }), coded("LIBRARY_LOCKED"));
  const reader = await openTemporary(t, { library: engine.library, readOnly: true });
  assert.equal((await reader.search({ query: "whale" })).hits[0]!.id, "moby");
  await engine.put([{ id: "new", text: "A treatise on volcanoes and lava." }]);
  assert.equal((await reader.search({ query: "volcanoes" })).hits[0]!.id, "new");
  await engine.remove(["new"]);
  assert.ok((await reader.search({ query: "volcanoes" })).hits.every(({ id }) => id !== "new"));
  await assert.rejects(reader.put(books), coded("LIBRARY_READ_ONLY"));
  await assert.rejects(reader.ingestPaths(["."]), coded("LIBRARY_READ_ONLY"));
});

test("a library is opened only with the model and chunking it was made with", async (t) => {
  const engine = await openTemporary(t, { dimensions: 128, chunking: { maxTokens: 64 } });
  await engine.put(books);
  await engine.close();
  const { library } = engine;
  await assert.rejects(openEngine({ library, dimensions: 256 }), coded("MODEL_VERSION_MISMATCH"));
  await assert.rejects(openEngine({ library, chunking: { maxTokens: 128 } }), coded("INVALID_INPUT"));
  await assert.rejects(openEngine({ library, biEncoder: "no-such-model" }), coded("MODEL_NOT_FOUND"));
  await using again = await openEngine({ library });
  const { generation } = await again.status();
  assert.equal(generation.dimensions, 128);
  assert.deepEqual(generation.chunking, { maxTokens: 64, overlapTokens: 8 });
  assert.equal((await again.search({ query: "whale" })).hits[0]!.id, "moby");
});

test("options that nobody knows are refused with the nearest name", async () => {
  await assert.rejects(openEngine({ library: "x", readonly: true } as never), /readOnly/);
  await assert.rejects(openEngine({} as never), coded("INVALID_INPUT"));
});
