// From a graph's output to the weighted terms of one text, as SPLADE has it (Formal, Piwowarski & Clinchant, "SPLADE: Sparse Lexical
// and Expansion Model for First Stage Ranking", SIGIR 2021; the maximum over tokens is SPLADE v2's):
//
//   weight(term) = max over tokens of log(1 + max(0, logit(token, term)))

import { LodestoneError } from "../errors.js";
import type { GraphOutput } from "./onnx-session.js";

/** Terms by their ids, heaviest first, and their weights, all above 0. */
export type WeightedIds = { terms: Uint32Array; weights: Float32Array };

/**
 * The `maxTerms` heaviest terms of row `row`, ties by id, out of those that `isTerm` holds for. `length`: the row's tokens; what
 * follows is padding. A graph that pools by itself gives the weights as they are. undefined where a number is not finite.
 */
export function weightsOf(
  { shape, values }: GraphOutput,
  row: number,
  length: number,
  { isTerm, maxTerms }: { isTerm: Uint8Array; maxTerms: number },
): WeightedIds | undefined {
  const width = shape.at(-1) ?? 0;
  const isPooled = shape.length === 2;
  const tokens = isPooled ? 1 : length;
  const first = row * (isPooled ? 1 : (shape[1] ?? 0)) * width;
  const largest = new Float32Array(isTerm.length);
  for (let token = 0; token < tokens; token++) {
    const start = first + token * width;
    for (let term = 0; term < isTerm.length; term++) {
      const value = values[start + term]!;
      if (value > largest[term]!) largest[term] = value;
      else if (Number.isNaN(value)) return undefined;
    }
  }
  const found: number[] = [];
  for (let term = 0; term < isTerm.length; term++) {
    if (isTerm[term] === 0 || largest[term] === 0) continue;
    if (largest[term] === Number.POSITIVE_INFINITY) return undefined;
    found.push(term);
  }
  found.sort((a, b) => largest[b]! - largest[a]! || a - b);
  const terms = Uint32Array.from(found.slice(0, maxTerms));
  return {
    terms,
    weights: Float32Array.from(terms, (term) => (isPooled ? largest[term]! : Math.log1p(largest[term]!))),
  };
}

/** That an output has a number for each term of the vocabulary, for each token or for the whole text. Throws MODEL_INVALID. */
export function expectTermScores({ shape }: GraphOutput, terms: number, path: string): void {
  // Vocabularies are often padded to a round number.
  if ((shape.length === 2 || shape.length === 3) && (shape.at(-1) ?? 0) >= terms) return;
  throw new LodestoneError(
    "MODEL_INVALID",
    `${path} gives an output of shape [${shape.join(", ")}]; a sparse encoder gives [texts, tokens, vocabulary] or [texts, vocabulary], ` +
      `and its tokenizer knows ${terms.toLocaleString("en-US")} terms. Export the model for masked-language modelling (fill-mask).`,
    { detail: { file: path, shape, terms } },
  );
}
