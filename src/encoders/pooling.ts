// From a graph's output to one vector a text: pooling over the tokens, the Matryoshka prefix, unit length.

import { LodestoneError } from "../errors.js";
import type { Pooling } from "./manifest.js";
import type { GraphOutput } from "./onnx-session.js";

export type PoolingPlan = {
  pooling: Pooling;
  /** Leading numbers of each vector that are kept. */
  dimensions: number;
  normalise: boolean;
};

/**
 * Writes the vector of row `row` to `target` from `offset` on. `length` is the row's number of tokens: what follows is
 * padding. Gives the vector's length before normalisation: not finite where the graph put out NaN or infinity, and 0
 * for a text in which the model sees nothing, whose vector stays zero.
 */
export function poolRow(
  { shape, values }: GraphOutput,
  row: number,
  length: number,
  { pooling, dimensions, normalise }: PoolingPlan,
  target: Float32Array,
  offset: number,
): number {
  const width = shape.at(-1) ?? 0;
  const rowStart = pooling === "none" ? row * width : row * (shape[1] ?? 0) * width;
  switch (pooling) {
    case "mean":
      for (let token = 0; token < length; token++) {
        const start = rowStart + token * width;
        for (let d = 0; d < dimensions; d++)
          target[offset + d] = (target[offset + d] as number) + (values[start + d] as number);
      }
      for (let d = 0; d < dimensions; d++) target[offset + d] = (target[offset + d] as number) / length;
      break;
    case "none":
    case "cls":
      target.set(values.subarray(rowStart, rowStart + dimensions), offset);
      break;
    case "last": {
      const start = rowStart + (length - 1) * width;
      target.set(values.subarray(start, start + dimensions), offset);
      break;
    }
    default:
      pooling satisfies never;
  }
  let squares = 0;
  for (let d = 0; d < dimensions; d++) squares += (target[offset + d] as number) ** 2;
  const norm = Math.sqrt(squares);
  if (normalise && norm > 0)
    for (let d = 0; d < dimensions; d++) target[offset + d] = (target[offset + d] as number) / norm;
  return norm;
}

/** The output that holds what `pooling` works on, by the names that exporters give. Throws MODEL_INVALID. */
export function outputFor(pooling: Pooling, outputs: readonly string[], path: string): string {
  const [first] = outputs;
  const pooled = outputs.find((name) => name === "sentence_embedding");
  const perToken = outputs.find((name) => name === "last_hidden_state" || name === "token_embeddings");
  const chosen = pooling === "none" ? (pooled ?? first) : (perToken ?? (pooled ? undefined : first));
  if (chosen !== undefined) return chosen;
  throw new LodestoneError(
    "MODEL_INVALID",
    `${path} has no output with a vector for each token (outputs: ${outputs.join(", ")}), so "${pooling}" pooling cannot be done; ` +
      `set "pooling": "none" in its manifest where the graph pools by itself.`,
  );
}

/** That an output is what its manifest says: a vector of `width` for each text, or for each token of it. Throws MODEL_INVALID. */
export function expectShape({ shape }: GraphOutput, pooling: Pooling, width: number, path: string): void {
  const rank = pooling === "none" ? 2 : 3;
  if (shape.length === rank && shape.at(-1) === width) return;
  const expected = pooling === "none" ? `[texts, ${width}]` : `[texts, tokens, ${width}]`;
  throw new LodestoneError(
    "MODEL_INVALID",
    `${path} gives an output of shape [${shape.join(", ")}]; its manifest (${width} dimensions, pooling "${pooling}") promises ${expected}. ` +
      `Import the model's folder again, or correct the manifest.`,
    { detail: { file: path, shape, dimensions: width, pooling } },
  );
}
