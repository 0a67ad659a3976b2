// The cross-encoder's work inside its worker: a query and passages -> pairs -> batches -> logits, one batch a step.

import { join } from "node:path";
import { LodestoneError } from "../errors.js";
import { planBatches } from "./batches.js";
import type { CrossEncoderModel } from "./model.js";
import type { GraphOutput, OnnxSession } from "./onnx-session.js";
import type { Tokenizer } from "./tokenizer.js";

const maxRows = 64;
/** Where a manifest sets none: a query is cut so that at least the larger part of the input is the passage's. */
const defaultQueryShare = 0.25;

/** A generator function over the parts of an open model: yields after each batch, returns one logit a passage, larger is better. */
export function passageScorer(
  model: CrossEncoderModel,
  session: OnnxSession,
  tokenizer: Tokenizer,
  maxBatchTokens: number,
): (query: string, passages: readonly string[]) => AsyncGenerator<void, Float32Array> {
  const { manifest } = model;
  const path = join(model.directory, manifest.modelFile);
  const output = session.outputs.find((name) => name === "logits") ?? (session.outputs[0] as string);
  const limits = {
    maxTokens: manifest.maxTokens,
    maxFirstTokens: manifest.rerank?.maxQueryTokens ?? Math.floor(manifest.maxTokens * defaultQueryShare),
    maxSecondTokens: manifest.rerank?.maxPassageTokens ?? manifest.maxTokens,
  };

  return async function* score(query, passages) {
    const inputs = passages.map((passage) => tokenizer.encodePair(query, passage, limits));
    const lengths = inputs.map(({ ids }) => ids.length);
    const logits = new Float32Array(passages.length);
    for (const batch of planBatches(lengths, { maxTokens: maxBatchTokens, maxRows })) {
      const result = await session.run(
        batch.map((index) => inputs[index] as (typeof inputs)[number]),
        output,
      );
      const logitOf = logitReader(result, path);
      batch.forEach((passage, row) => {
        const logit = logitOf(row);
        if (!Number.isFinite(logit)) throw notFinite(model, passage);
        logits[passage] = logit;
      });
      yield;
    }
    return logits;
  };
}

// One label is the relevance itself; of two, the second is "relevant", and their difference is the log odds.
function logitReader({ shape, values }: GraphOutput, path: string): (row: number) => number {
  const labels = shape.length === 1 ? 1 : shape[1];
  if (shape.length <= 2 && labels === 1) return (row) => values[row] as number;
  if (shape.length === 2 && labels === 2) return (row) => (values[2 * row + 1] as number) - (values[2 * row] as number);
  throw new LodestoneError(
    "MODEL_INVALID",
    `${path} gives an output of shape [${shape.join(", ")}]; a cross-encoder for ranking gives one or two logits a pair.`,
    { detail: { file: path, shape } },
  );
}

function notFinite(model: CrossEncoderModel, passage: number): LodestoneError {
  return new LodestoneError(
    "VECTOR_INVALID",
    `${model.version} gave NaN or infinity for passage number ${passage} of this call.`,
    {
      detail: { model: model.version, passage },
    },
  );
}
