// How a model wants its input framed: the special tokens around one text and around a pair, and where the second
// segment starts. Read off the tokenizer's own post-processor by giving it two marks instead of tokens.

import { LodestoneError } from "../errors.js";
import { type TokenizerDefinition, tokenIdOf } from "./tokenizer-definition.js";
import type { LibraryTokenizer } from "./tokenizer-library.js";

/** Special tokens before, between and after the texts; `between` is empty for a single text. */
export type InputTemplate = {
  before: number[];
  between: number[];
  after: number[];
  /** How many tokens of `between` belong to the first segment (type 0), or undefined where all tokens have type 0. */
  firstSegmentEnd: number | undefined;
};

const firstMark = "\u0000first";
const secondMark = "\u0000second";

export function singleTemplate(library: LibraryTokenizer, definition: TokenizerDefinition): InputTemplate {
  const { tokens } = frame(library, [firstMark], null);
  const first = tokens.indexOf(firstMark);
  const ids = idsOf(definition);
  return {
    before: ids(tokens.slice(0, first)),
    between: [],
    after: ids(tokens.slice(first + 1)),
    firstSegmentEnd: undefined,
  };
}

export function pairTemplate(library: LibraryTokenizer, definition: TokenizerDefinition): InputTemplate {
  const { tokens, types } = frame(library, [firstMark], [secondMark]);
  const first = tokens.indexOf(firstMark);
  const second = tokens.indexOf(secondMark);
  const ids = idsOf(definition);
  // The library marks RoBERTa's second text as segment 1; RoBERTa has one segment only.
  const oneSegment = definition.post_processor?.type === "RobertaProcessing" || !types.includes(1);
  const boundary = types.indexOf(1);
  if (!oneSegment && (boundary <= first || types.some((type, index) => type !== (index < boundary ? 0 : 1)))) {
    throw new LodestoneError(
      "MODEL_INVALID",
      `The tokenizer's pair template has segments ${types.join(" ")}; expected 0 ... 0 1 ... 1.`,
    );
  }
  return {
    before: ids(tokens.slice(0, first)),
    between: ids(tokens.slice(first + 1, second)),
    after: ids(tokens.slice(second + 1)),
    firstSegmentEnd: oneSegment ? undefined : boundary - first - 1,
  };
}

function frame(
  library: LibraryTokenizer,
  first: string[],
  second: string[] | null,
): { tokens: string[]; types: number[] } {
  if (library.post_processor === null) return { tokens: [...first, ...(second ?? [])], types: [] };
  const { tokens, token_type_ids } = library.post_processor.post_process(first, second, true);
  return { tokens, types: token_type_ids ?? [] };
}

function idsOf(definition: TokenizerDefinition): (tokens: string[]) => number[] {
  return (tokens) =>
    tokens.map((token) => {
      const id = tokenIdOf(definition, token);
      if (id !== undefined) return id;
      throw new LodestoneError(
        "MODEL_INVALID",
        `The tokenizer's template asks for the token "${token}", which its vocabulary lacks.`,
      );
    });
}
