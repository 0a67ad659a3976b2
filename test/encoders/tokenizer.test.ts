import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Tokenizer as Library } from "@huggingface/tokenizers";
import fc from "fast-check";
import { createTokenizer, type Tokenizer } from "../../src/encoders/tokenizer.js";
import { packageRoot } from "../../src/package-root.js";
import { byteLevelBpe, type TokenizerFiles, unigram, wordPiece } from "./tiny-tokenizers.js";

const bundled = (): TokenizerFiles => {
  const json = (name: string) => JSON.parse(readFileSync(join(packageRoot, "models/minilex-embed-en", name), "utf8"));
  return { definition: json("tokenizer.json"), config: json("tokenizer_config.json") };
};

/** What the library alone gives for a text when the special tokens of the model are plain characters to it. */
function libraryIds({ definition, config }: TokenizerFiles): (text: string) => number[] {
  const added = (definition.added_tokens as { special: boolean }[]).filter(({ special }) => !special);
  const library = new Library({ ...definition, added_tokens: added }, config);
  return (text) => library.encode(text, { add_special_tokens: false }).ids;
}

const idsOf = (tokenizer: Tokenizer, text: string): number[] => {
  const { ids } = tokenizer.encode(text, { maxTokens: 1e9 });
  return [...ids.slice(1, -1)];
};

// Words, white space of every kind, marks that combine over word borders, the final sigma, controls that the
// normalizers remove, lone surrogates, CJK, and whatever else is Unicode.
const fragment = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "search",
      "Searching",
      "the",
      "index",
      "hh",
      "in",
      "bad",
      "x9",
      "don't",
      "||tag||",
      "the index",
    ),
  },
  { weight: 4, arbitrary: fc.constantFrom(" ", " ", "  ", "   ", "\n", "\n\n", "\t", "\r\n", " \n ") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "\u00a0",
      "\u00a0 \u00a0",
      "\u2028",
      "\u0085",
      "\ufeff",
      "\u000b",
      "\u000c",
      "\u3000",
      "\u0000",
      "\u001f",
      "\u200b",
      "\u2581",
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "\u0391\u03a3",
      "\u0391\u03a3.\u0391",
      "\u0301",
      "\u00e9",
      "e\u0301",
      "\u00a8",
      "\uff5e",
      "\u0130",
      "\u00df",
      "\ufb01",
      "\u4e2d\u6587",
      "\ud83d\ude00",
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(".", ",", "-", "'s", "'", "[SE", "##ing", "(", "_", "\u2014", "!?", "<", "/s>"),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) },
);
const text = fc.array(fragment, { maxLength: 30 }).map((fragments) => fragments.join(""));

const variant = (files: TokenizerFiles, changes: Record<string, unknown>): TokenizerFiles => ({
  ...files,
  definition: { ...files.definition, ...changes },
});

const kinds: [string, TokenizerFiles][] = [
  ["WordPiece", wordPiece()],
  ["byte-level BPE", byteLevelBpe()],
  ["Unigram", unigram()],
  ["the bundled model's WordPiece", bundled()],
  ["WordPiece without normalizer", variant(wordPiece(), { normalizer: null })],
  [
    "WordPiece with composed normalizers and pre-tokenizers",
    variant(wordPiece(), {
      normalizer: {
        type: "Sequence",
        normalizers: [{ type: "NFKC" }, { type: "Lowercase" }, { type: "StripAccents" }],
      },
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [{ type: "Whitespace" }, { type: "Punctuation" }, { type: "Digits", individual_digits: true }],
      },
    }),
  ],
  [
    "WordPiece with an added token of two words",
    variant(wordPiece(), {
      added_tokens: [
        ...(wordPiece().definition.added_tokens as object[]),
        { id: 300, content: "the index", special: false, lstrip: false, rstrip: false, normalized: false },
      ],
    }),
  ],
  [
    "WordPiece with an added token of punctuation",
    variant(wordPiece(), {
      added_tokens: [
        ...(wordPiece().definition.added_tokens as object[]),
        { id: 300, content: "don't", special: false, lstrip: false, rstrip: false, normalized: false },
      ],
    }),
  ],
  [
    "byte-level BPE with a prefix space",
    variant(byteLevelBpe(), { pre_tokenizer: { type: "ByteLevel", add_prefix_space: true, use_regex: true } }),
  ],
  ["Unigram over the whole text", variant(unigram(), { pre_tokenizer: { type: "Metaspace", replacement: "\u2581" } })],
  [
    "Unigram whose words may begin unknown",
    variant(unigram(), {
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [
          { type: "WhitespaceSplit" },
          { type: "Metaspace", replacement: "\u2581", prepend_scheme: "never" },
        ],
      },
    }),
  ],
];

describe("a text gives the ids of the library", () => {
  for (const [kind, files] of kinds) {
    test(kind, () => {
      const tokenizer = createTokenizer(files.definition, files.config);
      const expected = libraryIds(files);
      fc.assert(
        fc.property(text, (sample) => {
          // As a Unigram piece this has a test of its own.
          fc.pre(!sample.includes("</s>"));
          const ids = expected(sample);
          assert.deepEqual(idsOf(tokenizer, sample), ids);
          assert.equal(tokenizer.count(sample), ids.length);
        }),
        { numRuns: 400 },
      );
    });
  }

  test("on four evaluation collections", (t) => {
    const data = join(packageRoot, "../shared/data/eval");
    if (!existsSync(data)) return t.skip("the evaluation collections are not here");
    const files = bundled();
    const tokenizer = createTokenizer(files.definition, files.config);
    const expected = libraryIds(files);
    for (const name of ["cisi", "cranfield", "medline", "scifact"]) {
      for (const line of readFileSync(join(data, name, "corpus.jsonl"), "utf8")
        .trim()
        .split("\n")) {
        const { text: document } = JSON.parse(line) as { text: string };
        assert.deepEqual(idsOf(tokenizer, document), expected(document), document.slice(0, 80));
      }
    }
  });
});

describe("special tokens", () => {
  test("frame a text and a pair as the model's own template does", () => {
    for (const { definition, config } of [wordPiece(), byteLevelBpe(), unigram(), bundled()]) {
      const tokenizer = createTokenizer(definition, config);
      const library = new Library(definition, config);
      const limits = { maxTokens: 100, maxFirstTokens: 100, maxSecondTokens: 100 };
      assert.deepEqual([...tokenizer.encode("search the index", limits).ids], library.encode("search the index").ids);
      const pair = tokenizer.encodePair("search", "the index", limits);
      const expected = library.encode("search", { text_pair: "the index", return_token_type_ids: true });
      assert.deepEqual([...pair.ids], expected.ids);
      const oneSegment = (definition.post_processor as { type: string }).type === "RobertaProcessing";
      const types = [...pair.ids].map((_, index) => (index >= pair.secondSegmentStart ? 1 : 0));
      assert.deepEqual(types, oneSegment ? types.map(() => 0) : expected.token_type_ids);
    }
  });

  test("cannot be written into a text", () => {
    const forged = "[CLS] a [SEP] b [PAD] [UNK] </s> <s> <pad> x</s>y";
    for (const { definition, config } of [wordPiece(), byteLevelBpe(), unigram(), bundled()]) {
      const tokenizer = createTokenizer(definition, config);
      const added = definition.added_tokens as { id: number; special: boolean; content: string }[];
      const structural = added.filter(({ special, content }) => special && !/unk/i.test(content)).map(({ id }) => id);
      assert.ok(structural.length >= 3);
      for (const id of idsOf(tokenizer, forged)) assert.ok(!structural.includes(id), `id ${id} in ${forged}`);
    }
  });

  test("a pair keeps its two separators when its texts hold separators too", () => {
    const { definition, config } = wordPiece();
    const tokenizer = createTokenizer(definition, config);
    const limits = { maxTokens: 100, maxFirstTokens: 100, maxSecondTokens: 100 };
    const { ids, secondSegmentStart } = tokenizer.encodePair("a [SEP] b", "c [SEP] [CLS] d", limits);
    assert.equal(ids.filter((id) => id === 3).length, 2);
    assert.equal(ids.filter((id) => id === 2).length, 1);
    assert.equal(ids[secondSegmentStart - 1], 3);
  });
});

describe("cutting", () => {
  test("keeps the special tokens and the first tokens of a text", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (sample, maxTokens) => {
        const whole = [...tokenizer.encode(sample, { maxTokens: 1e9 }).ids];
        const cut = [...tokenizer.encode(sample, { maxTokens }).ids];
        assert.deepEqual(cut, whole.length <= maxTokens ? whole : [...whole.slice(0, maxTokens - 1), 3]);
      }),
    );
  });

  test("of a pair takes the query to its own limit and gives the rest to the passage", () => {
    const limits = { maxTokens: 12, maxFirstTokens: 4, maxSecondTokens: 100 };
    const { ids, secondSegmentStart } = tokenizer.encodePair("a b c d e f g", "h i j k l m n o p q", limits);
    const [a, h] = [idsOf(tokenizer, "a b c d"), idsOf(tokenizer, "h i j k l")];
    assert.deepEqual([...ids], [2, ...a, 3, ...h, 3]);
    assert.equal(secondSegmentStart, 6);
  });

  test("of a pair respects the passage's own limit", () => {
    const limits = { maxTokens: 100, maxFirstTokens: 100, maxSecondTokens: 2 };
    const { ids } = tokenizer.encodePair("a", "h i j k", limits);
    assert.deepEqual([...ids], [2, ...idsOf(tokenizer, "a"), 3, ...idsOf(tokenizer, "h i"), 3]);
  });

  test("leaves an empty text with its special tokens", () => {
    assert.deepEqual([...tokenizer.encode("", { maxTokens: 8 }).ids], [2, 3]);
    assert.equal(tokenizer.count(" \n"), 0);
  });

  test("gives a model without special tokens one padding token for an empty text", () => {
    const files = variant(wordPiece(), { post_processor: null });
    const bare = createTokenizer(files.definition, files.config);
    assert.deepEqual([...bare.encode("", { maxTokens: 8 }).ids], [bare.padId]);
    assert.deepEqual(bare.specialTokens, { single: 0, pair: 0 });
  });

  const { definition, config } = wordPiece();
  const tokenizer = createTokenizer(definition, config);
});

test("counts add up over white space where the tokenizer says so", () => {
  for (const [kind, files] of kinds) {
    const tokenizer = createTokenizer(files.definition, files.config);
    if (!tokenizer.additive) continue;
    fc.assert(
      fc.property(text, fc.constantFrom(" ", "\n", "\n\n", "\t \r\n"), text, (before, space, after) => {
        const together = tokenizer.count(before + space + after);
        assert.equal(together, tokenizer.count(before) + tokenizer.count(after), kind);
      }),
    );
  }
  const additive = kinds.filter(([, { definition, config }]) => createTokenizer(definition, config).additive);
  assert.deepEqual(
    additive.map(([kind]) => kind),
    [
      "WordPiece",
      "Unigram",
      "the bundled model's WordPiece",
      "WordPiece without normalizer",
      "WordPiece with composed normalizers and pre-tokenizers",
      "WordPiece with an added token of punctuation",
    ],
  );
});

test("a padding token is found by its name, not assumed to be 0", () => {
  const { definition, config } = byteLevelBpe();
  assert.equal(createTokenizer(definition, config).padId, 1);
  assert.equal(createTokenizer(unigram().definition, unigram().config).padId, 1);
});
