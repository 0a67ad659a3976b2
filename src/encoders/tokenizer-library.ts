// The one file that touches @huggingface/tokenizers. Its type declarations import without file endings, which this
// project's module resolution does not follow, so what is used of it is declared here.

import { Tokenizer } from "@huggingface/tokenizers";
import type { TokenizerConfig, TokenizerDefinition } from "./tokenizer-definition.js";

export type LibraryTokenizer = {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
  readonly post_processor: {
    post_process(
      first: string[],
      second: string[] | null,
      addSpecialTokens: boolean,
    ): { tokens: string[]; token_type_ids?: number[] };
  } | null;
};

export function createLibraryTokenizer(definition: TokenizerDefinition, config: TokenizerConfig): LibraryTokenizer {
  return new Tokenizer(definition, config);
}
