// The manifest of a folder: what its files say, what its graph puts out for one text, and the SHA-256 of every file.

import { join } from "node:path";
import { LodestoneError } from "../errors.js";
import { hashFile } from "../files/index.js";
import { startWorker } from "../threads/worker-client.js";
import * as infer from "./infer-manifest.js";
import { type Manifest, type ModelRole, parseManifest } from "./manifest.js";
import { type ModelFolderContents, originOf } from "./model-folder.js";
import { onnxStackMb } from "./onnx-stack.js";
import { manifestName } from "./place-model.js";
import type { GraphReport, ProbeVerbs, ProbeWorkerData } from "./probe-worker.js";

export type Described = {
  name: string;
  role: ModelRole;
  modelFile: string;
  /** The files of the model, which lie in `staged` by now. */
  files: readonly string[];
  staged: string;
  /** Fields that the caller gave. */
  fields: Record<string, unknown>;
};

export async function describeModel(
  folder: ModelFolderContents,
  { name, role, modelFile, files, staged, fields }: Described,
): Promise<Manifest> {
  const records: Manifest["files"] = {};
  for (const path of files) records[path] = await hashFile(join(staged, path));
  const pooling = role === "bi-encoder" ? (poolingOf(fields) ?? infer.inferPooling(folder)) : undefined;
  const hasTokenizerConfig = files.includes("tokenizer_config.json");
  const report = await probe({ directory: staged, modelFile, hasTokenizerConfig, role, pooling });
  if (role === "cross-encoder") expectOneRelevance(folder, report);
  const { revision, source } = originOf(folder);
  const json = {
    format: 1,
    name,
    revision,
    role,
    ...(source ? { source } : {}),
    licence: infer.inferLicence(folder),
    quantization: infer.inferQuantization(modelFile),
    modelFile,
    maxTokens: fields.maxTokens ?? infer.inferMaxTokens(folder),
    ...(role === "cross-encoder" ? {} : infer.inferPrefixes(folder)),
    ...(role === "bi-encoder" ? vectorFields(folder, report, pooling) : {}),
    ...(role === "sparse-encoder" && files.includes(infer.queryWeightsFile)
      ? { queryWeights: infer.queryWeightsFile }
      : {}),
    ...fields,
    files: records,
  };
  return parseManifest(json, join(staged, manifestName));
}

function poolingOf({ pooling }: Record<string, unknown>): ProbeWorkerData["pooling"] {
  return (["mean", "cls", "last", "none"] as const).find((known) => known === pooling);
}

function vectorFields(
  folder: ModelFolderContents,
  { output, shape }: GraphReport,
  pooling: string | undefined,
): Record<string, unknown> {
  const pooledByGraph = shape.length === 2;
  if (!pooledByGraph && pooling === undefined) {
    const why = `its output "${output}" holds a vector for each token`;
    throw infer.undecided(folder, "how its token vectors become one", why, "pooling");
  }
  if (!pooledByGraph && infer.hasDenseLayer(folder)) {
    throw new LodestoneError(
      "MODEL_INVALID",
      `${folder.directory} has a Dense layer after pooling, which its graph lacks. ` +
        `Export it with sentence-transformers' own exporter (output "sentence_embedding").`,
    );
  }
  const dimensions = shape.at(-1) ?? 0;
  const matryoshkaDimensions = infer.inferMatryoshka(folder, dimensions);
  return {
    dimensions,
    pooling: pooledByGraph ? "none" : pooling,
    normalise: true,
    ...(matryoshkaDimensions ? { matryoshkaDimensions } : {}),
  };
}

function expectOneRelevance(folder: ModelFolderContents, { shape }: GraphReport): void {
  const labels = shape.length === 1 ? 1 : (shape[1] ?? 0);
  if (shape.length <= 2 && labels <= 2) return;
  throw new LodestoneError(
    "MODEL_INVALID",
    `${folder.directory} gives ${labels} labels a pair; a cross-encoder for ranking gives one or two logits.`,
  );
}

async function probe(data: ProbeWorkerData): Promise<GraphReport> {
  const worker = await startWorker<ProbeVerbs>(new URL("./probe-worker.js", import.meta.url), data, "model probe", {
    stackSizeMb: onnxStackMb,
  });
  try {
    return await worker.call("report", null);
  } finally {
    await worker.close();
  }
}
