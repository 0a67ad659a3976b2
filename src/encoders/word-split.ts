// Where a text can be cut so that its parts, tokenised one by one, give the very ids of the whole. The tokenizers of
// the hub differ; a cut is used only for the shapes proved below, every other tokenizer gets its texts whole.

import {
  type TokenizerComponent,
  type TokenizerConfig,
  type TokenizerDefinition,
  tokenIdOf,
  unknownIdOf,
} from "./tokenizer-definition.js";

export type WordSplit = {
  /** By UTF-16 code unit: 1 where it separates words. */
  separators: Uint8Array;
  /** Whether a word takes the separators in front of it along (byte-level BPE); otherwise they give no token. */
  keepsSpace: boolean;
  /** Whether a word of ASCII alone is cut further, before and after each punctuation mark. */
  isolatesPunctuation: boolean;
};

/** The cut that is safe for a tokenizer, or undefined where none is known to be. */
export function wordSplitOf(definition: TokenizerDefinition, config: TokenizerConfig): WordSplit | undefined {
  if (config.remove_space || config.do_lowercase_and_remove_accent) return undefined;
  const added = definition.added_tokens.filter(({ special }) => !special);
  if (!added.every(staysInsideWords)) return undefined;
  const preTokenizers = sequenceOf(definition.pre_tokenizer, "pretokenizers");
  const normalizers = sequenceOf(definition.normalizer, "normalizers");
  if (isByteLevel(definition, preTokenizers) && normalizers.every(({ type }) => keepsSpaceApart.has(type))) {
    return { separators: separatorsWhere(/\s/), keepsSpace: true, isolatesPunctuation: false };
  }
  if (isWordLevel(definition, preTokenizers) && normalizers.every(({ type }) => normalizesWords.has(type))) {
    const isolatesPunctuation = preTokenizers[0]?.type === "BertPreTokenizer" && added.length === 0;
    // Not all white space: BERT's normalizer removes vertical tabs, form feeds and zero-width spaces.
    return { separators: separatorsWhere(/[ \t\n\r]/), keepsSpace: false, isolatesPunctuation };
  }
  return undefined;
}

// An added token is searched in the text before words exist. One that has white space after other characters could
// span two words, and one that strips its neighbours changes them.
function staysInsideWords({ content, lstrip, rstrip }: TokenizerDefinition["added_tokens"][number]): boolean {
  return !lstrip && !rstrip && !/\S\s/.test(content);
}

function sequenceOf(component: TokenizerComponent | null, key: string): TokenizerComponent[] {
  if (component === null) return [];
  return component.type === "Sequence" ? (component[key] as TokenizerComponent[]) : [component];
}

// These see no further than white space: it is a starter in every normalisation form, composes with nothing, is neither
// cased nor case-ignorable (so the final sigma is decided inside the word), and what is white space stays so. On ASCII
// all of them work character by character.
const keepsSpaceApart: ReadonlySet<string> = new Set(["NFC", "NFD", "Lowercase", "StripAccents"]);
// These may also make white space out of other characters, which only cuts the inside of a word.
const normalizesWords: ReadonlySet<string> = new Set([
  ...keepsSpaceApart,
  "NFKC",
  "NFKD",
  "BertNormalizer",
  "Precompiled",
]);

// The pattern of byte-level BPE,  's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// has white space only at the front of a match or as a whole match, so a match always ends where white space follows
// something else; and it looks ahead by one character, never back. A cut at such a place changes no other match.
function isByteLevel({ model }: TokenizerDefinition, preTokenizers: TokenizerComponent[]): boolean {
  const [byteLevel, ...rest] = preTokenizers;
  if (byteLevel?.type !== "ByteLevel" || rest.length > 0 || model.type !== "BPE" || model.fuse_unk) return false;
  return !byteLevel.add_prefix_space && byteLevel.use_regex !== false;
}

// After a cut at white space every later step works on one word, except that a model may fuse neighbouring unknown
// tokens into one. WordPiece does not; Unigram does, and is safe where each word starts with a known mark.
function isWordLevel(definition: TokenizerDefinition, preTokenizers: TokenizerComponent[]): boolean {
  const [first, ...rest] = preTokenizers;
  if (first === undefined || !cutsAtSpace.has(first.type)) return false;
  const { model } = definition;
  if (model.type === "WordPiece") return !model.fuse_unk && rest.every(({ type }) => cutsWords.has(type));
  return model.type === "Unigram" && rest.length === 1 && marksWords(definition, rest[0] as TokenizerComponent);
}

const cutsAtSpace: ReadonlySet<string> = new Set(["BertPreTokenizer", "Whitespace", "WhitespaceSplit"]);
const cutsWords: ReadonlySet<string> = new Set([...cutsAtSpace, "Punctuation", "Digits"]);

function marksWords(definition: TokenizerDefinition, metaspace: TokenizerComponent): boolean {
  const { type, replacement = "\u2581", prepend_scheme = "always", str_rep } = metaspace;
  if (type !== "Metaspace" || prepend_scheme !== "always" || str_rep || typeof replacement !== "string") return false;
  const markId = tokenIdOf(definition, replacement);
  return [...replacement].length === 1 && markId !== undefined && markId !== unknownIdOf(definition);
}

function separatorsWhere(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 0x10000 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? 1 : 0));
}
