// npm run bench:expansion-encoder -- FOLDER [--ratio 0.8] [--scale 1]
// Makes a learned sparse encoder of the bundled bi-encoder's own table, without any training, and writes it as a model folder for
// `lodestone models import FOLDER --role sparse-encoder`: to measure what a third list is good for (README, "Sparse encoders").
//
//   own(t)       = log(1 + tf(t) w(t))                                       w(t): length of the table's row over the mean length
//   expanded(t)  = log(1 + scale max(0, cos(passage, t) - ratio max_u cos(passage, u)))     for whole words t
//   weight(t)    = max(own(t), expanded(t)), the heaviest 256
//
// Queries need no inference: w(t) of their own tokens. As in SPLADE-doc (Formal et al., "SPLADE v2", 2021) passages are expanded and
// queries are not; here the expansion is by nearness in the space of the bi-encoder instead of by a masked language model.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../src/package-root.js";
import { castTo, constantsOf, type Graph, type Operation, onnxFile } from "../test/encoders/onnx-writer.js";

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: { ratio: { type: "string", default: "0.8" }, scale: { type: "string", default: "1" } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("Expected FOLDER.");

// As the bi-encoder sums its rows up (its config.json).
const TF_POWER = 0.75;
const biEncoder = join(packageRoot, "models", "minilex-embed-en");
const tokens = readVocabulary();
const { rows, lengths, width } = readTable();
const words = Float32Array.from(tokens, (token) => (/^\p{L}{3,}$/u.test(token ?? "") ? 1 : 0));
const meanLength = mean(lengths.filter((_, id) => tokens[id] !== undefined));
const importance = lengths.map((length, id) => (tokens[id] === undefined ? 0 : length / meanLength));

mkdirSync(join(folder, "onnx"), { recursive: true });
for (const name of ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"]) {
  cpSync(join(biEncoder, name), join(folder, name));
}
writeJson("config.json", { architectures: ["ExpansionEncoder"], max_position_embeddings: 512 });
writeJson(
  "idf.json",
  Object.fromEntries(tokens.flatMap((token, id) => (token === undefined ? [] : [[token, importance[id]!]]))),
);
writeFileSync(join(folder, "onnx", "model.onnx"), onnxFile(graph()).model);
console.error(`${folder}: ${tokens.length} terms, ${words.reduce((sum, is) => sum + is, 0)} of them can be added`);

function graph(): Graph {
  const count = tokens.length;
  const constant = (name: string, values: Float32Array, shape: number[]) => ({ name, values, shape });
  const scalar = (name: string, value: number) => constant(name, Float32Array.of(value), []);
  const op = (op: string, inputs: string[], output: string, more: Partial<Operation> = {}): Operation => ({
    ...{ op, inputs, output },
    ...more,
  });
  const input = (name: string) => ({ name, type: "int64" as const, shape: ["batch", "length"] });
  return {
    inputs: [input("input_ids"), input("attention_mask")],
    outputs: [{ name: "weights", type: "float32", shape: ["batch", count] }],
    constants: [
      constant("rows", rows, [count, width]),
      constant("lengths", lengths, [1, count]),
      constant("importance", importance, [1, count]),
      constant("words", words, [1, count]),
      constant("none", new Float32Array(count), [1, count]),
      scalar("one", 1),
      scalar("power", TF_POWER),
      scalar("least", 1e-9),
      scalar("ratio", Number(flags.ratio)),
      scalar("scale", Number(flags.scale)),
    ],
    operations: [
      op("Cast", ["attention_mask"], "mask", { ints: castTo("float32") }),
      op("ReduceMax", ["mask"], "any", { ints: { axes: 1, keepdims: 1 } }),
      op("Mul", ["any", "none"], "empty"),
      op("ScatterElements", ["empty", "input_ids", "mask"], "tf", {
        ints: { axis: 1 },
        strings: { reduction: "add" },
      }),
      op("Mul", ["tf", "importance"], "weighed"),
      op("Add", ["weighed", "one"], "weighed1"),
      op("Log", ["weighed1"], "own"),
      op("Pow", ["tf", "power"], "tfPower"),
      op("Mul", ["tfPower", "lengths"], "parts"),
      op("MatMul", ["parts", "rows"], "sum"),
      op("ReduceL2", ["sum"], "length", { ints: { axes: 1, keepdims: 1 } }),
      op("Max", ["length", "least"], "length1"),
      op("Div", ["sum", "length1"], "passage"),
      op("Gemm", ["passage", "rows"], "cosines", { ints: { transB: 1 } }),
      op("Mul", ["cosines", "words"], "ofWords"),
      op("ReduceMax", ["ofWords"], "best", { ints: { axes: 1, keepdims: 1 } }),
      op("Mul", ["best", "ratio"], "least1"),
      op("Sub", ["ofWords", "least1"], "over"),
      op("Relu", ["over"], "near"),
      op("Mul", ["near", "scale"], "scaled"),
      op("Add", ["scaled", "one"], "scaled1"),
      op("Log", ["scaled1"], "expanded"),
      op("Max", ["own", "expanded"], "weights"),
    ],
  };
}

/** Rows of unit length, and how long they were; 0 for special tokens. */
function readTable(): { rows: Float32Array; lengths: Float32Array; width: number } {
  const constants = constantsOf(readFileSync(join(biEncoder, "onnx", "model_quantized.onnx")));
  const { shape, bytes } = constants.get("table")!;
  const [count, width] = shape as [number, number];
  const scales = new Float32Array(new Uint8Array(constants.get("row_scale")!.bytes).buffer);
  const steps = new Int8Array(new Uint8Array(bytes).buffer);
  const rows = new Float32Array(count * width);
  const lengths = new Float32Array(count);
  for (let id = 0; id < count; id++) {
    const row = steps.subarray(id * width, (id + 1) * width);
    const length = Math.sqrt(row.reduce((sum, step) => sum + step * step, 0));
    if (tokens[id] === undefined || length === 0) continue;
    lengths[id] = length * scales[id]!;
    for (let d = 0; d < width; d++) rows[id * width + d] = row[d]! / length;
  }
  return { rows, lengths, width };
}

/** Tokens by their ids; undefined for special ones. */
function readVocabulary(): (string | undefined)[] {
  const { model, added_tokens: added } = JSON.parse(readFileSync(join(biEncoder, "tokenizer.json"), "utf8")) as {
    model: { vocab: Record<string, number> };
    added_tokens: { id: number; special: boolean }[];
  };
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  for (const { id, special } of added) if (special) tokens[id] = undefined;
  return tokens;
}

function writeJson(name: string, value: object): void {
  writeFileSync(join(folder!, name), JSON.stringify(value, null, 2));
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
