// Where a server listens, and what it says when it cannot.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { type ServeOptions, serve } from "../../src/http/index.js";
import { ask, startEverything } from "./server-under-test.js";

const { engine } = await startEverything({ after });

async function failureOf(options: ServeOptions): Promise<LodestoneError> {
  try {
    await (await serve(engine, { logLevel: "silent", ...options })).close();
  } catch (error) {
    assert.ok(error instanceof LodestoneError);
    return error;
  }
  assert.fail("It listens");
}

test("a port that is taken is named, with another one to choose", async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  const { port } = other.address() as { port: number };
  const error = await failureOf({ port });
  assert.equal(error.code, "ADDRESS_IN_USE");
  assert.match(error.message, new RegExp(`listens on 127\\.0\\.0\\.1, port ${port};.*choose another port`));
});

test("an address that other machines can reach needs the names they use", async (t) => {
  for (const host of ["0.0.0.0", "::", "10.1.2.3"]) {
    const error = await failureOf({ host, port: 0 });
    assert.equal(error.code, "INVALID_INPUT");
    assert.match(error.message, /allowed hosts/);
  }
  const open = await serve(engine, {
    host: "0.0.0.0",
    port: 0,
    allowedHosts: ["search.example.org"],
    logLevel: "silent",
  });
  t.after(() => open.close());
  assert.equal(open.url, `http://localhost:${open.port}`);
  assert.equal((await ask(open.port, "/livez", { headers: { host: "search.example.org" } })).status, 200);
});

test("an address of another machine is refused", async () => {
  const error = await failureOf({ host: "192.0.2.1", port: 0, allowedHosts: ["a.example"] });
  assert.equal(error.code, "INVALID_INPUT");
  assert.match(error.message, /no address 192\.0\.2\.1/);
});

test("ports and options that are none are refused before anything listens", async () => {
  for (const port of [-1, 65_536, 1.5, Number.NaN]) assert.equal((await failureOf({ port })).code, "INVALID_INPUT");
  const misspelled = await failureOf({ port: 0, alowedHosts: [] } as ServeOptions);
  assert.equal(misspelled.code, "UNKNOWN_FIELD");
  assert.match(misspelled.message, /Did you mean "allowedHosts"\?/);
  assert.equal((await failureOf({ port: 0, maxSearchBytes: 0 })).code, "INVALID_INPUT");
});

test("the address that it tells is where it answers", async (t) => {
  const server = await serve(engine, { port: 0, logLevel: "silent" });
  t.after(() => server.close());
  assert.equal(server.url, `http://127.0.0.1:${server.port}`);
  assert.equal((await fetch(`${server.url}/livez`)).status, 200);
});
