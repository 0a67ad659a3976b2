// GET and POST /v1/search over a real library.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { searchResponseSchema } from "../../src/http/search-schema.js";
import { startEverything } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

const { server } = await startEverything({ after });

test("a search answers as its schema says, best document first", async () => {
  const answer = await server.ask("/v1/search", { json: { query: "how often to rotate the keys", explain: true } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["content-type"], "application/json; charset=utf-8");
  assert.equal(answer.headers["cache-control"], "no-store");
  const response = checkedAnswer(searchResponseSchema, answer.json);
  assert.equal(response.query, "how often to rotate the keys");
  assert.equal(response.hits[0]?.id, "guides/rotate-keys.md");
  assert.ok(response.hits[0]?.explain?.lexical);
  assert.deepEqual(response.degraded, []);
});

test("the milliseconds of the stages stand in Server-Timing", async () => {
  const { headers, json } = await server.ask("/v1/search", { json: { query: "bread" } });
  const entries = String(headers["server-timing"]).split(", ");
  const { stages, tookMs } = checkedAnswer(searchResponseSchema, json);
  assert.deepEqual(
    entries.map((entry) => entry.split(";")[0]),
    [...stages.map(({ name }) => name), "total"],
  );
  assert.equal(Number(entries.at(-1)?.split("dur=")[1]), Math.round(tookMs * 100) / 100);
});

test("GET finds what POST finds", async () => {
  const filter = { team: "infra", year: { gte: 2020 } };
  const parameters = new URLSearchParams({
    q: "restore a snapshot",
    limit: "1",
    offset: "1",
    mode: "lexical",
    filter: JSON.stringify(filter),
    explain: "true",
    rerank: "false",
  });
  const got = await server.ask(`/v1/search?${parameters}`);
  const posted = await server.ask("/v1/search", {
    json: { query: "restore a snapshot", limit: 1, offset: 1, mode: "lexical", filter, explain: true, rerank: false },
  });
  assert.equal(got.status, 200);
  const [one, other] = [got, posted].map(({ json }) => checkedAnswer(searchResponseSchema, json));
  assert.deepEqual(one?.hits, other?.hits);
  assert.deepEqual([one?.limit, one?.offset], [1, 1]);
});

test("HEAD on a search answers as GET does, without a body", async () => {
  const head = await server.ask("/v1/search?q=bread", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.text, "");
  assert.ok(Number(head.headers["content-length"]) > 100);
});

test("a filter keeps everything else out", async () => {
  const { json } = await server.ask("/v1/search", {
    json: { query: "bread keys snapshot train", filter: { year: 2024 } },
  });
  const { hits } = checkedAnswer(searchResponseSchema, json);
  assert.deepEqual(hits.map(({ id }) => id).sort(), ["guides/rotate-keys.md", "ü/日本 100%.txt"]);
});

test("a query of 100 kB is searched, and one of more characters is refused", async () => {
  const long = "rotate the keys ".repeat(6250);
  assert.equal(long.length, 100_000);
  const answer = await server.ask("/v1/search", { json: { query: long, limit: 1 } });
  assert.equal(answer.status, 200);
  assert.equal(checkedAnswer(searchResponseSchema, answer.json).hits[0]?.id, "guides/rotate-keys.md");
  const refused = await server.ask("/v1/search", { json: { query: `${long}!` } });
  assert.equal(refused.status, 400);
  assert.match(String(refused.json.detail), /^"query": expected at most 100000 characters, found "rotate the keys/);
});

const refused: [name: string, query: string, code: string, detail: RegExp][] = [
  ["no query", "limit=1", "INVALID_INPUT", /^"q": expected a text, found nothing\.$/],
  ["an empty query", "q=%20", "INVALID_INPUT", /The query is empty/],
  ["a query given twice", "q=a&q=b", "INVALID_INPUT", /^"q": expected a text, found a list\.$/],
  ["a limit that is a word", "q=a&limit=ten", "INVALID_INPUT", /^"limit": expected a number, found "ten"\.$/],
  ["a limit with decimals", "q=a&limit=1.5", "INVALID_INPUT", /^"limit": expected a number, found "1.5"\.$/],
  ["a limit too large", "q=a&limit=101", "INVALID_INPUT", /^"limit": expected at most 100, found "101"\.$/],
  ["a negative offset", "q=a&offset=-1", "INVALID_INPUT", /^"offset": expected at least 0, found "-1"\.$/],
  [
    "an unknown mode",
    "q=a&mode=fuzzy",
    "INVALID_INPUT",
    /^"mode": expected one of "hybrid", "lexical", "dense", "sparse", found "fuzzy"/,
  ],
  [
    "an unknown plan",
    "q=a&plan=hnsw",
    "INVALID_INPUT",
    /^"plan": expected one of "auto", "exact", "prefilter", "ivf", "graph", found "hnsw"/,
  ],
  ["a recall too low", "q=a&recall=0.5", "INVALID_INPUT", /^"recall": expected at least 0\.9, found "0\.5"\.$/],
  ["a recall that is no number", "q=a&recall=high", "INVALID_INPUT", /^"recall": expected a number, found "high"\.$/],
  [
    "an oversampling below 1",
    "q=a&oversampling=0.5",
    "INVALID_INPUT",
    /^"oversampling": expected at least 1, found "0\.5"/,
  ],
  [
    "an oversampling that is not finite",
    "q=a&oversampling=Infinity",
    "INVALID_INPUT",
    /^"oversampling": expected a number/,
  ],
  ["no lists at all", "q=a&probes=0", "INVALID_INPUT", /^"probes": expected at least 1, found "0"\.$/],
  ["half a candidate", "q=a&ef=1.5", "INVALID_INPUT", /^"ef": expected a number, found "1\.5"\.$/],
  ["too many candidates", "q=a&ef=10001", "INVALID_INPUT", /^"ef": expected at most 10000, found "10001"\.$/],
  ["a flag that is neither", "q=a&explain=yes", "INVALID_INPUT", /^"explain": expected true or false, found "yes"\.$/],
  [
    "a misspelled parameter",
    "q=a&offest=1",
    "UNKNOWN_FIELD",
    /^Unknown field "offest" in the query\. Did you mean "offset"\?$/,
  ],
  ["a filter that is no JSON", "q=a&filter=team", "FILTER_INVALID", /^The filter is not valid JSON: /],
  ["a filter that is no object", "q=a&filter=%5B%5D", "INVALID_INPUT", /^"filter": expected an object, found /],
  [
    "an operator that is none",
    "q=a&filter=%7B%22year%22%3A%7B%22gt%E2%82%AC%22%3A1%7D%7D",
    "FILTER_INVALID",
    /Did you mean "gt"/,
  ],
  ["a prototype in the filter", "q=a&filter=%7B%22__proto__%22%3A1%7D", "FILTER_INVALID", /"__proto__"/],
  ["half an escape", "q=%E2%82", "URL_MALFORMED", /query string/],
];
for (const [name, query, code, detail] of refused) {
  test(`GET refuses ${name}`, async () => {
    const answer = await server.ask(`/v1/search?${query}`);
    assert.equal(answer.status, 400);
    assert.equal(answer.json.code, code);
    assert.match(String(answer.json.detail), detail);
  });
}

for (const [field, value] of [
  ["plan", "hnsw"],
  ["recall", 1.01],
  ["oversampling", 0],
  ["probes", 0.5],
  ["ef", -1],
] as const) {
  test(`POST refuses "${field}": ${value}`, async () => {
    const { status, json } = await server.ask("/v1/search", { json: { query: "bread", [field]: value } });
    assert.deepEqual([status, json.code], [400, "INVALID_INPUT"]);
    assert.match(String(json.detail), new RegExp(`^"${field}": expected .*found ${JSON.stringify(value)}`));
  });
}

test("the plan comes with its reason; what codes would be searched with is taken, though here are too few rows for them", async () => {
  const wishes = { plan: "ivf", recall: "0.97", oversampling: "2.5", probes: "8", ef: "64" };
  const got = await server.ask(`/v1/search?${new URLSearchParams({ q: "bread", ...wishes })}`);
  const posted = await server.ask("/v1/search", {
    json: { query: "bread", plan: "ivf", recall: 0.97, oversampling: 2.5, probes: 8, ef: 64 },
  });
  for (const { json } of [got, posted]) {
    const { plan } = checkedAnswer(searchResponseSchema, json);
    assert.equal(plan.kind, "exact");
    assert.match(plan.reason, /codes are made from \d+ rows on/);
  }
});

test("a search over a graph that is not there is a conflict", async () => {
  const answer = await server.ask("/v1/search", { json: { query: "bread", plan: "graph" } });
  assert.equal(answer.status, 409);
  assert.equal(answer.json.code, "GRAPH_UNAVAILABLE");
});

test("many searches at once are each answered with their own query", async () => {
  const queries = Array.from({ length: 24 }, (_, i) => `${["bread", "keys", "train", "snapshot"][i % 4]} ${i}`);
  const answers = await Promise.all(queries.map((query) => server.ask("/v1/search", { json: { query, limit: 1 } })));
  const responses = answers.map(({ json }) => checkedAnswer(searchResponseSchema, json));
  assert.deepEqual(
    responses.map(({ query }) => query),
    queries,
  );
  const expected = ["recipes/bread.txt", "guides/rotate-keys.md", "ü/日本 100%.txt", "guides/backup.md"];
  assert.deepEqual(
    responses.map(({ hits }) => hits[0]?.id),
    queries.map((_, i) => expected[i % 4]),
  );
});
