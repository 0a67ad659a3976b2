// A batch's passages as vectors: each distinct one once, from the cache where it is known, else from the encoder.

import type { BiEncoder } from "../encoders/index.js";
import type { EmbeddingCache, EmbeddingSpace, SparseWrite } from "../store/index.js";

export type EmbeddedPassages = {
  /** One vector for each distinct passage. */
  vectors: Float32Array;
  /** For each passage, which of the vectors is its own. */
  slots: Uint32Array;
  /** Passages that went through the encoder, and the tokens it read. */
  embedded: number;
  tokens: number;
  /** For each of the vectors, the tokens that the encoder read for it; undefined where it was known. */
  read: (number | undefined)[];
  /** For each of the vectors, its length before it was normalised; NaN where it was known. */
  norms: Float32Array;
  /** Weighted terms beside each of the vectors; absent without a sparse encoder. */
  sparse?: SparseWrite;
};

/** What a batch has cost with one model, and what it did not have to: passages, tokens, milliseconds of computing. */
export type EmbeddingCost = { texts: number; tokens: number; ms: number; savedTexts: number; savedTokens: number };

export type EmbedParts = {
  encoder(): Promise<Pick<BiEncoder, "embed">>;
  cache: EmbeddingCache | undefined;
  space: EmbeddingSpace;
  dimensions: number;
  signal: AbortSignal;
  /** Told of each batch. */
  onCost?(cost: EmbeddingCost): void;
};

export type EmbedOptions = {
  /** Everything is computed again, and the cache learns it anew. */
  fresh: boolean;
  /** Whose passages they are: embeddings are remembered for each tenant alone. */
  tenant: string;
};

export async function embedPassages(
  passages: readonly string[],
  { fresh }: Pick<EmbedOptions, "fresh">,
  { encoder, cache, space, dimensions, signal, onCost = () => undefined }: EmbedParts,
): Promise<EmbeddedPassages> {
  const { texts, slots } = distinct(passages);
  const keys = cache?.keysOf(space, texts);
  const known = cache && keys && !fresh ? cache.find(keys) : [];
  const missing = texts.flatMap((_, i) => (known[i] === undefined ? [i] : []));
  if (missing.length === 0 && texts.length === 0)
    return { vectors: new Float32Array(0), slots, embedded: 0, tokens: 0, read: [], norms: new Float32Array(0) };

  let computed: Float32Array = new Float32Array(0);
  let tokens = 0;
  let ms = 0;
  const norms = new Float32Array(texts.length).fill(Number.NaN);
  const read: (number | undefined)[] = texts.map(() => undefined);
  if (missing.length > 0) {
    const wanted = missing.length === texts.length ? texts : missing.map((i) => texts[i]!);
    const result = await (await encoder()).embed(wanted, "passage", { signal });
    computed = result.vectors;
    tokens = result.tokens;
    ms = result.ms;
    missing.forEach((i, n) => {
      read[i] = result.textTokens[n]!;
      norms[i] = result.norms[n]!;
    });
    const msPerToken = result.ms / Math.max(1, result.tokens);
    cache?.keep(
      space,
      missing.map((i, n) => ({
        key: keys![i]!,
        vector: computed.subarray(n * dimensions, (n + 1) * dimensions),
        tokens: result.textTokens[n]!,
        costMs: result.textTokens[n]! * msPerToken,
      })),
    );
  }
  const savedTokens = known.reduce((sum, entry) => sum + (entry?.tokens ?? 0), 0);
  onCost({ texts: missing.length, tokens, ms, savedTexts: texts.length - missing.length, savedTokens });
  if (missing.length === texts.length)
    return { vectors: computed, slots, embedded: missing.length, tokens, read, norms };

  const vectors = new Float32Array(texts.length * dimensions);
  known.forEach((entry, i) => {
    if (entry) vectors.set(entry.vector, i * dimensions);
  });
  missing.forEach((i, n) => {
    vectors.set(computed.subarray(n * dimensions, (n + 1) * dimensions), i * dimensions);
  });
  return { vectors, slots, embedded: missing.length, tokens, read, norms };
}

/** Each passage once, and for each of them which of those it is. */
export function distinct(passages: readonly string[]): { texts: string[]; slots: Uint32Array } {
  const slotOf = new Map<string, number>();
  const slots = Uint32Array.from(passages, (passage) => {
    const slot = slotOf.get(passage) ?? slotOf.size;
    slotOf.set(passage, slot);
    return slot;
  });
  return { texts: [...slotOf.keys()], slots };
}
