// Who may ask: the Host and Origin headers, and what the answers let a browser do.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createServer } from "../../src/http/index.js";
import { isLoopback } from "../../src/http/security.js";
import { sendRaw, startEverything, startServer } from "./server-under-test.js";

const { engine, server } = await startEverything({ after });
const { ask } = server;

for (const host of [
  "localhost",
  "localhost:1",
  "LOCALHOST:7878",
  "localhost.",
  "127.0.0.1",
  "127.0.0.1:80",
  "[::1]",
  "[::1]:7878",
]) {
  test(`the host ${host} is answered`, async () => {
    assert.equal((await ask("/livez", { headers: { host } })).status, 200);
  });
}

for (const host of [
  "evil.example",
  "127.0.0.1.evil.example",
  "localhost.evil.example:7878",
  "evil.example:127.0.0.1",
  "evil@localhost",
  "localhost@evil.example",
  "localhost:80:80",
  "0.0.0.0",
  "127.0.0.2",
  "[::]",
  "::1",
  "localhost/",
]) {
  test(`the host "${host}" is refused, on every kind of address`, async () => {
    for (const path of ["/livez", "/", "/v1/status", "/nowhere", "/docs"]) {
      const answer = await ask(path, { headers: { host } });
      assert.deepEqual([answer.status, answer.json.code], [403, "HOST_NOT_ALLOWED"]);
    }
  });
}

test("a request without a host is refused", async () => {
  const answer = await sendRaw(server.port, "GET /livez HTTP/1.0\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.1 403 Forbidden\r\n/);
  assert.match(answer, /"code":"HOST_NOT_ALLOWED"/);
});

for (const origin of ["http://localhost:5173", "https://127.0.0.1", "http://[::1]:7878", "http://LOCALHOST"]) {
  test(`a page of ${origin} may ask`, async () => {
    assert.equal((await ask("/v1/facets", { headers: { origin } })).status, 200);
  });
}

for (const origin of [
  "https://evil.example",
  "http://localhost.evil.example",
  "null",
  "file://",
  "http://localhost@evil.example",
  "localhost",
  "",
]) {
  test(`a page of "${origin}" may not ask, whatever the method`, async () => {
    for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
      const answer = await ask("/v1/search", { method, headers: { origin } });
      assert.deepEqual([answer.status, answer.json.code], [403, "ORIGIN_NOT_ALLOWED"]);
    }
  });
}

test("what another site's page fetches without an Origin is refused, a link to the search page is followed", async () => {
  const site = { "sec-fetch-site": "cross-site" };
  const image = await ask("/v1/search?q=a", { headers: { ...site, "sec-fetch-mode": "no-cors" } });
  assert.equal(image.json.code, "ORIGIN_NOT_ALLOWED");
  const link = await ask("/livez", { headers: { ...site, "sec-fetch-mode": "navigate" } });
  assert.equal(link.status, 200);
});

test("hosts that were allowed are answered, as host and as origin, with any port", async (t) => {
  const open = await startServer(t, engine, { allowedHosts: ["Search.Example.org", "10.0.0.7", "fe80::1"] });
  for (const host of ["search.example.org", "SEARCH.example.org:8080", "10.0.0.7:1", "[fe80::1]:1", "localhost"]) {
    assert.equal((await open.ask("/livez", { headers: { host, origin: `http://${host}` } })).status, 200);
  }
  assert.equal((await open.ask("/livez", { headers: { host: "example.org" } })).status, 403);
});

test("an allowed host that is none is refused at the start", async () => {
  for (const host of ["http://a.example", "a b", "*", "", "a.example/path"]) {
    await assert.rejects(createServer(engine, { allowedHosts: [host], logLevel: "silent" }), { code: "INVALID_INPUT" });
  }
});

test("every answer forbids what a page of ours does not need", async () => {
  for (const [path, status] of [
    ["/livez", 200],
    ["/docs", 200],
    ["/docs/style.css", 200],
    ["/nowhere", 404],
    ["/v1/%", 400],
  ] as const) {
    const { status: found, headers } = await ask(path);
    assert.equal(found, status);
    assert.equal(
      headers["content-security-policy"],
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
    assert.equal(headers["cross-origin-opener-policy"], "same-origin");
    assert.equal(headers["cross-origin-resource-policy"], "same-origin");
    assert.equal(headers["access-control-allow-origin"], undefined);
  }
});

test("loopback addresses are told from others", () => {
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "::1"]) assert.ok(isLoopback(host), host);
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example", "example.org", ""])
    assert.ok(!isLoopback(host), host);
});
