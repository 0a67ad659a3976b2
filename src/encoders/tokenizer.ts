// Text -> token ids of one model, over @huggingface/tokenizers (WordPiece, BPE, Unigram), with the word memo where that
// is provably the same. Synchronous: it lives in worker threads.
//
// A text never gives special tokens. Hugging Face's own tokenizers turn a literal "[SEP]" in a document into the
// separator, which lets a document forge the structure of a pair; here it is tokenised as the characters it is.

import { z } from "zod";
import { LodestoneError, messageOf } from "../errors.js";
import { pairTemplate, singleTemplate } from "./input-template.js";
import type { Model } from "./model.js";
import { readVerifiedFile } from "./model-files.js";
import { appendToken, type TokenSink } from "./token-sink.js";
import {
  type TokenizerDefinition,
  tokenIdOf,
  tokenizerConfig,
  tokenizerDefinition,
  unknownIdOf,
} from "./tokenizer-definition.js";
import { createLibraryTokenizer, type LibraryTokenizer } from "./tokenizer-library.js";
import { createWordMemo } from "./word-memo.js";
import { wordSplitOf } from "./word-split.js";

/** One input of a model, special tokens included. Tokens from `secondSegmentStart` on have segment (token type) 1. */
export type Encoding = { ids: Int32Array; secondSegmentStart: number };

export type Tokenizer = {
  readonly padId: number;
  /** How many special tokens `encode` and `encodePair` add. */
  readonly specialTokens: { readonly single: number; readonly pair: number };
  /**
   * Whether a text's tokens are those of its words between spaces, tabs and line ends, one after the other, so that
   * `count` of two texts joined by such white space is the sum of their counts. Not so where a word's tokens depend on
   * the space in front of it (byte-level BPE).
   */
  readonly additive: boolean;
  /** Tokens of a text, without special tokens. */
  count(text: string): number;
  /** The text cut to `maxTokens`, special tokens included. */
  encode(text: string, limits: { maxTokens: number }): Encoding;
  /** The first text cut to `maxFirstTokens`, the second to `maxSecondTokens` and to what is left of `maxTokens`. */
  encodePair(first: string, second: string, limits: PairLimits): Encoding;
};

export type PairLimits = { maxTokens: number; maxFirstTokens: number; maxSecondTokens: number };

/** The tokenizer of a model's folder. Its files must be those of the manifest (MODEL_ALTERED, MODEL_INVALID otherwise). */
export function openTokenizer(model: Pick<Model, "directory" | "manifest">): Tokenizer {
  const read = (path: string) => (path in model.manifest.files ? readVerifiedFile(model, path) : undefined);
  const definition = readVerifiedFile(model, "tokenizer.json");
  return parseTokenizer(model.directory, definition, read("tokenizer_config.json"));
}

/** The tokenizer that the contents of tokenizer.json and tokenizer_config.json define. Throws MODEL_INVALID. */
export function parseTokenizer(directory: string, definition: Buffer, config: Buffer | undefined): Tokenizer {
  try {
    return createTokenizer(JSON.parse(definition.toString("utf8")), JSON.parse(config?.toString("utf8") ?? "{}"));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new LodestoneError("MODEL_INVALID", `The tokenizer of ${directory} cannot be used: ${reason}`, {
      cause: error,
      detail: { directory },
    });
  }
}

/** The tokenizer that tokenizer.json and tokenizer_config.json define. */
export function createTokenizer(definitionJson: unknown, configJson: unknown): Tokenizer {
  const definition = tokenizerDefinition.parse(definitionJson);
  const config = tokenizerConfig.parse(configJson);
  const library = createLibraryTokenizer(withoutSpecialTokens(definition), config);
  const padId = padIdOf(definition, config.pad_token);
  const single = singleTemplate(library, definition);
  const pair = pairTemplate(library, definition);
  const tokenizeWhole = plainTokenizer(library, definition);

  const split = wordSplitOf(definition, config);
  const append = split
    ? createWordMemo(split, tokenizeWhole)
    : (text: string, sink: TokenSink) => {
        for (const id of tokenizeWhole(text)) appendToken(sink, id);
      };
  const scratch: TokenSink = { ids: new Int32Array(1024), length: 0 };
  const appendAll = (ids: number[]) => {
    for (const id of ids) appendToken(scratch, id);
  };
  const appendCut = (text: string, maxTokens: number) => {
    const limit = scratch.length + Math.max(0, maxTokens);
    append(text, scratch, limit);
    scratch.length = Math.min(scratch.length, limit);
  };
  // A graph needs something to attend to: where a model has no special tokens, the empty text is one padding token.
  const take = (secondSegmentStart = scratch.length): Encoding => {
    if (scratch.length === 0) appendToken(scratch, padId);
    return { ids: scratch.ids.slice(0, scratch.length), secondSegmentStart };
  };
  const specialTokens = {
    single: single.before.length + single.after.length,
    pair: pair.before.length + pair.between.length + pair.after.length,
  };

  return {
    padId,
    specialTokens,
    additive: split !== undefined && !split.keepsSpace,
    count(text) {
      scratch.length = 0;
      append(text, scratch, Number.POSITIVE_INFINITY);
      return scratch.length;
    },
    encode(text, { maxTokens }) {
      scratch.length = 0;
      appendAll(single.before);
      appendCut(text, maxTokens - specialTokens.single);
      appendAll(single.after);
      return take();
    },
    encodePair(first, second, { maxTokens, maxFirstTokens, maxSecondTokens }) {
      const room = maxTokens - specialTokens.pair;
      scratch.length = 0;
      appendAll(pair.before);
      appendCut(first, Math.min(maxFirstTokens, room));
      const firstTokens = scratch.length - pair.before.length;
      const secondSegmentStart = pair.firstSegmentEnd === undefined ? undefined : scratch.length + pair.firstSegmentEnd;
      appendAll(pair.between);
      appendCut(second, Math.min(maxSecondTokens, room - firstTokens));
      appendAll(pair.after);
      return take(secondSegmentStart);
    },
  };
}

function withoutSpecialTokens(definition: TokenizerDefinition): TokenizerDefinition {
  return { ...definition, added_tokens: definition.added_tokens.filter(({ special }) => !special) };
}

// A Unigram vocabulary holds "</s>" as a piece like any other and finds it in a text; what comes out as a special id
// all the same becomes the unknown token, or nothing where there is none.
function plainTokenizer(library: LibraryTokenizer, definition: TokenizerDefinition): (text: string) => number[] {
  const unknownId = unknownIdOf(definition);
  const specialIds = new Set(definition.added_tokens.filter(({ special }) => special).map(({ id }) => id));
  if (unknownId !== undefined) specialIds.delete(unknownId);
  return (text) => {
    const { ids } = library.encode(text, { add_special_tokens: false });
    if (!ids.some((id) => specialIds.has(id))) return ids;
    return ids.flatMap((id) => (specialIds.has(id) ? (unknownId ?? []) : id));
  };
}

function padIdOf(definition: TokenizerDefinition, padToken: string | { content: string } | null | undefined): number {
  if (padToken == null) return 0;
  return tokenIdOf(definition, typeof padToken === "string" ? padToken : padToken.content) ?? 0;
}
