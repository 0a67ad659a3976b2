// Clients that go away, and servers that close: nothing is cut short that could still finish, nothing runs for nobody.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { after, test } from "node:test";
import type { Engine } from "../../src/engine/index.js";
import { LodestoneError } from "../../src/errors.js";
import { serve } from "../../src/http/index.js";
import { ask, deferred, startEverything, startServer, withVerbs } from "./server-under-test.js";

const { engine } = await startEverything({ after });

type Held = { started: Promise<AbortSignal>; release(): void; search: Engine["search"] };

/** A search that starts when asked and goes on when released, or stops when its signal says so, as the engine's own does. */
function heldSearch(): Held {
  const started = deferred<AbortSignal>();
  const released = deferred<void>();
  return {
    started: started.promise,
    release: () => released.resolve(),
    async search(query, { signal } = {}) {
      assert.ok(signal);
      started.resolve(signal);
      const stopped = once(signal, "abort").then(() => {
        throw new LodestoneError("ABORTED", "The call was aborted.");
      });
      await Promise.race([released.promise, stopped]);
      return engine.search(query);
    },
  };
}

test("a client that goes away stops its search", async (t) => {
  const held = heldSearch();
  const server = await startServer(t, withVerbs(engine, { search: held.search }));
  const asked = request({ host: "127.0.0.1", port: server.port, path: "/v1/search?q=bread" });
  asked.on("error", () => undefined);
  asked.end();
  const signal = await held.started;
  assert.equal(signal.aborted, false);
  asked.destroy();
  if (!signal.aborted) await once(signal, "abort");
  assert.match(String(signal.reason), /client is gone/);
  assert.equal((await server.ask("/livez")).status, 200);
});

test("a search that was answered is not stopped afterwards", async (t) => {
  const signals: AbortSignal[] = [];
  const search: Engine["search"] = (query, options = {}) => {
    if (options.signal) signals.push(options.signal);
    return engine.search(query, options);
  };
  const server = await startServer(t, withVerbs(engine, { search }));
  assert.equal((await server.ask("/v1/search?q=bread")).status, 200);
  assert.equal((await server.ask("/v1/search", { json: { query: "bread" } })).status, 200);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [false, false],
  );
});

test("closing waits for the request in flight, refuses new ones, and leaves the engine open", async () => {
  const held = heldSearch();
  const server = await serve(withVerbs(engine, { search: held.search }), { port: 0, logLevel: "silent" });
  const inFlight = ask(server.port, "/v1/search?q=bread");
  await held.started;
  let closed = false;
  const closing = server.close().then(() => {
    closed = true;
  });
  await assert.rejects(ask(server.port, "/livez"), /ECONNREFUSED|ECONNRESET/);
  assert.equal(closed, false);
  held.release();
  const answer = await inFlight;
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.connection, "close");
  await closing;
  assert.equal((await engine.search({ query: "bread", limit: 1 })).hits.length, 1);
});

test("a connection that is still open while the server closes brings no more requests in", async () => {
  const held = heldSearch();
  const server = await serve(withVerbs(engine, { search: held.search }), { port: 0, logLevel: "silent" });
  const socket = connect(server.port, "127.0.0.1");
  let answers = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    answers += chunk;
  });
  socket.write("GET /v1/search?q=bread HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await held.started;
  const closing = server.close();
  socket.write("GET /v1/facets HTTP/1.1\r\nHost: localhost\r\n\r\n");
  held.release();
  await once(socket, "close");
  await closing;
  assert.match(answers, /^HTTP\/1\.1 200 OK\r\n/);
  assert.doesNotMatch(answers, /"folders"/);
});

test("a search that takes longer than closing may wait is stopped and answered", async () => {
  const held = heldSearch();
  const options = { port: 0, logLevel: "silent", closeLimitMs: 20 } as const;
  const server = await serve(withVerbs(engine, { search: held.search }), options);
  const inFlight = ask(server.port, "/v1/search?q=bread");
  const signal = await held.started;
  await server.close();
  assert.ok(signal.aborted);
  const answer = await inFlight;
  assert.deepEqual([answer.status, answer.json.code], [503, "ABORTED"]);
});

test("work that cannot be stopped does not keep the server from closing", async () => {
  const never = new Promise<never>(() => undefined);
  const started = deferred<void>();
  const status = () => {
    started.resolve();
    return never;
  };
  const server = await serve(withVerbs(engine, { status }), { port: 0, logLevel: "silent", closeLimitMs: 20 });
  const inFlight = assert.rejects(ask(server.port, "/v1/status"), { code: "ECONNRESET" });
  await started.promise;
  await server.close();
  await inFlight;
});

test("closing twice is closing once", async () => {
  const server = await serve(engine, { port: 0, logLevel: "silent" });
  await Promise.all([server.close(), server.close()]);
  await server.close();
});
