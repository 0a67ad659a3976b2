// GET /v1/suggest over a real library.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { suggestionsSchema } from "../../src/http/suggest.js";
import { startEverything } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

const { server } = await startEverything({ after });

test("the last word of what is typed is completed", async () => {
  const answer = await server.ask("/v1/suggest?q=restore%20a%20snap&limit=3");
  assert.equal(answer.status, 200);
  const { suggestions } = checkedAnswer(suggestionsSchema, answer.json);
  assert.deepEqual(suggestions, [{ text: "restore a snapshot", kind: "word" }]);
});

test("a limit out of range and an unknown parameter are refused", async () => {
  for (const parameters of ["q=x&limit=0", "q=x&limt=3", ""]) {
    assert.equal((await server.ask(`/v1/suggest?${parameters}`)).status, 400, parameters);
  }
});

test("corrections of a search stand in its answer", async () => {
  const { json } = await server.ask("/v1/search?q=snapshto&mode=lexical&rerank=false");
  assert.deepEqual((json as { corrections: unknown }).corrections, [{ word: "snapshto", read: ["snapshot"] }]);
  const strict = await server.ask("/v1/search?q=snapshto&mode=lexical&rerank=false&typos=false");
  assert.deepEqual((strict.json as { hits: unknown[] }).hits, []);
});
