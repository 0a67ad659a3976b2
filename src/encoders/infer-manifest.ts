// What a Hugging Face folder says of its model, in the files that the tools of the hub write. Everything here can be
// overruled by the caller of the import; what a folder does not say is asked for instead of guessed.

import { LodestoneError } from "../errors.js";
import type { ModelRole, Pooling, Quantization } from "./manifest.js";
import { familyOf } from "./model-families.js";
import type { ModelFolderContents } from "./model-folder.js";

/** By the modules of sentence-transformers first: a bi-encoder's config.json often still says ForMaskedLM. */
export function inferRole(folder: ModelFolderContents): ModelRole {
  const modules = moduleTypes(folder);
  if (modules.some((type) => /Splade|MLMTransformer|SparseAutoEncoder/.test(type))) return "sparse-encoder";
  if (modules.length > 0 || folder.files.includes("1_Pooling/config.json")) return "bi-encoder";
  const architectures = stringsOf(folder.json("config.json")?.architectures);
  if (architectures.some((name) => name.endsWith("ForSequenceClassification"))) return "cross-encoder";
  if (architectures.some((name) => name.endsWith("ForMaskedLM")) && !familyOf(namesOf(folder))) return "sparse-encoder";
  if (architectures.length > 0) return "bi-encoder";
  throw undecided(folder, "what the model is for", "its config.json has no architectures", "role");
}

// "none" is found later, on the graph itself.
export function inferPooling(folder: ModelFolderContents): Pooling | undefined {
  const modes = folder.json("1_Pooling/config.json");
  if (modes) {
    if (modes.pooling_mode_cls_token === true || modes.pooling_mode === "cls") return "cls";
    if (modes.pooling_mode_mean_tokens === true || modes.pooling_mode === "mean") return "mean";
    if (modes.pooling_mode_lasttoken === true || modes.pooling_mode === "lasttoken") return "last";
    throw undecided(
      folder,
      "a pooling this engine has (mean, cls, last)",
      "1_Pooling/config.json asks for another",
      "pooling",
    );
  }
  const stated = folder.json("config.json")?.pooling;
  const known = ["mean", "cls", "last", "none"] as const;
  return known.find((pooling) => pooling === stated) ?? familyOf(namesOf(folder))?.pooling;
}

export function inferPrefixes(folder: ModelFolderContents): { queryPrefix: string; passagePrefix: string } {
  const prompts = folder.json("config_sentence_transformers.json")?.prompts as Record<string, unknown> | undefined;
  const config = folder.json("config.json") ?? {};
  const family = familyOf(namesOf(folder));
  const firstText = (...candidates: unknown[]) =>
    candidates.find((text) => typeof text === "string" && text !== "") as string | undefined;
  return {
    queryPrefix: firstText(prompts?.query, config.query_prefix) ?? family?.queryPrefix ?? "",
    passagePrefix:
      firstText(prompts?.passage, prompts?.document, prompts?.corpus, config.document_prefix, config.passage_prefix) ??
      family?.passagePrefix ??
      "",
  };
}

export function inferMaxTokens(folder: ModelFolderContents): number {
  const config = folder.json("config.json") ?? {};
  // RoBERTa and its kin number positions from the padding id + 1 on, so two of their embeddings are never used.
  const offset = /^(roberta|xlm-roberta|camembert|mpnet)$/.test(String(config.model_type)) ? 2 : 0;
  const stated = [
    folder.json("sentence_bert_config.json")?.max_seq_length,
    folder.json("tokenizer_config.json")?.model_max_length,
    typeof config.max_position_embeddings === "number" ? config.max_position_embeddings - offset : undefined,
  ].filter((tokens): tokens is number => typeof tokens === "number" && tokens >= 8 && tokens <= 1_000_000);
  if (stated.length > 0) return Math.floor(Math.min(...stated));
  throw undecided(folder, "how long its inputs may be", "no file states it", "maxTokens");
}

export function inferMatryoshka(folder: ModelFolderContents, dimensions: number): number[] | undefined {
  const stated = folder.json("config.json")?.matryoshka_dims ?? folder.json("config.json")?.matryoshka_dimensions;
  const widths = Array.isArray(stated)
    ? stated.filter((width): width is number => Number.isInteger(width) && width > 0 && width <= dimensions)
    : [];
  return widths.length > 0 ? [...new Set(widths)].sort((a, b) => b - a) : undefined;
}

/** Where models whose queries need no inference keep the weights of tokens (OpenSearch's sparse encoders). */
export const queryWeightsFile = "idf.json";

/** The "license" of the model card's front matter. */
export function inferLicence(folder: ModelFolderContents): string {
  const header = /^---\n([\s\S]*?)\n---/.exec(folder.text("README.md") ?? "")?.[1] ?? "";
  return /^license:\s*["']?([^"'\n]+?)["']?\s*$/m.exec(header)?.[1] ?? "not stated";
}

/** A Dense layer after pooling, as in some sentence-transformers models, is not part of an ordinary export. */
export function hasDenseLayer(folder: ModelFolderContents): boolean {
  return moduleTypes(folder).some((type) => type.endsWith(".Dense"));
}

// Quantised first: half to a quarter of the size and faster on a CPU, for a loss that retrieval hardly shows.
const preferredGraphs = [
  "model_quantized",
  "model",
  "model_int8",
  "model_uint8",
  "model_fp16",
  "model_q4",
  "model_q4f16",
  "model_bnb4",
];

/** The graph to run: the one asked for, else by preference, else the only one. */
export function chooseGraph(folder: ModelFolderContents, asked: string | undefined): string {
  const graphs = folder.files.filter((path) => path.endsWith(".onnx"));
  if (asked !== undefined) {
    const found = graphs.find((path) => path === asked || path === `onnx/${asked}`);
    if (found) return found;
  } else {
    for (const name of preferredGraphs) {
      const found = graphs.find((path) => path === `onnx/${name}.onnx` || path === `${name}.onnx`);
      if (found) return found;
    }
    if (graphs.length === 1) return graphs[0] as string;
  }
  const there = graphs.length > 0 ? `It has ${graphs.join(", ")}.` : "It has no .onnx file.";
  throw new LodestoneError(
    "MODEL_INVALID",
    `${folder.directory} has no graph ${asked ?? "to choose"}. ${there} Name one with "modelFile", or export the model to onnx/model.onnx.`,
    {
      detail: { directory: folder.directory, graphs },
    },
  );
}

export function inferQuantization(modelFile: string): Quantization {
  const suffix = /_(?:q?(u?int8)|(quantized)|(fp16|bf16|q4f16|q4|bnb4))[^/]*\.onnx$/.exec(modelFile);
  return (suffix?.[1] ?? (suffix?.[2] ? "int8" : suffix?.[3]) ?? "fp32") as Quantization;
}

export function undecided(folder: ModelFolderContents, what: string, why: string, field: string): LodestoneError {
  return new LodestoneError(
    "MODEL_INVALID",
    `${folder.directory} does not tell ${what}: ${why}. Give "${field}" to the import.`,
    {
      detail: { directory: folder.directory, field },
    },
  );
}

function moduleTypes(folder: ModelFolderContents): string[] {
  return folder.jsonList("modules.json").map(({ type }) => String(type));
}

function namesOf(folder: ModelFolderContents): string[] {
  const stated = folder.json("config.json")?._name_or_path;
  return [folder.directory, ...(typeof stated === "string" ? [stated] : [])];
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
