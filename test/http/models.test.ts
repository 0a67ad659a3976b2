// GET /v1/models over a library with a folder of models of its own.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openEngine } from "../../src/engine/index.js";
import { modelsSchema } from "../../src/http/models.js";
import { importSparse } from "../encoders/tiny-sparse.js";
import { temporaryFolder } from "../temporary-folder.js";
import { startServer } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

test("installed models are listed with their lengths of vectors, also what was brought in since, and none that is broken", async (t) => {
  const models = join(temporaryFolder(), "models");
  const engine = await openEngine({ library: join(temporaryFolder(), "library"), models: [models] });
  t.after(() => engine.close());
  const server = await startServer(t, engine);
  const listed = async () => checkedAnswer(modelsSchema, (await server.ask("/v1/models")).json).models;
  const names = async () => (await listed()).map(({ role, name }) => `${role} ${name}`);
  const before = await names();
  assert.deepEqual(before, ["bi-encoder minilex-embed-en", "cross-encoder minilex-rerank-en"]);

  await importSparse(models, "tiny-sparse", { key: { key: 3 } });
  mkdirSync(join(models, "broken"));
  writeFileSync(join(models, "broken", "manifest.json"), "{");
  assert.deepEqual(await names(), [...before, "sparse-encoder tiny-sparse"]);
  const [biEncoder, crossEncoder] = await listed();
  assert.deepEqual([biEncoder?.dimensions[0], crossEncoder?.dimensions], [512, []]);
  assert.equal(biEncoder?.version, (await engine.status()).models.biEncoder);
  assert.equal((await server.ask("/v1/models?role=x")).status, 400);
});
