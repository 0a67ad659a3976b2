// POST /v1/feedback.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { migrationAnswerSchema } from "../../src/http/migration-schema.js";
import { startEverything } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

const { server } = await startEverything({ after });
const give = (json: unknown) => server.ask("/v1/feedback", { json });

async function search(): Promise<{ searchId: string; ids: string[] }> {
  const { json } = await server.ask("/v1/search?q=rotate+the+keys");
  const { searchId, hits } = json as { searchId: string; hits: { id: string }[] };
  return { searchId, ids: hits.map(({ id }) => id) };
}

test("feedback on a hit is taken without a word, with a migration or without", async () => {
  const { searchId, ids } = await search();
  for (const body of [
    { searchId, id: ids[0] },
    { searchId, id: ids[0], kind: "click" },
    { searchId, id: ids[1], kind: "judgement", relevance: 0 },
  ]) {
    const answer = await give(body);
    assert.deepEqual([answer.status, answer.text, answer.headers["content-type"]], [204, "", undefined]);
  }
});

test("clicks count once for a search, judgements as nDCG@10 of the answer as it was", async () => {
  assert.equal((await server.ask("/v1/migration", { json: { maxTokens: 128 } })).status, 202);
  const { searchId, ids } = await search();
  for (const id of ids.slice(0, 2)) await give({ searchId, id });
  await give({ searchId, id: ids[1], kind: "judgement", relevance: 3 });
  const figures = async () =>
    checkedAnswer(migrationAnswerSchema, (await server.ask("/v1/migration")).json).migration!.source!.figures;
  const { searches, clicks, clickRate, graded, ndcg } = await figures();
  assert.deepEqual([searches, clicks, clickRate, graded], [1, 1, 1, 1]);
  // The one relevant document stands second: 1 / log2(3) of the ideal.
  assert.ok(Math.abs(ndcg! - 1 / Math.log2(3)) < 1e-9);
  await give({ searchId, id: ids[0], kind: "judgement", relevance: 3 });
  assert.deepEqual([(await figures()).ndcg, (await figures()).graded], [1, 1]);
});

test("feedback on nothing that was shown is not found, and what is not known is refused", async () => {
  const { searchId, ids } = await search();
  const id = ids[0];
  const cases: [body: unknown, status: number, code: string, detail: RegExp][] = [
    [{ searchId: "0123456789abcdef", id }, 404, "NOT_FOUND", /is not remembered/],
    [{ searchId, id: "no-such-hit" }, 404, "NOT_FOUND", /was no hit/],
    [{ searchId, id, kind: "judgement" }, 400, "INVALID_INPUT", /takes a "relevance" from 0/],
    [{ searchId, id, kind: "judgement", relevance: 4 }, 400, "INVALID_INPUT", /"relevance": expected at most 3/],
    [{ searchId, id, kind: "like" }, 400, "INVALID_INPUT", /expected one of "click", "judgement", found "like"/],
    [{ searchId, id, rating: 3 }, 400, "UNKNOWN_FIELD", /Unknown field "rating"/],
    [{ id }, 400, "INVALID_INPUT", /"searchId": expected a text, found nothing/],
  ];
  for (const [body, status, code, detail] of cases) {
    const { json, status: found } = await give(body);
    assert.deepEqual([found, json.code], [status, code], JSON.stringify(body));
    assert.match(String(json.detail), detail);
  }
  assert.equal((await server.ask("/v1/feedback")).status, 405);
});
