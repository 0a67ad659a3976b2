import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import type { Manifest } from "../../src/encoders/manifest.js";
import { sessionBudget } from "../../src/encoders/session-budget.js";
import { temporaryFolder } from "../temporary-folder.js";
import { writeFiles } from "./tiny-models.js";

const unasked = { threads: undefined, maxBatchTokens: undefined };

function modelWith(config: object) {
  const directory = temporaryFolder();
  const content = Buffer.from(JSON.stringify(config));
  writeFiles(directory, { "config.json": content });
  const record = { sha256: createHash("sha256").update(content).digest("hex"), bytes: content.length };
  return { directory, manifest: { files: { "config.json": record } } as unknown as Manifest };
}

test("a model without layers gets one thread and batches that fit the caches", () => {
  const model = modelWith({ num_hidden_layers: 0, hidden_size: 512 });
  assert.deepEqual(sessionBudget(model, unasked, 2400), { threads: 1, maxBatchTokens: 2400 });
});

test("a transformer gets all cores, and the smaller batches the larger it is", () => {
  const threads = availableParallelism();
  const tiny = modelWith({ num_hidden_layers: 3, hidden_size: 128 });
  const small = modelWith({ num_hidden_layers: 4, hidden_size: 384 });
  const base = modelWith({ num_hidden_layers: 12, hidden_size: 768 });
  assert.deepEqual(sessionBudget(tiny, unasked, 2400), { threads, maxBatchTokens: 2400 });
  // 10^10 / (24 * 4 * 384^2)
  assert.deepEqual(sessionBudget(small, unasked, 2400), { threads, maxBatchTokens: 706 });
  assert.deepEqual(sessionBudget(base, unasked, 2400), { threads, maxBatchTokens: 512 });
});

test("a model whose configuration says nothing counts as one of the usual size", () => {
  const threads = availableParallelism();
  assert.deepEqual(sessionBudget(modelWith({}), unasked, 2400), { threads, maxBatchTokens: 512 });
});

test("what the caller asks for counts", () => {
  const model = modelWith({ num_hidden_layers: 0 });
  const asked = { threads: 3, maxBatchTokens: 99 };
  assert.deepEqual(sessionBudget(model, asked, 2400), asked);
});
