// /v1/jobs over a real library, and routes that are told not to wait.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { jobPageSchema, jobSchema, queueDepthSchema, retriedSchema } from "../../src/http/job-schema.js";
import { type Job, openEngine } from "../../src/index.js";
import { documents, startEverything, startServer, withVerbs } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

const { engine, server } = await startEverything({ after });
const { ask } = server;

test("a document that is not waited for is accepted with its job, and done soon after", async () => {
  const accepted = await ask("/v1/documents/later?wait=false", { method: "PUT", json: { text: "Lime pie, later." } });
  assert.equal(accepted.status, 202);
  const job = checkedAnswer(jobSchema, accepted.json);
  assert.equal(accepted.headers.location, `/v1/jobs/${job.id}`);
  assert.deepEqual([job.kind, job.priority, job.subject, job.total], ["put", "bulk", "later", 1]);
  assert.equal((await engine.jobs.wait(job.id)).state, "done");
  const done = checkedAnswer(jobSchema, (await ask(accepted.headers.location!)).json);
  assert.deepEqual([done.state, done.done, done.result.written], ["done", 1, 1]);
  assert.equal((await ask("/v1/documents/later")).status, 200);
});

test("many documents, deletes by id, and deletes of many are accepted as well", async () => {
  const put = await ask("/v1/documents?wait=false&priority=interactive", {
    json: {
      documents: [
        { id: "x/1", text: "one" },
        { id: "x/2", text: "two" },
        { id: "x/3", text: "three" },
      ],
    },
  });
  assert.deepEqual([put.status, put.json.priority, put.json.subject], [202, "interactive", "x/1, x/2, x/3"]);
  await engine.jobs.wait(String(put.json.id));
  const one = await ask("/v1/documents/x%2F1?wait=false", { method: "DELETE" });
  const many = await ask("/v1/documents/delete?wait=false", { json: { filter: { id: { in: ["x/2", "x/3"] } } } });
  assert.deepEqual([one.status, many.status], [202, 202]);
  await engine.jobs.wait(String(one.json.id));
  const { result } = await engine.jobs.wait(String(many.json.id));
  assert.equal(result.removed, 2);
  assert.equal((await ask("/v1/documents/x%2F2")).status, 404);
});

test("what can never be taken is refused at once, also where nobody waits", async () => {
  const answer = await ask("/v1/documents/bad?wait=false", {
    method: "PUT",
    json: { text: "x", modifiedAt: "yesterday" },
  });
  assert.deepEqual([answer.status, answer.json.code], [400, "INVALID_INPUT"]);
  const maybe = await ask("/v1/documents/bad?wait=maybe", { method: "PUT", json: { text: "x" } });
  assert.deepEqual([maybe.status, maybe.json.code], [400, "INVALID_INPUT"]);
  const other = await ask("/v1/documents/bad?wate=false", { method: "PUT", json: { text: "x" } });
  assert.deepEqual([other.status, other.json.code], [400, "UNKNOWN_FIELD"]);
  assert.match(String(other.json.detail), /Did you mean "wait"/);
});

test("jobs are listed newest first, page by page and by state", async () => {
  const all = checkedAnswer(jobPageSchema, (await ask("/v1/jobs")).json);
  const ids = all.jobs.map(({ id }) => id);
  assert.deepEqual(ids, [...ids].sort().reverse());
  assert.equal(all.jobs.at(-1)?.subject, documents.map(({ id }) => id).join(", "));
  const page = checkedAnswer(jobPageSchema, (await ask("/v1/jobs?offset=1&limit=2")).json);
  assert.deepEqual(
    page.jobs.map(({ id }) => id),
    ids.slice(1, 3),
  );
  assert.equal(page.total, all.total);
  assert.deepEqual((await ask("/v1/jobs?state=failed")).json, { jobs: [], total: 0, offset: 0, limit: 50 });
  assert.equal((await ask("/v1/jobs?state=lost")).json.code, "INVALID_INPUT");
});

test("a job that is not there is not found by any verb", async () => {
  for (const [method, path] of [
    ["GET", "/v1/jobs/j9999999999"],
    ["GET", "/v1/jobs/nonsense"],
    ["POST", "/v1/jobs/nonsense/retry"],
    ["POST", "/v1/jobs/j9999999999/retry"],
    ["DELETE", "/v1/jobs/j9999999999"],
  ] as const) {
    const answer = await ask(path, { method });
    assert.deepEqual([answer.status, answer.json.code], [404, "NOT_FOUND"], `${method} ${path}`);
  }
});

test("a queue that takes jobs in and does none: depth in status and readiness, cancel, retry, and 429 when it is full", async (t) => {
  const { mkdtemp, rm } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const folder = await mkdtemp(join(tmpdir(), "lodestone-http-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const library = join(folder, "library");
  const paused = await openEngine({ library, queue: { paused: true, maxJobs: 2 } });
  t.after(() => paused.close());
  const held = await startServer(t, paused);
  const put = (id: string) => held.ask(`/v1/documents/${id}?wait=false`, { method: "PUT", json: { text: id } });
  const first = (await put("a")).json as Job;
  await put("b");
  const full = await put("c");
  assert.deepEqual([full.status, full.json.code], [429, "QUEUE_FULL"]);
  assert.match(String(full.headers["retry-after"]), /^\d+$/);
  const { queue } = (await held.ask("/v1/status")).json;
  assert.deepEqual(checkedAnswer(queueDepthSchema, queue), {
    queued: 2,
    running: 0,
    failed: 0,
    bytes: first.bytes * 2,
  });
  const ready = await held.ask("/readyz");
  assert.deepEqual([ready.status, ready.json.queue], [200, queue]);
  const cancelled = await held.ask(`/v1/jobs/${first.id}`, { method: "DELETE" });
  assert.deepEqual([cancelled.status, cancelled.json.state], [200, "cancelled"]);
  assert.equal((await put("c")).status, 202);
  assert.deepEqual(checkedAnswer(retriedSchema, (await held.ask("/v1/jobs/retry", { method: "POST" })).json), {
    retried: 0,
  });
  assert.equal((await held.ask(`/v1/jobs/${first.id}/retry`, { method: "POST" })).json.state, "cancelled");
});

test("a library that is open for reading lists jobs and takes none", async (t) => {
  const reader = await openEngine({ library: engine.library, readOnly: true });
  t.after(() => reader.close());
  const reading = await startServer(t, reader);
  assert.equal((await reading.ask("/v1/jobs")).json.total, (await ask("/v1/jobs")).json.total);
  const put = await reading.ask("/v1/documents/a?wait=false", { method: "PUT", json: { text: "x" } });
  assert.deepEqual([put.status, put.json.code], [403, "LIBRARY_READ_ONLY"]);
  assert.equal((await reading.ask("/v1/jobs/retry", { method: "POST" })).json.code, "LIBRARY_READ_ONLY");
});

test("a queue that cannot be asked does not keep the server from being ready", async (t) => {
  const jobs = { ...engine.jobs, depth: () => Promise.reject(new LodestoneError("WORKER_FAILED", "stopped")) };
  const other = await startServer(t, withVerbs(engine, { jobs: jobs as typeof engine.jobs }));
  const ready = await other.ask("/readyz");
  assert.deepEqual([ready.status, ready.json.queue], [200, undefined]);
});
