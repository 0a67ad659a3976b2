// What a search can be asked beside its query, over a real library with the bundled models.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Engine } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary } from "./temporary.js";

const notes: [id: string, text: string, kind: string][] = [
  [
    "login",
    "If you forgot your password, choose a new one on the login page. The login link expires after an hour.",
    "help",
  ],
  [
    "login2",
    "If you forgot your password, pick another one on the login page. The link for the login ends after one hour.",
    "help",
  ],
  ["billing", "Invoices are sent on the first of each month. Change the billing address in your account.", "help"],
  ["bread", "Knead the dough for ten minutes, let it rise, and bake the bread until its crust is dark.", "recipe"],
  ["soup", "Cut the vegetables, boil them for half an hour, and season the soup with salt.", "recipe"],
  ["whale", "Whales sing to each other across whole oceans. Their songs change from year to year.", "nature"],
  ["bee", "Bees dance to tell each other where flowers are.", "nature"],
  ["car", "An automobile needs new oil every ten thousand kilometres.", "help"],
];

async function library(engine: Engine): Promise<Engine> {
  await engine.put(notes.map(([id, text, kind]) => ({ id, title: id, text, metadata: { kind } })));
  return engine;
}

test("requests have an effect that the answer tells of", async (t) => {
  const engine = await library(await openTemporary(t));

  await t.test("feedback is told of: applied with its reason, or off", async () => {
    const { feedback, stages, fusion } = await engine.search({ query: "forgot my password" });
    assert.equal(feedback!.method, "rocchio");
    assert.equal(feedback!.applied, true);
    assert.match(feedback!.reason, /vector was moved/);
    assert.ok(stages.some(({ name }) => name === "feedback"));
    assert.equal(fusion.source, "default");
    const off = await engine.search({ query: "forgot my password", feedback: false });
    assert.equal(off.feedback, undefined);
    assert.ok(off.stages.every(({ name }) => name !== "feedback"));
    for (const mode of ["lexical", "dense"] as const) {
      assert.equal((await engine.search({ query: "forgot my password", mode })).feedback, undefined);
    }
  });

  await t.test("words that passages have in common are added on request, and named", async () => {
    const { feedback, hits } = await engine.search({
      query: "password",
      mode: "lexical",
      feedback: { method: "rm3", wordPassages: 1, words: 3 },
    });
    assert.equal(feedback!.applied, false, "two passages hold the word");
    assert.ok(hits.length > 0);
    const grown = await openTemporary(t);
    // A word is telling where few passages of the library have it.
    await grown.put([
      ...notes.map(([id, text]) => ({ id, text })),
      ...Array.from({ length: 40 }, (_, i) => ({ id: `n${i}`, text: `Note number ${i} is about gardens.` })),
    ]);
    const expanded = await grown.search({
      query: "password",
      mode: "lexical",
      feedback: { method: "rm3", wordPassages: 1 },
    });
    assert.equal(expanded.feedback!.applied, true);
    assert.ok(expanded.feedback!.words.includes("login"), expanded.feedback!.words.join());
  });

  await t.test("feedback keeps off a question about which words and vectors disagree", async () => {
    const { feedback } = await engine.search({ query: "xyzzy" });
    assert.equal(feedback?.applied ?? false, false);
  });

  await t.test("further phrasings find what the first one does not", async () => {
    const ids = async (queries: string[]) =>
      (await engine.search({ query: "oceans", queries, mode: "lexical", rerank: false })).hits.map(({ id }) => id);
    assert.deepEqual(await ids([]), ["whale"]);
    assert.deepEqual((await ids(["flowers", "dough"])).sort(), ["bee", "bread", "whale"]);
    await assert.rejects(engine.search({ query: "x", queries: [" "] }), coded("INVALID_INPUT", /queries/));
    await assert.rejects(
      engine.search({ query: "x", queries: Array.from({ length: 9 }, () => "y") }),
      coded("INVALID_INPUT", /queries/),
    );
  });

  await t.test("diversity brings forward what is unlike the first hit, and explains it", async () => {
    const search = (diversity: number) =>
      engine.search({ query: "forgot password login account", diversity, explain: true, limit: 4 });
    const plain = (await search(0)).hits;
    assert.deepEqual(
      plain
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
      ["login", "login2"],
    );
    assert.equal(plain[0]!.explain!.diversity, undefined);
    const diverse = (await search(0.7)).hits;
    assert.equal(diverse[0]!.id, plain[0]!.id);
    assert.ok(!diverse[1]!.id.startsWith("login"), diverse[1]!.id);
    assert.ok(diverse[1]!.explain!.diversity!.from > 2);
    const pages = await Promise.all(
      [0, 2].map((offset) =>
        engine.search({ query: "forgot password login account", diversity: 0.7, offset, limit: 2 }),
      ),
    );
    assert.deepEqual(
      pages.flatMap(({ hits }) => hits.map(({ id }) => id)),
      diverse.map(({ id }) => id),
    );
  });

  await t.test("below the wanted confidence nothing is an answer", async () => {
    const query = "how deep is the trench of the northern sea";
    const free = await engine.search({ query });
    assert.ok(free.hits.length > 0 && free.confidence !== undefined);
    const held = await engine.search({ query, minConfidence: Math.min(1, free.confidence + 0.001) });
    assert.deepEqual(held.hits, []);
    assert.equal(held.nothingRelevant, true);
    assert.equal(held.candidates, 0);
    assert.equal(held.confidence, free.confidence);
    const kept = await engine.search({ query, minConfidence: free.confidence });
    assert.equal(kept.nothingRelevant, undefined);
    assert.equal(kept.hits.length, free.hits.length);
    // Nobody has read a passage: nothing can be said.
    assert.ok((await engine.search({ query, rerank: false, minConfidence: 1 })).hits.length > 0);
  });

  await t.test("facets count the documents that meet the filter, of the own tenant only", async () => {
    await engine.tenant("acme").put([{ id: "s", text: "secret whale plans", metadata: { kind: "secret" } }]);
    const { facets } = await engine.search({ query: "whales", facets: ["kind", "type"] });
    assert.deepEqual(facets, [
      {
        field: "kind",
        values: [
          { value: "help", count: 4 },
          { value: "nature", count: 2 },
          { value: "recipe", count: 2 },
        ],
        others: 0,
      },
      { field: "type", values: [{ value: "text/plain", count: 8 }], others: 0 },
    ]);
    const filtered = await engine.search({ query: "whales", facets: ["kind"], filter: { kind: "nature" } });
    assert.deepEqual(filtered.facets![0]!.values, [{ value: "nature", count: 2 }]);
    const own = await engine.tenant("acme").search({ query: "whales", facets: ["kind"] });
    assert.deepEqual(own.facets![0]!.values, [{ value: "secret", count: 1 }]);
  });
});

test("synonyms of a file find documents that have none of the query's words", async (t) => {
  const file = join(temporaryFolder(), "synonyms.txt");
  writeFileSync(file, "car, automobile\n");
  const engine = await library(await openTemporary(t, { synonyms: { file } }));
  const { hits } = await engine.search({ query: "car", mode: "lexical", explain: true });
  assert.deepEqual(
    hits.map(({ id }) => id),
    ["car"],
  );
  assert.deepEqual(hits[0]!.explain!.terms, ["car", "automobile"]);
  writeFileSync(file, "car =>\n");
  await assert.rejects(openTemporary(t, { synonyms: { file } }), coded("INVALID_INPUT", /line 1/));
  await assert.rejects(openTemporary(t, { synonyms: { file: `${file}.none` } }), coded("PATH_NOT_FOUND"));
});
