import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary } from "./temporary.js";

const documents = Array.from({ length: 30 }, (_, i) => ({
  id: `d${i}`,
  text: `Note ${i} is about ${["rivers", "mountains", "bread"][i % 3]}.`,
  metadata: { year: 2000 + i, topic: ["rivers", "mountains", "bread"][i % 3]! },
}));

test("every plan is taken, and where it cannot be carried out the answer says what was done instead", async (t) => {
  const engine = await openTemporary(t);
  const empty = await engine.search({ query: "rivers", plan: "ivf", oversampling: 2, probes: 3, ef: 9 });
  assert.deepEqual([empty.hits, empty.plan.kind], [[], "exact"]);
  await engine.put(documents);
  for (const plan of ["auto", "exact", "prefilter", "ivf"] as const) {
    const { hits, plan: taken } = await engine.search({ query: "rivers", plan, mode: "dense", rerank: false });
    assert.equal(Number(hits[0]!.id.slice(1)) % 3, 0);
    assert.equal(taken.kind, "exact");
    if (plan !== "exact") assert.match(taken.reason, /codes are made from \d+ rows on/);
  }
  await assert.rejects(engine.search({ query: "rivers", plan: "graph" }), coded("GRAPH_UNAVAILABLE"));
  const { plan } = await engine.search({ query: "rivers", mode: "lexical", plan: "ivf" });
  assert.deepEqual(plan, { kind: "none", reason: "not asked for" });
});

test("numbers of a plan outside their ranges are refused, each with its range", async (t) => {
  const engine = await openTemporary(t);
  await engine.put(documents.slice(0, 3));
  const bad: [field: string, values: unknown[], message: RegExp][] = [
    ["plan", ["hnsw", "", null, 3], / plan: /],
    ["recall", [0.89, 1.01, -1, Number.NaN, "0.95"], / recall: /],
    ["oversampling", [0, 0.99, -1, 1001, Number.NaN, Number.POSITIVE_INFINITY, "3"], / oversampling: /],
    ["probes", [0, -1, 1.5, 1_000_001, Number.NaN, "3"], / probes: /],
    ["ef", [0, -1, 1.5, 10_001, Number.NaN, "3"], / ef: /],
  ];
  for (const [field, values, message] of bad) {
    for (const value of values) {
      await assert.rejects(
        engine.search({ query: "rivers", [field]: value }),
        (error: Error) => coded("INVALID_INPUT")(error) && message.test(error.message),
        `${field}: ${value}`,
      );
    }
  }
});

test("filters on fields that no document has match nothing; wrong types and operators are refused", async (t) => {
  const engine = await openTemporary(t);
  await engine.put(documents);
  const ids = async (filter: object) =>
    (await engine.search({ query: "rivers", filter: filter as never, limit: 100 })).hits.map(({ id }) => id);
  assert.deepEqual(await ids({ colour: "red" }), []);
  assert.deepEqual(await ids({ year: "2003" }), []);
  assert.deepEqual(await ids({ topic: { gt: 5 } }), []);
  assert.equal((await ids({ colour: { exists: false } })).length, 30);
  assert.deepEqual(await ids({ year: 2003 }), ["d3"]);
  for (const filter of [
    { year: null },
    { year: { between: [1, 2] } },
    { year: { in: 5 } },
    { year: { gt: 1, lt: "9" } },
    { title: 5 },
    { modifiedAt: "yesterday" },
    { and: { year: 5 } },
    "year = 5",
    [],
  ]) {
    await assert.rejects(
      engine.search({ query: "rivers", filter: filter as never }),
      coded("FILTER_INVALID"),
      JSON.stringify(filter),
    );
  }
});

test("a library whose index folder cannot hold a graph says so and answers all the same", async (t) => {
  const library = join(temporaryFolder(), "library");
  mkdirSync(library);
  writeFileSync(join(library, "index"), "a file where the folder of index files should be");
  const notices: string[] = [];
  const engine = await openTemporary(t, {
    library,
    graphFromChunks: 1,
    onNotice: (notice) => void notices.push(notice),
  });
  const { vectors } = await engine.status();
  await engine.put(documents);
  await engine.put([{ id: "more", text: "Whales swim." }]);
  const { hits } = await engine.search({ query: "whales", rerank: false });
  assert.equal(hits[0]!.id, "more");
  if (vectors.graph.state === "unavailable") return t.diagnostic(vectors.graph.reason);
  await engine.close();
  assert.equal(notices.filter((notice) => /^The graph could not be built/.test(notice)).length, 1, notices.join("\n"));
});
