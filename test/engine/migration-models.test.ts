// Migrations to a model that cannot be opened, or cannot any more.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openEngine } from "../../src/engine/index.js";
import { coded, openTemporary } from "../end-to-end/temporary.js";
import { otherModels } from "./other-models.js";

const documents = Array.from({ length: 3 }, (_, i) => ({
  id: `note-${i}`,
  text: `Note ${i} tells of sourdough bread.`,
}));
const weights = "onnx/model_quantized.onnx";

test("a model whose files have changed leaves no migration behind", async (t) => {
  const models = otherModels();
  const path = join(models, "other-embed-en", weights);
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  writeFileSync(path, bytes);
  const engine = await openTemporary(t, { models: [models], crossEncoder: null });
  await engine.put(documents);
  await assert.rejects(engine.migration.start({ model: "other-embed-en" }), coded("MODEL_ALTERED"));
  assert.equal((await engine.migration.status())?.state, "ended");
  assert.equal((await engine.migration.start({ maxTokens: 64 })).target?.chunking.maxTokens, 64);
  assert.equal((await engine.migration.promote()).state, "promoted");
});

test("where the new model is gone the migration rests and says why, searches go on, and it can be finished", async (t) => {
  const models = otherModels();
  const first = await openTemporary(t, { models: [models], crossEncoder: null, migration: { load: 0.001 } });
  const { library } = first;
  await first.put(documents);
  await first.migration.start({ model: "other-embed-en" });
  await first.migration.split(100);
  await first.put([{ id: "late", text: "A late word on walruses." }]);
  await first.close();
  rmSync(models, { recursive: true });

  const notices: string[] = [];
  const onNotice = (notice: string) => void notices.push(notice);
  const engine = await openEngine({ library, crossEncoder: null, onNotice });
  t.after(() => engine.close());
  assert.match(notices.join(), /^The migration under way rests, .*No model "other-embed-en"/);
  const { hits } = await engine.search({ query: "walruses" });
  assert.equal(hits[0]?.id, "late");
  await engine.put([{ id: "later", text: "An even later word." }]);
  const status = await engine.migration.status();
  assert.equal(status?.state, "filling");
  assert.match(status.target?.model ?? "", /^other-embed-en@/);
  assert.match(status.failing?.error ?? "", /No model "other-embed-en"/);
  for (const verb of [() => engine.migration.split(50), () => engine.migration.promote()]) {
    await assert.rejects(verb(), coded("MIGRATION_INCOMPLETE", /could not be opened: No model "other-embed-en"/));
  }
  assert.equal((await engine.migration.finish()).state, "ended");
  assert.equal((await engine.migration.start({ maxTokens: 64 })).failing, null);
});
