// The bi-encoder's work inside its worker: texts -> tokens -> batches -> vectors, one batch a step.

import { join } from "node:path";
import { LodestoneError } from "../errors.js";
import type { BiEncoderModel } from "./model.js";
import type { GraphOutput, OnnxSession } from "./onnx-session.js";
import { expectShape, outputFor, poolRow } from "./pooling.js";
import { runBatches } from "./run-batches.js";
import type { Tokenizer } from "./tokenizer.js";

export type TextKind = "query" | "passage";

/**
 * `vectors` holds one row a text, in the order of the texts; `tokens` counts what the model read, special tokens included,
 * `textTokens` the same for each text; `norms` are the lengths of the vectors before they were normalised; `ms` is the time of tokenising and computing, without the waiting for a turn.
 */
export type Embeddings = {
  vectors: Float32Array;
  norms: Float32Array;
  tokens: number;
  textTokens: Uint32Array;
  ms: number;
};

/** Texts tokenised between two looks at the clock of others: about 10 ms of tokenising with the word memo, and enough to sort by length. */
const textsPerSlice = 256;
/** More rows would only lengthen a batch of short texts. */
const maxRows = 256;

/** A generator function over the parts of an open model. It yields after each batch and returns the vectors. */
export function textEmbedder(
  model: BiEncoderModel,
  session: OnnxSession,
  tokenizer: Tokenizer,
  maxBatchTokens: number,
): (texts: readonly string[], kind: TextKind) => AsyncGenerator<void, Embeddings> {
  const { manifest, dimensions } = model;
  const path = join(model.directory, manifest.modelFile);
  const output = outputFor(manifest.pooling, session.outputs, path);
  // A prefix of a longer vector has not its length, whatever the graph did.
  const plan = {
    pooling: manifest.pooling,
    dimensions,
    normalise: manifest.normalise || dimensions < manifest.dimensions,
  };

  const run = {
    ...{ manifest, session, tokenizer, output, textsPerSlice, maxRows },
    maxTokens: maxBatchTokens,
    check: (result: GraphOutput) => expectShape(result, manifest.pooling, manifest.dimensions, path),
  };

  return async function* embed(texts, kind) {
    const vectors = new Float32Array(texts.length * dimensions);
    const norms = new Float32Array(texts.length);
    const textTokens = new Uint32Array(texts.length);
    const totals = yield* runBatches(run, texts, kind, (text, result, row, length) => {
      const norm = poolRow(result, row, length, plan, vectors, text * dimensions);
      if (!Number.isFinite(norm)) throw notFinite(model, kind, text);
      norms[text] = norm;
      textTokens[text] = length;
    });
    return { vectors, norms, textTokens, ...totals };
  };
}

function notFinite(model: BiEncoderModel, kind: TextKind, text: number): LodestoneError {
  return new LodestoneError(
    "VECTOR_INVALID",
    `${model.version} gave NaN or infinity for ${kind} number ${text} of this call; nothing of it is stored. ` +
      `Run "lodestone models verify ${model.manifest.name}"; if its files are sound, the model does not fit this text (fp16 exports overflow).`,
    { detail: { model: model.version, text } },
  );
}
