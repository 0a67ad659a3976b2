// /v1/tune.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openEngine } from "../../src/engine/index.js";
import { tuningAnswerSchema, tuningStatusSchema } from "../../src/http/tuning-schema.js";
import { documents, judged } from "../engine/misleading-words.js";
import { startEverything, startServer } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

const { engine, server } = await startEverything({ after });
await engine.put(documents);

async function answer() {
  return checkedAnswer(tuningAnswerSchema, (await server.ask("/v1/tune")).json);
}

/** The run's end: of what is asked again and again until it has come. */
async function ended() {
  for (;;) {
    const { run } = await answer();
    if (run?.state !== "running") return run!;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("what is learned is used by searches until it is forgotten", async () => {
  assert.deepEqual(await answer(), { learned: null, run: null });
  const begun = await server.ask("/v1/tune", { json: { queries: judged } });
  assert.deepEqual([begun.status, begun.headers.location], [202, "/v1/tune"]);
  assert.equal(checkedAnswer(tuningStatusSchema, begun.json).state, "running");
  const { state, report, done, total } = await ended();
  assert.deepEqual([state, report?.kept, done], ["done", true, total]);
  const { learned } = await answer();
  assert.equal(learned?.lexicalWeight, report?.best?.lexicalWeight);
  const search = async () => (await server.ask("/v1/search?q=car+repair")).json.fusion as { source: string };
  assert.equal((await search()).source, "learned");
  const forgotten = await server.ask("/v1/tune", { method: "DELETE" });
  assert.deepEqual([forgotten.status, forgotten.json.learned], [200, null]);
  assert.equal((await search()).source, "default");
});

test("there is one run at a time, and it is cancelled", async () => {
  assert.equal((await server.ask("/v1/tune", { json: { queries: judged, dryRun: true } })).status, 202);
  const { status, json } = await server.ask("/v1/tune", { json: { knownItems: true } });
  assert.deepEqual([status, json.code], [409, "TUNING_RUNNING"]);
  const cancelled = await server.ask("/v1/tune/cancel", { method: "POST" });
  const { run } = checkedAnswer(tuningAnswerSchema, cancelled.json);
  assert.deepEqual([cancelled.status, run?.state, run?.dryRun, run?.report], [200, "cancelled", true, null]);
  // Nothing is left to cancel, which is as well.
  assert.equal((await server.ask("/v1/tune/cancel", { method: "POST" })).status, 200);
});

test("known items are made of the documents; where there are too few the run says so", async () => {
  assert.equal((await server.ask("/v1/tune", { json: { knownItems: true, dryRun: true } })).status, 202);
  const { state, error } = await ended();
  assert.equal(state, "failed");
  assert.match(error!, /^Fusion is learned from 20 judged queries or more; found \d+ with a relevant document/);
});

test("what cannot be learned from is refused", async () => {
  const bodies: [json: unknown, code: string][] = [
    [{}, "INVALID_INPUT"],
    [{ queries: judged, knownItems: true }, "INVALID_INPUT"],
    [{ queries: judged.slice(0, 19) }, "INVALID_INPUT"],
    [{ queries: [{ text: " ", judgements: {} }] }, "INVALID_INPUT"],
    [{ knownItems: true, dry: true }, "UNKNOWN_FIELD"],
  ];
  for (const [json, code] of bodies) {
    const refused = await server.ask("/v1/tune", { json });
    assert.deepEqual([refused.status, refused.json.code], [400, code], JSON.stringify(json).slice(0, 60));
    assert.match(String(refused.headers["content-type"]), /^application\/problem\+json/);
  }
});

test("a library that is open for reading only learns nothing but by a dry run", async (t) => {
  const reading = await openEngine({ library: engine.library, readOnly: true });
  t.after(() => reading.close());
  const readOnly = await startServer(t, reading);
  const refused = [
    await readOnly.ask("/v1/tune", { json: { queries: judged } }),
    await readOnly.ask("/v1/tune", { method: "DELETE" }),
  ];
  for (const { status, json } of refused) assert.deepEqual([status, json.code], [403, "LIBRARY_READ_ONLY"]);
  assert.equal((await readOnly.ask("/v1/tune", { json: { queries: judged, dryRun: true } })).status, 202);
  await readOnly.ask("/v1/tune/cancel", { method: "POST" });
});
