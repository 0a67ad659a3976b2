// The sparse encoder's work inside its worker: texts -> tokens -> batches -> weighted terms, one batch a step.

import { join } from "node:path";
import { z } from "zod";
import { LodestoneError } from "../errors.js";
import type { TextKind } from "./embed-texts.js";
import type { SparseEncoderModel } from "./model.js";
import { readVerifiedFile } from "./model-files.js";
import type { GraphOutput, OnnxSession } from "./onnx-session.js";
import { runBatches } from "./run-batches.js";
import { expectTermScores, type WeightedIds, weightsOf } from "./sparse-weights.js";
import type { Tokenizer } from "./tokenizer.js";

/**
 * Terms and weights of text i lie from `starts[i]` to `starts[i + 1]`, heaviest first; a term is its id in the encoder's vocabulary.
 * `tokens` counts what the model read; `ms` is the time of tokenising and computing.
 */
export type SparseVectors = {
  starts: Uint32Array<ArrayBuffer>;
  terms: Uint32Array<ArrayBuffer>;
  weights: Float32Array<ArrayBuffer>;
  tokens: number;
  ms: number;
};

type Encode = (texts: readonly string[], kind: TextKind) => AsyncGenerator<void, SparseVectors>;

const textsPerSlice = 64;
const maxRows = 64;

/** A generator function over the parts of an open model. It yields after each batch and returns the weighted terms. */
export function sparseEncoding(
  model: SparseEncoderModel,
  session: OnnxSession,
  tokenizer: Tokenizer,
  { vocabulary, maxBatchTokens }: { vocabulary: readonly (string | undefined)[]; maxBatchTokens: number },
): Encode {
  const { manifest } = model;
  const path = join(model.directory, manifest.modelFile);
  const output = session.outputs.find((name) => name === "logits") ?? (session.outputs[0] as string);
  const isTerm = Uint8Array.from(vocabulary, (token) => (token === undefined ? 0 : 1));
  const table = manifest.queryWeights === undefined ? undefined : readQueryWeights(model, vocabulary);

  const run = {
    ...{ manifest, session, tokenizer, output, textsPerSlice, maxRows },
    maxTokens: maxBatchTokens,
    check: (result: GraphOutput) => expectTermScores(result, vocabulary.length, path),
  };

  async function* encode(texts: readonly string[], kind: TextKind): AsyncGenerator<void, SparseVectors> {
    const rows: WeightedIds[] = [];
    const totals = yield* runBatches(run, texts, kind, (text, result, row, length) => {
      const found = weightsOf(result, row, length, { isTerm, maxTerms: manifest.maxTerms });
      if (found === undefined) throw notFinite(model, kind, text);
      rows[text] = found;
    });
    return { ...joined(rows), ...totals };
  }

  return (texts, kind) => (kind === "query" && table ? lookUp(texts, table) : encode(texts, kind));

  /** Queries without inference: the weights of their tokens, each once. */
  async function* lookUp(texts: readonly string[], table: Float32Array): AsyncGenerator<void, SparseVectors> {
    const rows: WeightedIds[] = [];
    let tokens = 0;
    let ms = 0;
    for (const text of texts) {
      const started = performance.now();
      const { ids } = tokenizer.encode(manifest.queryPrefix + text, manifest);
      tokens += ids.length;
      const terms = Uint32Array.from(new Set(ids)).filter((id) => table[id]! > 0);
      terms.sort((a, b) => table[b]! - table[a]! || a - b);
      rows.push({ terms, weights: Float32Array.from(terms, (id) => table[id]!) });
      ms += performance.now() - started;
      yield;
    }
    return { ...joined(rows), tokens, ms };
  }
}

function joined(rows: readonly WeightedIds[]): Pick<SparseVectors, "starts" | "terms" | "weights"> {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach(({ terms }, i) => {
    starts[i + 1] = starts[i]! + terms.length;
  });
  const terms = new Uint32Array(starts[rows.length]!);
  const weights = new Float32Array(terms.length);
  rows.forEach((row, i) => {
    terms.set(row.terms, starts[i]);
    weights.set(row.weights, starts[i]);
  });
  return { starts, terms, weights };
}

/** Weights of a query's tokens by id, for models whose queries need no inference. */
function readQueryWeights(model: SparseEncoderModel, vocabulary: readonly (string | undefined)[]): Float32Array {
  const path = model.manifest.queryWeights!;
  const parsed = z
    .record(z.string(), z.number().nonnegative())
    .safeParse(JSON.parse(readVerifiedFile(model, path).toString("utf8")));
  if (!parsed.success) {
    throw new LodestoneError(
      "MODEL_INVALID",
      `${join(model.directory, path)} does not give each token of a query a weight of 0 or more: ${z.prettifyError(parsed.error)}`,
    );
  }
  return Float32Array.from(vocabulary, (token) => (token === undefined ? 0 : (parsed.data[token] ?? 0)));
}

function notFinite(model: SparseEncoderModel, kind: TextKind, text: number): LodestoneError {
  return new LodestoneError(
    "VECTOR_INVALID",
    `${model.version} gave NaN or infinity for ${kind} number ${text} of this call; nothing of it is stored. ` +
      `Run "lodestone models verify ${model.manifest.name}".`,
    { detail: { model: model.version, text } },
  );
}
