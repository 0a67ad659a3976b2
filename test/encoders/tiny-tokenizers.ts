// Small tokenizers of the three kinds of the hub, in the form of tokenizer.json and tokenizer_config.json.

export type TokenizerFiles = { definition: Record<string, unknown>; config: Record<string, unknown> };

type Added = { id: number; content: string; special?: boolean };

const addedToken = ({ id, content, special = true }: Added) => ({
  id,
  content,
  special,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: !special,
});

const template = (cls: string, sep: string, ids: [number, number], secondType: 0 | 1) => {
  const special = (id: string, type_id = 0) => ({ SpecialToken: { id, type_id } });
  const text = (id: string, type_id = 0) => ({ Sequence: { id, type_id } });
  return {
    type: "TemplateProcessing",
    single: [special(cls), text("A"), special(sep)],
    pair: [special(cls), text("A"), special(sep), text("B", secondType), special(sep, secondType)],
    special_tokens: {
      [cls]: { id: cls, ids: [ids[0]], tokens: [cls] },
      [sep]: { id: sep, ids: [ids[1]], tokens: [sep] },
    },
  };
};

/** BERT's own kind: 0 [PAD], 1 [UNK], 2 [CLS], 3 [SEP], then words and pieces. */
export function wordPiece(words: readonly string[] = defaultWords): TokenizerFiles {
  const vocab = Object.fromEntries(["[PAD]", "[UNK]", "[CLS]", "[SEP]", ...words].map((token, id) => [token, id]));
  return {
    definition: {
      version: "1.0",
      added_tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map((content, id) => addedToken({ id, content })),
      normalizer: {
        type: "BertNormalizer",
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: "BertPreTokenizer" },
      post_processor: template("[CLS]", "[SEP]", [2, 3], 1),
      decoder: { type: "WordPiece", prefix: "##", cleanup: true },
      model: {
        type: "WordPiece",
        unk_token: "[UNK]",
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 20,
        vocab,
      },
    },
    config: { pad_token: "[PAD]", model_max_length: 32 },
  };
}

const letters = [..."abcdefghijklmnopqrstuvwxyz0123456789"];
export const defaultWords = [
  ...letters,
  ...letters.map((letter) => `##${letter}`),
  ..."!\"'(),-.:;?[]_",
  ..."\u03b1\u03c2\u03c3\u4e2d",
  "##\u03b1",
  "##\u03c2",
  "##\u03c3",
  "search",
  "engine",
  "index",
  "##ing",
  "##es",
  "bad",
];

/** GPT-2's and ModernBERT's kind: bytes as characters, merges, white space kept; 0 <s>, 1 <pad>, 2 </s>. */
export function byteLevelBpe(): TokenizerFiles {
  const merges: [string, string][] = [
    ["h", "e"],
    ["i", "n"],
    ["\u0120", "t"],
    ["\u0120t", "he"],
    ["in", "g"],
    ["\u00c3", "\u00a9"],
    ["\u010a", "\u010a"],
    ["\u0120", "\u0120"],
    // White space of two kinds: the last byte of a no-break space, line feed, space.
    ["\u0142", "\u0120"],
    ["\u0120", "\u010a"],
    ["\u010a", "\u0120"],
  ];
  const tokens = ["<s>", "<pad>", "</s>", ...byteCharacters(), ...merges.map((pair) => pair.join("")), "  ", "||tag||"];
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return {
    definition: {
      version: "1.0",
      added_tokens: [
        ...["<s>", "<pad>", "</s>"].map((content, id) => addedToken({ id, content })),
        ...["  ", "||tag||"].map((content) => addedToken({ id: vocab[content] as number, content, special: false })),
      ],
      normalizer: { type: "NFC" },
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
      post_processor: {
        type: "RobertaProcessing",
        sep: ["</s>", 2],
        cls: ["<s>", 0],
        trim_offsets: true,
        add_prefix_space: false,
      },
      decoder: { type: "ByteLevel" },
      model: { type: "BPE", unk_token: null, fuse_unk: false, vocab, merges },
    },
    config: { pad_token: "<pad>", model_max_length: 32 },
  };
}

/** XLM-RoBERTa's kind: 0 <s>, 1 <pad>, 2 </s>, 3 <unk>, pieces with scores, words marked by a low line. */
export function unigram(): TokenizerFiles {
  const pieces: [string, number][] = [
    ["<s>", 0],
    ["<pad>", 0],
    ["</s>", 0],
    ["<unk>", 0],
    ["\u2581", -3],
    ["\u2581search", -6],
    ["\u2581index", -6.5],
    ["ing", -5],
    ["\u2581the", -4],
    ...letters.map((letter, rank): [string, number] => [letter, -7 - rank / 10]),
  ];
  return {
    definition: {
      version: "1.0",
      added_tokens: ["<s>", "<pad>", "</s>", "<unk>"].map((content, id) => addedToken({ id, content })),
      normalizer: { type: "Precompiled", precompiled_charsmap: null },
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [
          { type: "WhitespaceSplit" },
          { type: "Metaspace", replacement: "\u2581", add_prefix_space: true },
        ],
      },
      post_processor: template("<s>", "</s>", [0, 2], 0),
      decoder: { type: "Metaspace", replacement: "\u2581", add_prefix_space: true },
      model: { type: "Unigram", unk_id: 3, vocab: pieces },
    },
    config: { pad_token: { content: "<pad>" }, model_max_length: 32, eos_token: "</s>" },
  };
}

// The alphabet of byte-level BPE: printable bytes stand for themselves, the others for 256 and up.
function byteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCharCode(printable ? byte : next++);
  });
}
