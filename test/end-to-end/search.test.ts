import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Engine, openEngine } from "../../src/index.js";
import { coded } from "./temporary.js";

let engine: Engine;
let folder: string;

const topics = ["rivers", "mountains", "bread", "keys", "whales", "engines", "gardens", "clouds", "bridges", "clocks"];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "lodestone-search-"));
  engine = await openEngine({ library: join(folder, "library") });
  await engine.put(
    Array.from({ length: 120 }, (_, i) => {
      const topic = topics[i % topics.length]!;
      return {
        id: `d${i}`,
        title: `Notes on ${topic}, part ${i}`,
        text: `This note is about ${topic}. It has number ${i} and says that ${topic} were studied in year ${1900 + i}. `.repeat(
          1 + (i % 5),
        ),
        metadata: { topic, year: 1900 + i },
      };
    }),
  );
});
after(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

test("hits come with falling scores between 0 and 1, and only as many as asked for", async () => {
  for (const mode of ["hybrid", "lexical", "dense"] as const) {
    for (const rerank of [true, false]) {
      const { hits, candidates } = await engine.search({ query: "the study of whales", limit: 20, mode, rerank });
      assert.equal(hits.length, Math.min(20, candidates));
      assert.equal(hits[0]!.metadata.topic, "whales");
      hits.forEach(({ score }, i) => {
        assert.ok(score >= 0 && score <= 1, `${mode} ${score}`);
        assert.ok(i === 0 || score <= hits[i - 1]!.score);
      });
    }
  }
});

test("offset and limit cut pages out of one ranking", async () => {
  const ids = async (offset: number, limit: number) =>
    (await engine.search({ query: "bridges", offset, limit })).hits.map(({ id }) => id);
  const all = await ids(0, 12);
  assert.deepEqual([...(await ids(0, 5)), ...(await ids(5, 5)), ...(await ids(10, 2))], all);
  assert.deepEqual(await ids(1000, 10), []);
});

test("explain tells the rank and score of every stage", async () => {
  const { hits, stages, plan, degraded } = await engine.search({ query: "clocks and their study", explain: true });
  assert.deepEqual(degraded, []);
  assert.equal(plan.kind, "exact");
  assert.deepEqual(stages.map(({ name }) => name).sort(), [
    "collapse",
    "dense",
    "embed",
    "feedback",
    "fuse",
    "lexical",
    "rerank",
  ]);
  for (const [i, { explain }] of hits.entries()) {
    assert.equal(explain!.final.rank, i + 1);
    assert.ok(explain!.lexical || explain!.dense);
    assert.ok(explain!.rerank!.logit !== undefined);
    assert.ok(explain!.terms.includes("clocks"));
  }
  assert.equal((await engine.search({ query: "clocks" })).hits[0]!.explain, undefined);
});

test("a stage over its time limit is left out, and the answer says so", async () => {
  const late = await engine.search({ query: "gardens in spring", limits: { rerankMs: 0 }, explain: true });
  assert.deepEqual(
    late.degraded.map(({ stage }) => stage),
    ["rerank"],
  );
  assert.ok(late.hits.length > 0 && late.hits.every(({ explain }) => explain!.rerank === undefined));

  const lexicalOnly = await engine.search({
    query: `gardens never asked before ${Date.now()}`,
    limits: { embedMs: 0 },
    rerank: false,
    explain: true,
  });
  assert.deepEqual(
    lexicalOnly.degraded.map(({ stage }) => stage),
    ["embed"],
  );
  assert.ok(lexicalOnly.hits.length > 0 && lexicalOnly.hits.every(({ explain }) => explain!.dense === undefined));
});

test("fusion weights are the caller's to set", async () => {
  const order = async (fusion: object) =>
    (await engine.search({ query: "number 17 about engines", rerank: false, fusion: fusion as never })).hits.map(
      ({ id }) => id,
    );
  const lexical = (await engine.search({ query: "number 17 about engines", rerank: false, mode: "lexical" })).hits.map(
    ({ id }) => id,
  );
  assert.deepEqual(await order({ method: "convex", lexicalWeight: 1 }), lexical);
  assert.equal((await order({ method: "rrf", k: 60, denseWeight: 0.3 })).length, 10);
});

test("a minimum score leaves out what is below it", async () => {
  const all = await engine.search({ query: "rivers", limit: 100 });
  const least = all.hits[5]!.score;
  const some = await engine.search({ query: "rivers", limit: 100, minScore: least });
  assert.ok(some.hits.length >= 6 && some.hits.length < all.hits.length);
  assert.ok(some.hits.every(({ score }) => score >= least));
});

test("bad requests are refused with the field and what was expected", async () => {
  const refuse = (request: unknown, code: string, pattern: RegExp) =>
    assert.rejects(
      engine.search(request as never),
      (error: Error) => coded(code)(error) && pattern.test(error.message),
    );
  await refuse({ query: "" }, "INVALID_INPUT", /empty/);
  await refuse({}, "INVALID_INPUT", /query/);
  await refuse({ query: "x", limit: 0 }, "INVALID_INPUT", /limit/);
  await refuse({ query: "x", limit: 1.5 }, "INVALID_INPUT", /limit/);
  await refuse({ query: "x", limt: 3 }, "UNKNOWN_FIELD", /"limt".*"limit"/);
  await refuse({ query: "x", mode: "fuzzy" }, "INVALID_INPUT", /mode/);
  await refuse({ query: "x".repeat(100_001) }, "INVALID_INPUT", /query/);
  await refuse({ query: "x", plan: "graph" }, "GRAPH_UNAVAILABLE", /graph/i);
});

test("searches that run at the same time each get their own answer", async () => {
  const answers = await Promise.all(topics.map((topic) => engine.search({ query: `notes on ${topic}` })));
  answers.forEach(({ hits }, i) => {
    assert.equal(hits[0]!.metadata.topic, topics[i]);
  });
});

test("an aborted search rejects", async () => {
  await assert.rejects(
    engine.search({ query: "never seen clouds" }, { signal: AbortSignal.abort() }),
    coded("ABORTED"),
  );
});
