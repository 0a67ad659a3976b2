// What this engine reads of a Hugging Face tokenizer.json. The vocabulary and the merges stay unchecked here: they are
// large, and the tokenizer library reads them itself.

import { z } from "zod";

const component = z.looseObject({ type: z.string() }).nullable();

const addedToken = z.looseObject({
  id: z.number(),
  content: z.string(),
  special: z.boolean().optional(),
  lstrip: z.boolean().optional(),
  rstrip: z.boolean().optional(),
});

export const tokenizerDefinition = z.looseObject({
  added_tokens: z.array(addedToken),
  normalizer: component,
  pre_tokenizer: component,
  post_processor: component,
  decoder: component,
  model: z.looseObject({
    type: z.string().optional(),
    vocab: z.custom<Vocabulary>((value) => typeof value === "object" && value !== null),
    unk_token: z.string().nullish(),
    unk_id: z.number().nullish(),
    fuse_unk: z.boolean().nullish(),
  }),
});

export const tokenizerConfig = z.looseObject({
  pad_token: z.union([z.string(), z.looseObject({ content: z.string() })]).nullish(),
  remove_space: z.boolean().nullish(),
  do_lowercase_and_remove_accent: z.boolean().nullish(),
});

/** Token -> id (WordPiece, BPE), or [token, log probability] by id (Unigram). */
type Vocabulary = Record<string, number> | [string, number][];

export type TokenizerDefinition = z.infer<typeof tokenizerDefinition>;
export type TokenizerConfig = z.infer<typeof tokenizerConfig>;
export type TokenizerComponent = NonNullable<z.infer<typeof component>>;

/** The id of a token's text, in the added tokens or the vocabulary. */
export function tokenIdOf(definition: TokenizerDefinition, token: string): number | undefined {
  const added = definition.added_tokens.find(({ content }) => content === token);
  if (added) return added.id;
  const { vocab } = definition.model;
  if (!Array.isArray(vocab)) return Object.hasOwn(vocab, token) ? vocab[token] : undefined;
  const id = vocab.findIndex(([piece]) => piece === token);
  return id < 0 ? undefined : id;
}

/** The id that stands for what the vocabulary does not know; byte-level models have none. */
export function unknownIdOf(definition: TokenizerDefinition): number | undefined {
  const { unk_id, unk_token } = definition.model;
  return unk_id ?? (unk_token == null ? undefined : tokenIdOf(definition, unk_token));
}
