// The terms that a model's tokens stand for.

import type { Model } from "./model.js";
import { readVerifiedFile } from "./model-files.js";
import { type TokenizerDefinition, tokenizerDefinition } from "./tokenizer-definition.js";

/** Tokens by their ids; undefined for special ones and for ids that no token has. Throws MODEL_INVALID or MODEL_ALTERED. */
export function openVocabulary(model: Pick<Model, "directory" | "manifest">): (string | undefined)[] {
  return vocabularyOf(
    tokenizerDefinition.parse(JSON.parse(readVerifiedFile(model, "tokenizer.json").toString("utf8"))),
  );
}

export function vocabularyOf({ model: { vocab }, added_tokens }: TokenizerDefinition): (string | undefined)[] {
  const ids: [string, number][] = Array.isArray(vocab)
    ? vocab.map(([token], id) => [token, id])
    : Object.entries(vocab);
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of ids) tokens[id] = token;
  for (const { id, content, special } of added_tokens) tokens[id] = special ? undefined : content;
  return Array.from(tokens);
}
