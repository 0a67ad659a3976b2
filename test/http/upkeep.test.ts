// /v1/cache, /v1/duplicates, /v1/vacuum.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openEngine } from "../../src/engine/index.js";
import { putReportSchema } from "../../src/http/document-schema.js";
import { searchResponseSchema } from "../../src/http/search-schema.js";
import {
  cacheClearedSchema,
  cacheStatusSchema,
  duplicatePageSchema,
  vacuumReportSchema,
} from "../../src/http/upkeep-schema.js";
import { documents, startEverything, startServer } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

const { engine, server } = await startEverything({ after });

test("the cache tells what it holds, and is emptied", async () => {
  const status = checkedAnswer(cacheStatusSchema, (await server.ask("/v1/cache")).json);
  assert.deepEqual([status.state, status.entries, status.misses], ["on", documents.length, documents.length]);
  const other = await server.ask("/v1/cache?tenant=other", { method: "DELETE" });
  assert.deepEqual(checkedAnswer(cacheClearedSchema, other.json), { removed: 0 });
  const all = await server.ask("/v1/cache", { method: "DELETE" });
  assert.deepEqual(checkedAnswer(cacheClearedSchema, all.json), { removed: documents.length });
  assert.equal((await server.ask("/v1/cache")).json.entries, 0);
});

test("a vacuum answers with what it did", async () => {
  await engine.put([{ id: "short-lived", text: "Mayflies live for a day." }]);
  await engine.remove(["short-lived"]);
  const answer = await server.ask("/v1/vacuum", { json: { cache: true } });
  const report = checkedAnswer(vacuumReportSchema, answer.json);
  assert.deepEqual([answer.status, report.rows, report.cacheEntries], [200, 1, 1]);
  const again = checkedAnswer(vacuumReportSchema, (await server.ask("/v1/vacuum", { json: {} })).json);
  assert.deepEqual([again.rows, again.cacheEntries], [0, 0]);
});

test("duplicates are listed, left out on request, and collapsed in a search", async () => {
  const none = checkedAnswer(duplicatePageSchema, (await server.ask("/v1/duplicates")).json);
  assert.deepEqual([none.groups, none.total], [[], 0]);
  const { text } = documents[2]!;
  await server.ask("/v1/documents/bread%20again", { method: "PUT", json: { text } });
  const page = checkedAnswer(duplicatePageSchema, (await server.ask("/v1/duplicates?kind=exact&threshold=0.9")).json);
  assert.deepEqual(
    page.groups.map(({ documents }) => documents.map(({ id, similarity }) => [id, similarity])),
    [
      [
        [documents[2]!.id, 1],
        ["bread again", 1],
      ],
    ],
  );
  const left = { id: "bread", duplicateOf: documents[2]!.id, similarity: 1 };
  const one = await server.ask("/v1/documents/bread?onDuplicate=skip-exact", { method: "PUT", json: { text } });
  assert.deepEqual(checkedAnswer(putReportSchema, one.json).duplicates, [left]);
  const many = await server.ask("/v1/documents", {
    json: { documents: [{ id: "bread", text }], onDuplicate: "skip-near" },
  });
  assert.deepEqual(checkedAnswer(putReportSchema, many.json).duplicates, [left]);
  const found = await server.ask("/v1/search?q=bread+dough&collapseDuplicates=true");
  const { hits } = checkedAnswer(searchResponseSchema, found.json);
  assert.deepEqual([hits[0]!.id, hits[0]!.duplicates?.length], [hits[0]!.id, 1]);
  assert.equal((await server.ask("/v1/duplicates?threshold=2")).status, 400);
  assert.equal((await server.ask("/v1/documents/x?onDuplicate=skip", { method: "PUT", json: { text } })).status, 400);
  await engine.remove(["bread again"]);
});

test("what is not known is refused", async () => {
  const unknown = [
    await server.ask("/v1/vacuum", { json: { cash: true } }),
    await server.ask("/v1/cache?tenants=a", { method: "DELETE" }),
    await server.ask("/v1/cache?verbose=1"),
  ];
  for (const { status, json } of unknown) assert.deepEqual([status, json.code], [400, "UNKNOWN_FIELD"]);
});

test("a library that is open for reading only is neither vacuumed nor does it lose its cache", async (t) => {
  const reading = await openEngine({ library: engine.library, readOnly: true, crossEncoder: null });
  t.after(() => reading.close());
  const readOnly = await startServer(t, reading);
  const refused = [
    await readOnly.ask("/v1/vacuum", { json: {} }),
    await readOnly.ask("/v1/cache", { method: "DELETE" }),
  ];
  for (const { status, json } of refused) assert.deepEqual([status, json.code], [403, "LIBRARY_READ_ONLY"]);
  assert.equal((await readOnly.ask("/v1/cache")).status, 200);
});
