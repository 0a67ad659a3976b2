// Brings a Hugging Face folder into a catalogue: copies what the engine needs, writes the manifest, and only then gives
// the model its place.

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LodestoneError } from "../errors.js";
import { describeModel } from "./describe-model.js";
import { chooseGraph, inferRole, queryWeightsFile } from "./infer-manifest.js";
import { isModelName, type ModelRole } from "./manifest.js";
import { type Model, modelOf } from "./model.js";
import { type ModelFolderContents, originOf, readModelFolder } from "./model-folder.js";
import { copyFiles, manifestName, swapIn, writeManifest } from "./place-model.js";

export type ImportOptions = {
  /** Default: the folder's own name. */
  name?: string;
  /** Default: read off the folder. */
  role?: ModelRole;
  /** One of the folder's .onnx files. Default: model_quantized.onnx, else model.onnx. */
  modelFile?: string;
  /** Other fields of the manifest, where the folder does not state them or states them wrongly. */
  fields?: Record<string, unknown>;
  /** Whether a model of that name may be replaced. Default false. */
  replace?: boolean;
};

/**
 * Imports `source` as `<into>/<name>`. A folder that already lies there gets its manifest only. Throws PATH_NOT_FOUND,
 * MODEL_INVALID where the folder is no usable model, INVALID_INPUT where an option is wrong or the name is taken.
 */
export async function importModel(source: string, into: string, options: ImportOptions = {}): Promise<Model> {
  const folder = readModelFolder(source);
  expectModel(folder);
  const name = options.name ?? originOf(folder).name;
  const fields = options.fields ?? {};
  expectName(name);
  expectOpenFields(fields);
  const role = options.role ?? inferRole(folder);
  const modelFile = chooseGraph(folder, options.modelFile);
  const files = folder.files.filter((path) => belongs(path, modelFile));
  const target = join(into, name);
  const inPlace = folder.directory === target;
  if (!options.replace) expectFree(inPlace ? join(target, manifestName) : target, name);

  const staged = inPlace ? target : join(into, `.importing-${name}`);
  try {
    if (!inPlace) await copyFiles(folder.directory, staged, files);
    const manifest = await describeModel(folder, { name, role, modelFile, files, staged, fields });
    await writeManifest(staged, manifest);
    if (!inPlace) await swapIn(staged, target);
    return modelOf(manifest, target);
  } catch (error) {
    if (!inPlace) await rm(staged, { recursive: true, force: true });
    throw error;
  }
}

const companions = new Set([
  "config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "modules.json",
  "sentence_bert_config.json",
  "config_sentence_transformers.json",
  "1_Pooling/config.json",
  queryWeightsFile,
]);

// The graph with the weights that it keeps beside itself (model.onnx_data, model.onnx.data), the files that describe it,
// its card and licence. Other graphs and PyTorch weights stay behind.
function belongs(path: string, modelFile: string): boolean {
  const isDocument = /^(README|LICEN[CS]E|NOTICE|TRAINING_DATA)(\.\w+)?$/i.test(path);
  return companions.has(path) || path.startsWith(modelFile) || isDocument;
}

function expectModel({ directory, files }: ModelFolderContents): void {
  for (const needed of ["config.json", "tokenizer.json"]) {
    if (files.includes(needed)) continue;
    throw new LodestoneError(
      "MODEL_INVALID",
      `${directory} has no ${needed}. Copy the whole folder of the model as it is on the hub.`,
      { detail: { directory, file: needed } },
    );
  }
}

function expectName(name: string): void {
  if (isModelName(name)) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    `"${name}" cannot name a model: use 1 to 100 letters, digits, dots, dashes and underscores. Give "name" to the import.`,
    { detail: { name } },
  );
}

function expectOpenFields(fields: Record<string, unknown>): void {
  const decided = ["format", "name", "role", "modelFile", "files"].filter((field) => field in fields);
  if (decided.length === 0) return;
  throw new LodestoneError("INVALID_INPUT", `"${decided.join('", "')}" is not among the fields that can be given.`);
}

function expectFree(path: string, name: string): void {
  if (!existsSync(path)) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    `There is already a model "${name}" (${path}). Import under another name, or with --replace.`,
    { detail: { name, path } },
  );
}
