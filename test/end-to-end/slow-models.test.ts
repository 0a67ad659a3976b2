// Models that are really slow: a search is answered all the same, says what it lacks, and has it when it is asked again.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openCatalogue } from "../../src/encoders/catalogue.js";
import type { ModelRole } from "../../src/encoders/manifest.js";
import type { Graph } from "../encoders/onnx-writer.js";
import { slowed } from "../encoders/slow-graph.js";
import { modelFiles, pairLogits, tokenVectors, writeFiles } from "../encoders/tiny-models.js";
import { wordPiece } from "../encoders/tiny-tokenizers.js";
import { temporaryFolder } from "../temporary-folder.js";
import { openTemporary } from "./temporary.js";

const products = 6;
const tokenizer = wordPiece(["harbour", "valley", "lantern"]);
const documents = [
  { id: "coast", text: "Harbour lantern." },
  { id: "inland", text: "Valley lantern." },
];

/** A folder with one bi-encoder and one cross-encoder, each slow or not. */
async function modelFolder(slow: Record<ModelRole & ("bi-encoder" | "cross-encoder"), boolean>): Promise<string> {
  const folder = temporaryFolder();
  const graphs: [ModelRole & keyof typeof slow, Graph, object][] = [
    ["bi-encoder", tokenVectors(), { pooling: "mean" }],
    ["cross-encoder", pairLogits(1), {}],
  ];
  for (const [role, graph, fields] of graphs) {
    const files = modelFiles(slow[role] ? slowed(graph, products) : graph, {}, tokenizer);
    const source = writeFiles(join(folder, "sources", role), files);
    await openCatalogue([join(folder, "models")]).importFolder(source, { role, fields: { ...fields } });
  }
  return join(folder, "models");
}

const stagesOf = (degraded: readonly { stage: string }[]) => degraded.map(({ stage }) => stage);

test("a slow bi-encoder leaves the answer to words; the vector that it gave too late serves the next time", async (t) => {
  const models = await modelFolder({ "bi-encoder": true, "cross-encoder": false });
  const engine = await openTemporary(t, { models: [models], biEncoder: "bi-encoder", crossEncoder: null });
  await engine.put(documents);

  const request = { query: "harbour", limits: { embedMs: 20 }, feedback: false as const, explain: true };
  const late = await engine.search(request);
  assert.deepEqual(stagesOf(late.degraded), ["embed"]);
  assert.match(late.degraded[0]!.reason, /it took longer than 20 ms/);
  assert.deepEqual(
    late.hits.map(({ id, explain }) => [id, explain!.dense]),
    [["coast", undefined]],
  );

  const patient = await engine.search({ ...request, limits: { embedMs: 60_000 } });
  assert.deepEqual(patient.degraded, []);
  const known = await engine.search(request);
  assert.deepEqual(known.degraded, []);
  assert.ok(known.hits.every(({ explain }) => explain!.dense !== undefined));
});

test("a slow cross-encoder leaves the order of the fusion", async (t) => {
  const models = await modelFolder({ "bi-encoder": false, "cross-encoder": true });
  const engine = await openTemporary(t, { models: [models], biEncoder: "bi-encoder", crossEncoder: "cross-encoder" });
  await engine.put(documents);

  const fused = await engine.search({ query: "lantern", rerank: false });
  const late = await engine.search({ query: "lantern", limits: { rerankMs: 20 }, explain: true });
  assert.deepEqual(stagesOf(late.degraded), ["rerank"]);
  assert.deepEqual(
    late.hits.map(({ id, explain }) => [id, explain!.rerank]),
    fused.hits.map(({ id }) => [id, undefined]),
  );

  const patient = await engine.search({ query: "lantern", limits: { rerankMs: 60_000 }, explain: true });
  assert.deepEqual(patient.degraded, []);
  assert.ok(patient.hits.length === 2 && patient.hits.every(({ explain }) => explain!.rerank !== undefined));
});
