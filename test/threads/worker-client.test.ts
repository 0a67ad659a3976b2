import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { startWorker } from "../../src/threads/worker-client.js";
import type { EchoVerbs } from "./echo-worker.js";

async function open(t: TestContext, data: unknown = null) {
  const client = await startWorker<EchoVerbs>(new URL("./echo-worker.js", import.meta.url), data, "echo");
  t.after(() => client.close());
  return client;
}

const coded = (code: string) => (error: unknown) => error instanceof LodestoneError && error.code === code;

test("a call is answered with the verb's value", async (t) => {
  const client = await open(t);
  assert.deepEqual(await client.call("echo", { a: [1, 2], b: "x" }), { a: [1, 2], b: "x" });
});

test("calls that overlap each get their own answer", async (t) => {
  const client = await open(t);
  const values = Array.from({ length: 50 }, (_, i) => i);
  assert.deepEqual(await Promise.all(values.map((value) => client.call("echo", value))), values);
});

test("an error keeps its code and detail across the border", async (t) => {
  const client = await open(t);
  await assert.rejects(client.call("fail", { code: true }), (error: LodestoneError) => {
    assert.equal(error.code, "DISK_FULL");
    assert.equal(error.message, "no room");
    assert.deepEqual(error.detail, { left: 0 });
    return true;
  });
  await assert.rejects(client.call("fail", { code: false }), /wrong/);
});

test("a worker that cannot open rejects with its reason", async () => {
  const starting = startWorker(new URL("./echo-worker.js", import.meta.url), "refuse", "echo");
  await assert.rejects(starting, coded("MODEL_NOT_FOUND"));
});

test("progress arrives in order and before the result", async (t) => {
  const client = await open(t);
  const seen: unknown[] = [];
  assert.equal(await client.call("count", 5, { onProgress: (value) => seen.push(value) }), 5);
  assert.deepEqual(seen, [0, 1, 2, 3, 4]);
});

test("an aborted call rejects at once and stops the verb", async (t) => {
  const client = await open(t);
  const controller = new AbortController();
  const counting = client.call("count", 1e9, { signal: controller.signal, onProgress: () => controller.abort() });
  await assert.rejects(counting, coded("ABORTED"));
  assert.equal(await client.call("echo", "still here"), "still here");
  await assert.rejects(client.call("echo", 1, { signal: AbortSignal.abort() }), coded("ABORTED"));
});

test("a typed array comes back whole when its buffer is moved", async (t) => {
  const client = await open(t);
  const vector = await client.call("buffer", 1000);
  assert.equal(vector.length, 1000);
  assert.ok(vector.every((x) => x === 1));
});

test("a worker that dies fails every call that waits for it, and later ones", async () => {
  const client = await startWorker<EchoVerbs>(new URL("./echo-worker.js", import.meta.url), null, "echo");
  const waiting = client.call("count", 1e9);
  const dying = client.call("die", null);
  await assert.rejects(waiting, coded("WORKER_FAILED"));
  await assert.rejects(dying, coded("WORKER_FAILED"));
  await assert.rejects(client.call("echo", 1), coded("WORKER_FAILED"));
  await client.close();
});

test("a closed worker refuses calls", async () => {
  const client = await startWorker<EchoVerbs>(new URL("./echo-worker.js", import.meta.url), null, "echo");
  await client.close();
  await assert.rejects(client.call("echo", 1), coded("CLOSED"));
  await client.close();
});
