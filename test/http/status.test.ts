// /v1/status, /v1/facets and the probes.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { facetsSchema, livenessSchema, readinessSchema, statusSchema } from "../../src/http/status-schema.js";
import { packageVersion } from "../../src/package-root.js";
import { documents, startEverything, startServer, withVerbs } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

const { engine, server } = await startEverything({ after });

test("the status tells what the library holds and what answers", async () => {
  const status = checkedAnswer(statusSchema, (await server.ask("/v1/status")).json);
  assert.equal(status.version, packageVersion);
  assert.equal(status.library.path, engine.library);
  assert.equal(status.library.documents, documents.length);
  assert.equal(status.library.readOnly, false);
  assert.equal(status.vectors.rows, status.library.chunks);
  assert.equal(status.models.biEncoder, status.generation.model);
});

test("the facets count every document once by type", async () => {
  const { types } = checkedAnswer(facetsSchema, (await server.ask("/v1/facets")).json);
  assert.deepEqual(types, [
    { value: "text/markdown", count: 2 },
    { value: "text/plain", count: 2 },
  ]);
});

test("status and facets refuse parameters, for they have none", async () => {
  for (const path of ["/v1/status?verbose=1", "/v1/facets?limit=3"]) {
    const answer = await server.ask(path);
    assert.deepEqual([answer.status, answer.json.code], [400, "UNKNOWN_FIELD"]);
  }
});

test("a server that answers queries is alive and ready", async () => {
  assert.deepEqual(checkedAnswer(livenessSchema, (await server.ask("/livez")).json), { status: "alive" });
  const ready = await server.ask("/readyz?probe=kubelet");
  assert.equal(ready.status, 200);
  const { status, reasons } = checkedAnswer(readinessSchema, ready.json);
  assert.deepEqual([status, reasons], ["ready", []]);
});

test("a server whose searches fail is alive and not ready, with the reason", async (t) => {
  const search = () => Promise.reject(new LodestoneError("WORKER_FAILED", "The query worker stopped unexpectedly."));
  const broken = await startServer(t, withVerbs(engine, { search }));
  assert.equal((await broken.ask("/livez")).status, 200);
  const answer = await broken.ask("/readyz");
  assert.equal(answer.status, 503);
  const { status, reasons } = checkedAnswer(readinessSchema, answer.json);
  assert.deepEqual([status, reasons], ["not ready", ["The query worker stopped unexpectedly."]]);
});

test("a server that can only answer in part is not ready, with the stage", async (t) => {
  const search: typeof engine.search = async (request, options) => ({
    ...(await engine.search({ ...request, mode: "lexical" }, options)),
    degraded: [{ stage: "embed", reason: "the encoder stopped" }],
  });
  const degraded = await startServer(t, withVerbs(engine, { search }));
  const answer = await degraded.ask("/readyz");
  assert.equal(answer.status, 503);
  assert.deepEqual(answer.json.reasons, ["embed: the encoder stopped"]);
});

test("a server whose engine was closed is alive and not ready", async (t) => {
  const closed = () => Promise.reject(new LodestoneError("CLOSED", "The engine is closed."));
  const broken = await startServer(t, withVerbs(engine, { search: closed, status: closed }));
  assert.equal((await broken.ask("/readyz")).status, 503);
  const status = await broken.ask("/v1/status");
  assert.deepEqual([status.status, status.json.code], [503, "CLOSED"]);
});
