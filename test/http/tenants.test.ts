import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { SearchResponse, TenantSummary } from "../../src/index.js";
import { startEverything } from "./server-under-test.js";

const { server } = await startEverything({ after });
const idsOf = ({ json }: { json: unknown }) => (json as SearchResponse).hits.map(({ id }) => id);

test("a tenant's documents are put, found, read and deleted at its own addresses, and nowhere else", async () => {
  const put = await server.ask("/v1/tenants/acme/documents/plan", {
    method: "PUT",
    json: { text: "The secret plan is about ostriches.", metadata: { team: "birds" } },
  });
  assert.deepEqual([put.status, put.json.written], [200, 1]);
  const many = await server.ask("/v1/tenants/globex/documents", {
    json: { documents: [{ id: "plan", text: "Another plan, about ostriches too." }] },
  });
  assert.equal(many.status, 200);

  const query = { json: { query: "ostriches", filter: { team: "birds" } } };
  assert.deepEqual(idsOf(await server.ask("/v1/tenants/acme/search", query)), ["plan"]);
  assert.deepEqual(idsOf(await server.ask("/v1/tenants/globex/search", query)), []);
  assert.deepEqual(idsOf(await server.ask("/v1/tenants/globex/search", { json: { query: "ostriches" } })), ["plan"]);
  assert.ok(!idsOf(await server.ask("/v1/search", { json: { query: "ostriches" } })).includes("plan"));
  assert.equal((await server.ask("/v1/documents/plan")).status, 404);
  assert.match((await server.ask("/v1/tenants/acme/documents/plan")).json.text as string, /secret/);
  assert.equal((await server.ask("/v1/tenants/acme/documents")).json.total, 1);

  const tenants = (await server.ask("/v1/tenants")).json.tenants as TenantSummary[];
  assert.deepEqual(
    tenants.map(({ name, documents, index }) => [name, documents, index]),
    [
      ["acme", 1, "shared"],
      ["globex", 1, "shared"],
    ],
  );
  assert.equal((await server.ask("/v1/tenants/globex/documents/plan", { method: "DELETE" })).status, 200);
  assert.equal((await server.ask("/v1/tenants/globex/documents/plan", { method: "DELETE" })).status, 404);
  const dropped = await server.ask("/v1/tenants/acme", { method: "DELETE" });
  assert.deepEqual([dropped.status, dropped.json.documents], [200, 1]);
  assert.deepEqual((await server.ask("/v1/tenants")).json, { tenants: [] });
});

test("what cannot be a tenant, or one of its documents, is refused", async () => {
  for (const name of ["-x", "a%1Fb", "a%20b", "x".repeat(65)]) {
    const answer = await server.ask(`/v1/tenants/${name}/search`, { json: { query: "x" } });
    assert.deepEqual([answer.status, answer.json.code], [400, "INVALID_INPUT"], name);
  }
  const stolen = await server.ask(`/v1/documents/${encodeURIComponent("acme\u001fplan")}`);
  assert.equal(stolen.status, 400);
  const unknown = await server.ask("/v1/tenants/acme/search", { json: { query: "x", tenant: "globex" } });
  assert.deepEqual([unknown.status, unknown.json.code], [400, "UNKNOWN_FIELD"]);
  const deleted = await server.ask("/v1/tenants/acme/documents/delete", { json: { ids: ["none"] } });
  assert.deepEqual(deleted.json, { removed: [], missing: ["none"] });
});
