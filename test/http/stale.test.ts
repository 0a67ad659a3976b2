// /v1/stale.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { stalePageSchema, staleReportSchema } from "../../src/http/stale-schema.js";
import { temporaryFolder } from "../temporary-folder.js";
import { documents, startEverything } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

const { engine, server } = await startEverything({ after });

test("documents are listed with their policies, those that are due alone unless all are asked for", async () => {
  const put = { method: "PUT", json: { text: "Kept as it is.", staleness: "never" } };
  assert.equal((await server.ask("/v1/documents/kept", put)).status, 200);
  const due = checkedAnswer(stalePageSchema, (await server.ask("/v1/stale")).json);
  assert.deepEqual([due.documents, due.total], [[], 0]);
  const all = checkedAnswer(stalePageSchema, (await server.ask("/v1/stale?all=true&limit=2")).json);
  assert.deepEqual([all.documents.length, all.total], [2, documents.length + 1]);
  const kept = checkedAnswer(stalePageSchema, (await server.ask("/v1/stale?all=true")).json).documents.find(
    ({ id }) => id === "kept",
  );
  assert.deepEqual([kept?.policy, kept?.why], ["never", "given with the document"]);
});

test("a run reads what is due again and says what came of it", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "live.md");
  writeFileSync(file, "---\nstaleness: on_change\n---\n# Live\n\nTrains leave from platform four.\n");
  await engine.ingestPaths([file]);
  writeFileSync(file, "---\nstaleness: on_change\n---\n# Live\n\nFerries leave from the old harbour.\n");
  assert.equal((await server.ask("/v1/stale")).json.total, 1);
  const report = checkedAnswer(staleReportSchema, (await server.ask("/v1/stale/run", { json: {} })).json);
  assert.deepEqual([report.due, report.files.read, report.documents.written], [1, 1, 1]);
  assert.equal((await server.ask("/v1/stale")).json.total, 0);
});

test("what is not known is refused", async () => {
  const unknown = [
    await server.ask("/v1/stale?policy=weekly"),
    await server.ask("/v1/stale/run", { json: { model: "another" } }),
  ];
  for (const { status, json } of unknown) assert.deepEqual([status, json.code], [400, "UNKNOWN_FIELD"]);
  const put = { method: "PUT", json: { text: "x", staleness: "sometimes" } };
  assert.equal((await server.ask("/v1/documents/x", put)).json.code, "INVALID_INPUT");
});
