// Sparse encoders of a few words whose expansions a test chooses.

import { join } from "node:path";
import { openCatalogue } from "../../src/encoders/catalogue.js";
import { temporaryFolder } from "../temporary-folder.js";
import type { Graph } from "./onnx-writer.js";
import { modelFiles, writeFiles } from "./tiny-models.js";
import { wordPiece } from "./tiny-tokenizers.js";

/** For each word the terms that it stands for, with their logits; each word stands for itself only where that is said. */
export type Expansions = Record<string, Record<string, number>>;

/** Imports a model below `models`, a folder of models; other expansions under one name are another version. */
export async function importSparse(
  models: string,
  name: string,
  expansions: Expansions,
  fields: Record<string, unknown> = {},
): Promise<void> {
  const words = [...new Set(Object.entries(expansions).flatMap(([word, terms]) => [word, ...Object.keys(terms)]))];
  const special = 4;
  const width = special + words.length;
  const table = new Float32Array(width * width);
  for (const [word, terms] of Object.entries(expansions)) {
    for (const [term, logit] of Object.entries(terms)) {
      table[(special + words.indexOf(word)) * width + special + words.indexOf(term)] = logit;
    }
  }
  const input = (name: string) => ({ name, type: "int64" as const, shape: ["batch", "length"] });
  const graph: Graph = {
    inputs: [input("input_ids"), input("attention_mask")],
    outputs: [{ name: "logits", type: "float32", shape: ["batch", "length", width] }],
    constants: [{ name: "table", values: table, shape: [width, width] }],
    operations: [{ op: "Gather", inputs: ["table", "input_ids"], output: "logits" }],
  };
  const { definition, config } = wordPiece(words);
  const tokenizer = { definition, config: { ...config, model_max_length: 512 } };
  const files = modelFiles(graph, { max_position_embeddings: 512 }, tokenizer);
  const folder = writeFiles(join(temporaryFolder(), name), files);
  await openCatalogue([models]).importFolder(folder, { role: "sparse-encoder", fields });
}
