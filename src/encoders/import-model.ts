// Brings a Hugging Face folder into a catalogue: copies what the engine needs, opens the graph once to see what it puts
// out, writes the manifest with the SHA-256 of every file. The model appears whole or not at all: everything is made in
// a folder beside it, which is then renamed.

import { existsSync } from "node:fs";
import { copyFile, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LodestoneError } from "../errors.js";
import { startWorker } from "../threads/worker-client.js";
import * as infer from "./infer-manifest.js";
import { isModelName, type Manifest, type ModelRole, parseManifest } from "./manifest.js";
import { type Model, modelOf } from "./model.js";
import { hashFile } from "./model-files.js";
import { type ModelFolderContents, originOf, readModelFolder } from "./model-folder.js";
import type { GraphReport, ProbeVerbs, ProbeWorkerData } from "./probe-worker.js";

export type ImportOptions = {
  /** Default: the folder's own name. */
  name?: string;
  /** Default: read off the folder. */
  role?: ModelRole;
  /** One of the folder's .onnx files. Default: model_quantized.onnx, else model.onnx. */
  modelFile?: string;
  /** Fields of the manifest that the folder does not state, or states wrongly. */
  fields?: Record<string, unknown>;
  /** Whether a model of that name may be replaced. Default false. */
  replace?: boolean;
};

/**
 * Imports `source` as `<into>/<name>`. A folder that already lies there gets its manifest only. Throws PATH_NOT_FOUND,
 * MODEL_INVALID where the folder is no usable model, INVALID_INPUT where the name is taken.
 */
export async function importModel(source: string, into: string, options: ImportOptions = {}): Promise<Model> {
  const folder = readModelFolder(source);
  for (const needed of ["config.json", "tokenizer.json"]) {
    if (!folder.files.includes(needed)) {
      throw new LodestoneError(
        "MODEL_INVALID",
        `${folder.directory} has no ${needed}. Copy the whole folder of the model as it is on the hub.`,
        {
          detail: { directory: folder.directory, file: needed },
        },
      );
    }
  }
  const origin = originOf(folder);
  const name = options.name ?? origin.name;
  if (!isModelName(name)) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `"${name}" cannot name a model: use 1 to 100 letters, digits, dots, dashes and underscores. Give "name" to the import.`,
      { detail: { name } },
    );
  }
  const target = join(into, name);
  const role = options.role ?? infer.inferRole(folder);
  const modelFile = infer.chooseGraph(folder, options.modelFile);
  const files = folder.files.filter((path) => belongs(path, modelFile));
  const inPlace = folder.directory === target;
  expectFree(inPlace ? join(target, manifestName) : target, name, options.replace ?? false);

  const staged = inPlace ? target : join(into, `.importing-${name}`);
  try {
    if (!inPlace) await copyFiles(folder.directory, staged, files);
    const manifest = await describe(folder, {
      staged,
      files,
      modelFile,
      role,
      name,
      origin,
      fields: options.fields ?? {},
    });
    await writeManifest(staged, manifest);
    if (!inPlace) await swapIn(staged, target);
    return modelOf(manifest, target);
  } catch (error) {
    if (!inPlace) await rm(staged, { recursive: true, force: true });
    throw error;
  }
}

export const manifestName = "manifest.json";

const companions = new Set([
  "config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "modules.json",
  "sentence_bert_config.json",
  "config_sentence_transformers.json",
  "1_Pooling/config.json",
]);

// The graph with the weights that it keeps beside itself (model.onnx_data, model.onnx.data), the files that describe it,
// its card and licence. Other graphs and PyTorch weights stay behind.
function belongs(path: string, modelFile: string): boolean {
  return (
    companions.has(path) ||
    path.startsWith(modelFile) ||
    /^(README|LICEN[CS]E|NOTICE|TRAINING_DATA)(\.\w+)?$/i.test(path)
  );
}

type Described = {
  staged: string;
  files: readonly string[];
  modelFile: string;
  role: ModelRole;
  name: string;
  origin: { revision: string; source?: string };
  fields: Record<string, unknown>;
};

async function describe(folder: ModelFolderContents, described: Described): Promise<Manifest> {
  const { staged, files, modelFile, role, name, origin, fields } = described;
  const records: Manifest["files"] = {};
  for (const path of files) records[path] = await hashFile(join(staged, path));
  const pooling = role === "bi-encoder" ? ((fields.pooling as undefined) ?? infer.inferPooling(folder)) : undefined;
  const hasTokenizerConfig = files.includes("tokenizer_config.json");
  const report = await probe({ directory: staged, modelFile, hasTokenizerConfig, role, pooling });
  const json = {
    format: 1,
    name,
    revision: origin.revision,
    role,
    ...(origin.source ? { source: origin.source } : {}),
    licence: infer.inferLicence(folder),
    quantization: infer.inferQuantization(modelFile),
    modelFile,
    maxTokens: fields.maxTokens ?? infer.inferMaxTokens(folder),
    ...(role === "cross-encoder" ? {} : infer.inferPrefixes(folder)),
    ...(role === "bi-encoder" ? vectorFields(folder, report, pooling) : {}),
    ...fields,
    files: records,
  };
  if (role === "cross-encoder") expectOneRelevance(folder, report);
  return parseManifest(json, join(staged, manifestName));
}

function vectorFields(
  folder: ModelFolderContents,
  { output, shape }: GraphReport,
  pooling: string | undefined,
): Record<string, unknown> {
  const pooledByGraph = shape.length === 2;
  if (!pooledByGraph && pooling === undefined) {
    throw infer.undecided(
      folder,
      "how its token vectors become one",
      `its output "${output}" holds a vector for each token`,
      "pooling",
    );
  }
  if (!pooledByGraph && infer.hasDenseLayer(folder)) {
    throw new LodestoneError(
      "MODEL_INVALID",
      `${folder.directory} has a Dense layer after pooling, which its graph lacks. Export it with sentence-transformers' own exporter (output "sentence_embedding").`,
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
  const worker = await startWorker<ProbeVerbs>(new URL("./probe-worker.js", import.meta.url), data, "model probe");
  try {
    return await worker.call("report", null);
  } finally {
    await worker.close();
  }
}

function expectFree(path: string, name: string, replace: boolean): void {
  if (replace || !existsSync(path)) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    `There is already a model "${name}" (${path}). Import under another name, or with --replace.`,
    {
      detail: { name, path },
    },
  );
}

async function copyFiles(from: string, to: string, files: readonly string[]): Promise<void> {
  await rm(to, { recursive: true, force: true });
  for (const path of files) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyFile(join(from, path), join(to, path));
    await flush(join(to, path));
  }
}

async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const path = join(directory, manifestName);
  const beside = `${path}.new`;
  const handle = await open(beside, "w");
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, path);
  await flush(directory);
}

async function swapIn(staged: string, target: string): Promise<void> {
  const replaced = `${staged}.replaced`;
  await rm(replaced, { recursive: true, force: true });
  const replaces = existsSync(target);
  if (replaces) await rename(target, replaced);
  try {
    await rename(staged, target);
  } catch (error) {
    if (replaces) await rename(replaced, target);
    throw error;
  }
  await flush(dirname(target));
  await rm(replaced, { recursive: true, force: true });
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
