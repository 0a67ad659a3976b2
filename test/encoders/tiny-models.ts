// Model folders in the Hugging Face layout with graphs of a few rows, whose outputs a test can compute by hand.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openCatalogue } from "../../src/encoders/catalogue.js";
import type { ModelRole } from "../../src/encoders/manifest.js";
import type { Model, ModelOf } from "../../src/encoders/model.js";
import { temporaryFolder } from "../temporary-folder.js";
import { type Constant, castTo, type Graph, type Operation, onnxFile, type Value } from "./onnx-writer.js";
import { type TokenizerFiles, wordPiece } from "./tiny-tokenizers.js";

export type Files = Record<string, string | Uint8Array | object>;

/** Writes files below `folder`; objects as JSON. */
export function writeFiles(folder: string, files: Files): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    const raw = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(join(folder, path), raw ? content : JSON.stringify(content, null, 2));
  }
  return folder;
}

/** The files of a model, its graph as onnx/model.onnx unless `files` brings one. */
export function modelFiles(
  graph: Graph,
  config: object,
  tokenizer: TokenizerFiles = wordPiece(),
  files: Files = {},
): Files {
  return {
    "config.json": { num_hidden_layers: 0, hidden_size: width, max_position_embeddings: 32, ...config },
    "tokenizer.json": tokenizer.definition,
    "tokenizer_config.json": tokenizer.config,
    "onnx/model.onnx": onnxFile(graph).model,
    ...files,
  };
}

export const width = 8;
const rows = 400;

/** The embedding of a token in every tiny graph: row `id`, small different numbers of both signs. */
export function rowOf(id: number): number[] {
  return Array.from({ length: width }, (_, d) => Math.fround(Math.sin(id * 12.9898 + d * 78.233) * (1 + (id % 3))));
}

/** What segment 1 adds to a token. */
export const segmentRow: readonly number[] = Array.from({ length: width }, (_, d) => (d === 0 ? 0.5 : 0));

/** Imports a tiny model into a folder of its own. */
export async function tinyModel<R extends ModelRole>(
  role: R,
  graph: Graph,
  fields: Record<string, unknown> = {},
  tokenizer?: TokenizerFiles,
  files?: Files,
): Promise<ModelOf<R>> {
  const folder = temporaryFolder();
  writeFiles(join(folder, "tiny"), modelFiles(graph, {}, tokenizer, files));
  const catalogue = openCatalogue([join(folder, "models")]);
  await catalogue.importFolder(join(folder, "tiny"), { role, fields });
  return catalogue.find(role);
}

/** The model with another graph under the manifest of the first, as after a careless update. */
export function withGraph<M extends Model>(model: M, graph: Graph): M {
  const content = onnxFile(graph).model;
  writeFileSync(join(model.directory, model.manifest.modelFile), content);
  const record = { sha256: createHash("sha256").update(content).digest("hex"), bytes: content.length };
  const files = { ...model.manifest.files, [model.manifest.modelFile]: record };
  return { ...model, manifest: { ...model.manifest, files } };
}

type Integer = "int64" | "int32";

const idInput = (name: string, type: Integer): Value => ({ name, type, shape: ["batch", "length"] });
const table: Constant = {
  name: "table",
  values: Float32Array.from(Array.from({ length: rows }, (_, id) => rowOf(id)).flat()),
  shape: [rows, width],
};
const integers = (name: string, ...values: number[]): Constant => ({
  name,
  values: BigInt64Array.from(values, BigInt),
  shape: [values.length],
});

type TokenVectorOptions = {
  /** Adds the row of a token's segment. */
  segments?: boolean;
  /** Adds a token's position to each of its numbers. */
  positions?: boolean;
  type?: Integer;
  output?: string;
  /** The id of a token whose row holds NaN. */
  poison?: number;
};

/** Token vectors: one row of the table a token. */
export function tokenVectors(options: TokenVectorOptions = {}): Graph {
  const { segments = false, positions = false, type = "int64", output = "last_hidden_state", poison } = options;
  const values = table.values.slice() as Float32Array;
  if (poison !== undefined) values[poison * width] = Number.NaN;
  const segmentTable: Constant = {
    name: "segments",
    values: Float32Array.from([...new Array(width).fill(0), ...segmentRow]),
    shape: [2, width],
  };
  const graph: Graph = {
    inputs: [idInput("input_ids", type), idInput("attention_mask", type)],
    outputs: [{ name: output, type: "float32", shape: ["batch", "length", width] }],
    constants: [{ ...table, values }],
    operations: [{ op: "Gather", inputs: ["table", "input_ids"], output: "rows" }],
  };
  let last = "rows";
  const add = (name: string, input: string) => {
    graph.operations.push({ op: "Add", inputs: [last, input], output: name });
    last = name;
  };
  if (segments) {
    graph.inputs.push(idInput("token_type_ids", type));
    graph.constants.push(segmentTable);
    graph.operations.push({ op: "Gather", inputs: ["segments", "token_type_ids"], output: "segment_rows" });
    add("with_segments", "segment_rows");
  }
  if (positions) {
    graph.inputs.push(idInput("position_ids", type));
    graph.constants.push(integers("last_axis", 2));
    graph.operations.push(
      { op: "Cast", inputs: ["position_ids"], output: "position", ints: castTo("float32") },
      { op: "Unsqueeze", inputs: ["position", "last_axis"], output: "position_column" },
    );
    add("with_positions", "position_column");
  }
  graph.operations.push({ op: "Identity", inputs: [last], output });
  return graph;
}

// Sum of the token vectors under the mask.
const maskedSum: Operation[] = [
  { op: "Cast", inputs: ["attention_mask"], output: "mask", ints: castTo("float32") },
  { op: "Unsqueeze", inputs: ["mask", "second_axis"], output: "mask_column" },
  { op: "Mul", inputs: ["last_hidden_state", "mask_column"], output: "masked" },
  { op: "ReduceSum", inputs: ["masked", "first_axis"], output: "sum", ints: { keepdims: 0 } },
];
const axes = [integers("first_axis", 1), integers("second_axis", 2)];

/** A graph that pools by itself: `sentence_embedding` is the sum of the token vectors, beside `last_hidden_state`. */
export function pooledVectors(type: "float32" | "float16" = "float32"): Graph {
  const tokens = tokenVectors();
  return {
    ...tokens,
    outputs: [...tokens.outputs, { name: "sentence_embedding", type, shape: ["batch", width] }],
    constants: [...tokens.constants, ...axes],
    operations: [
      ...tokens.operations,
      ...maskedSum,
      { op: "Cast", inputs: ["sum"], output: "sentence_embedding", ints: castTo(type) },
    ],
  };
}

/** A graph that disregards its mask: the sum of the token vectors, padding included. */
export function paddedVectors(): Graph {
  const { operations, ...graph } = pooledVectors();
  const unmasked = operations.map((each) =>
    each.output === "sum" ? { ...each, inputs: ["last_hidden_state", "first_axis"] } : each,
  );
  return { ...graph, operations: unmasked };
}

/** A cross-encoder: the sum of the token vectors (with segments) against `labels` columns of ones, twos, threes ... */
export function pairLogits(labels: number, poison?: number): Graph {
  const tokens = tokenVectors({ segments: true, ...(poison === undefined ? {} : { poison }) });
  const weights: Constant = {
    name: "weights",
    values: Float32Array.from({ length: width * labels }, (_, cell) => (cell % labels) + 1),
    shape: [width, labels],
  };
  return {
    inputs: tokens.inputs,
    outputs: [{ name: "logits", type: "float32", shape: ["batch", labels] }],
    constants: [...tokens.constants, ...axes, weights],
    operations: [...tokens.operations, ...maskedSum, { op: "MatMul", inputs: ["sum", "weights"], output: "logits" }],
  };
}
