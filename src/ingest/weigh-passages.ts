// A batch's passages as weighted terms: each distinct one once. Nothing of them is remembered.

import type { SparseEncoder, SparseEncoderModel } from "../encoders/index.js";
import type { SparseWrite } from "../store/index.js";
import { distinct, type EmbeddingCost } from "./embed-passages.js";
import type { EncoderKeeper } from "./encoder-keeper.js";

export type WeighParts = {
  keeper: EncoderKeeper<SparseEncoder>;
  model: SparseEncoderModel;
  signal: AbortSignal;
  /** Told of each batch. */
  onCost?(cost: EmbeddingCost): void;
};

/** In the order in which embedPassages has the vectors. */
export async function weighPassages(
  passages: readonly string[],
  { keeper, model, signal, onCost }: WeighParts,
): Promise<SparseWrite> {
  const { texts } = distinct(passages);
  const { largestWeight } = model.manifest;
  const of = { modelVersion: model.version, largestWeight };
  if (texts.length === 0) {
    return { ...of, starts: new Uint32Array(1), terms: new Uint32Array(0), weights: new Float32Array(0) };
  }
  const { starts, terms, weights, tokens, ms } = await keeper.use(texts.length, (encoder) =>
    encoder.encode(texts, "passage", { signal }),
  );
  onCost?.({ texts: texts.length, tokens, ms, savedTexts: 0, savedTokens: 0 });
  return { ...of, starts, terms, weights };
}
