import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { type BiEncoder, type BiEncoderOptions, openBiEncoder } from "../../src/encoders/bi-encoder.js";
import { openCatalogue } from "../../src/encoders/catalogue.js";
import type { BiEncoderModel } from "../../src/encoders/model.js";
import { createTokenizer } from "../../src/encoders/tokenizer.js";
import type { LodestoneError } from "../../src/errors.js";
import { packageRoot } from "../../src/package-root.js";
import type { Graph } from "./onnx-writer.js";
import { paddedVectors, pooledVectors, rowOf, tinyModel, tokenVectors, width, withGraph } from "./tiny-models.js";
import { byteLevelBpe, type TokenizerFiles, unigram, wordPiece } from "./tiny-tokenizers.js";

const bundledModel = openCatalogue([join(packageRoot, "models")]).find("bi-encoder", "minilex-embed-en");

async function opened(t: TestContext, model: BiEncoderModel, options: BiEncoderOptions = {}): Promise<BiEncoder> {
  const encoder = await openBiEncoder(model, { threads: 1, ...options });
  t.after(() => encoder.close());
  return encoder;
}

function rowsOf({ vectors }: { vectors: Float32Array }, dimensions: number): number[][] {
  return Array.from({ length: vectors.length / dimensions }, (_, row) => [
    ...vectors.subarray(row * dimensions, (row + 1) * dimensions),
  ]);
}

const dot = (a: number[], b: number[]) => a.reduce((sum, value, d) => sum + value * (b[d] as number), 0);
const norm = (a: number[]) => Math.sqrt(dot(a, a));
const scaled = (a: number[], factor: number) => a.map((value) => value * factor);
const unit = (a: number[]) => scaled(a, 1 / norm(a));
const sum = (rows: number[][]) => rows.reduce((total, row) => total.map((value, d) => value + (row[d] as number)));

function assertClose(actual: number[], expected: number[], tolerance = 1e-5): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, d) => {
    assert.ok(Math.abs(value - (expected[d] as number)) <= tolerance, `${value} and ${expected[d]} at ${d}`);
  });
}

describe("the bundled bi-encoder", () => {
  let encoder: BiEncoder;
  before(async () => {
    encoder = await openBiEncoder(bundledModel, { threads: 2 });
  });
  after(() => encoder.close());
  const embed = async (texts: string[], kind: "query" | "passage" = "passage") =>
    rowsOf(await encoder.embed(texts, kind), encoder.dimensions);

  const texts = [
    "How to install the package with npm",
    "The wing of an aircraft at supersonic speed",
    "Run npm install to add the package to your project.",
    "Boundary layer separation over a swept wing in supersonic flow",
    "",
    "word ".repeat(700),
    "short",
  ];

  test("puts related texts nearer than unrelated ones", async () => {
    const [install, wing, npm, layer] = (await embed(texts)) as [number[], number[], number[], number[]];
    assert.ok(dot(install, npm) > 0.5 && dot(wing, layer) > 0.3);
    assert.ok(dot(install, npm) > dot(install, layer) + 0.3);
    assert.ok(dot(wing, layer) > dot(wing, npm) + 0.3);
  });

  test("gives unit vectors, and the zero vector for a text without words", async () => {
    const rows = await embed([...texts, "\u2603\u2603"]);
    rows.forEach((row, index) => {
      const expected = index === 4 || index === 7 ? 0 : 1;
      assert.ok(Math.abs(norm(row) - expected) < 1e-5, `row ${index} has length ${norm(row)}`);
    });
  });

  test("gives each text in a call what it gives it alone, in the order of the call", async () => {
    const together = await embed(texts);
    for (const [index, text] of texts.entries())
      assertClose(together[index] as number[], (await embed([text]))[0] as number[]);
  });

  test("gives the same numbers every time", async () => {
    assert.deepEqual(await embed(texts), await embed(texts));
  });

  test("counts what it read, cut at its maximum, special tokens included", async () => {
    assert.equal((await encoder.embed(["word", "word ".repeat(700)], "passage")).tokens, 3 + 512);
  });

  test("gives no vectors for no texts", async () => {
    const { vectors, tokens } = await encoder.embed([], "query");
    assert.equal(vectors.length, 0);
    assert.equal(tokens, 0);
  });

  test("answers a query before a long call that came first is through", async () => {
    const order: string[] = [];
    const long = encoder.embed(new Array(3000).fill(texts[3]), "passage").then(() => order.push("passages"));
    const query = encoder.embed(["query"], "query").then(() => order.push("query"));
    await Promise.all([long, query]);
    assert.deepEqual(order, ["query", "passages"]);
  });

  test("gives up a long call when it is aborted, and goes on with the next", async () => {
    const abort = new AbortController();
    const long = encoder.embed(new Array(50_000).fill(texts[3]), "passage", { signal: abort.signal });
    await embed(["the first batch of the long call is through now"], "query");
    abort.abort();
    await assert.rejects(long, { code: "ABORTED" });
    assert.equal((await embed(["next"])).length, 1);
    await assert.rejects(encoder.embed(["x"], "query", { signal: AbortSignal.abort() }), { code: "ABORTED" });
  });

  test("gives its Matryoshka prefix at unit length, under a version of its own", async (t) => {
    const narrow = await opened(t, bundledModel, { dimensions: 128 });
    assert.equal(narrow.dimensions, 128);
    assert.notEqual(narrow.model.version, encoder.model.version);
    const rows = rowsOf(await narrow.embed(texts.slice(0, 4), "passage"), 128);
    const whole = await embed(texts.slice(0, 4));
    rows.forEach((row, index) => {
      assertClose(row, unit((whole[index] as number[]).slice(0, 128)));
    });
    await assert.rejects(openBiEncoder(bundledModel, { dimensions: 300 }), { code: "INVALID_INPUT" });
  });

  test("refuses calls after it was closed", async () => {
    const closing = await openBiEncoder(bundledModel, { threads: 1 });
    await closing.close();
    await closing.close();
    await assert.rejects(closing.embed(["x"], "query"), { code: "CLOSED" });
  });
});

describe("a graph of another shape", () => {
  const words = "search the engine: indexing x9, bad!";
  const idsOf = (text: string, { definition, config }: TokenizerFiles = wordPiece()) => [
    ...createTokenizer(definition, config).encode(text, { maxTokens: 32 }).ids,
  ];
  const meanOf = (rows: number[][]) => unit(sum(rows));

  const shapes: [string, Graph, string, (rows: number[][]) => number[]][] = [
    ["with segments, mean pooling", tokenVectors({ segments: true }), "mean", meanOf],
    ["without segments, mean pooling", tokenVectors(), "mean", meanOf],
    ["with int32 inputs", tokenVectors({ segments: true, type: "int32" }), "mean", meanOf],
    ["with token_embeddings", tokenVectors({ output: "token_embeddings" }), "mean", meanOf],
    ["with an output of another name", tokenVectors({ output: "output_0" }), "mean", meanOf],
    ["with cls pooling", tokenVectors(), "cls", (rows) => unit(rows[0] as number[])],
    ["with last-token pooling", tokenVectors(), "last", (rows) => unit(rows.at(-1) as number[])],
    ["that pools by itself", pooledVectors(), "none", meanOf],
    [
      "with positions",
      tokenVectors({ positions: true }),
      "mean",
      (rows) => meanOf(rows.map((row, position) => row.map((value) => value + position))),
    ],
  ];
  for (const [name, graph, pooling, expected] of shapes) {
    test(`${name} gives the vectors that its rows make, alone and padded`, async (t) => {
      const encoder = await opened(t, await tinyModel("bi-encoder", graph, { pooling }));
      const texts = [words, "", "bad", `${words} ${words} ${words}`];
      const rows = rowsOf(await encoder.embed(texts, "passage"), width);
      texts.forEach((text, index) => {
        assertClose(rows[index] as number[], expected(idsOf(text).map(rowOf)));
      });
    });
  }

  test("with float16 output gives float32 vectors", async (t) => {
    const model = await tinyModel("bi-encoder", pooledVectors("float16"), { normalise: false });
    const encoder = await opened(t, model);
    const [row] = rowsOf(await encoder.embed([words], "passage"), width) as [number[]];
    const expected = sum(idsOf(words).map(rowOf));
    row.forEach((value, d) => {
      // Ten bits of fraction.
      assert.ok(Math.abs(value - (expected[d] as number)) <= Math.abs(expected[d] as number) / 1024 + 1e-5);
    });
  });

  test("gives a Matryoshka prefix at unit length also where it normalises by itself", async (t) => {
    const fields = { normalise: false, matryoshkaDimensions: [8, 4] };
    const encoder = await opened(t, await tinyModel("bi-encoder", pooledVectors(), fields), { dimensions: 4 });
    const [row] = rowsOf(await encoder.embed([words], "passage"), 4) as [number[]];
    assertClose(row, unit(sum(idsOf(words).map(rowOf)).slice(0, 4)));
  });

  test("is left as it is when its manifest says that it normalises", async (t) => {
    const encoder = await opened(t, await tinyModel("bi-encoder", pooledVectors(), { normalise: false }));
    const [row] = rowsOf(await encoder.embed([words], "passage"), width) as [number[]];
    assertClose(row, sum(idsOf(words).map(rowOf)), 1e-4);
  });

  for (const [kind, files] of Object.entries({ "byte-level BPE": byteLevelBpe(), Unigram: unigram() })) {
    test(`with a tokenizer of ${kind} pads with its own padding token`, async (t) => {
      const encoder = await opened(t, await tinyModel("bi-encoder", paddedVectors(), {}, files));
      const [long, short] = [idsOf(words, files), idsOf("bad", files)];
      const rows = rowsOf(await encoder.embed([words, "bad"], "passage"), width);
      const padding = new Array(long.length - short.length).fill(1);
      assert.ok(padding.length > 5);
      assertClose(rows[0] as number[], meanOf(long.map(rowOf)));
      assertClose(rows[1] as number[], meanOf([...short, ...padding].map(rowOf)));
    });
  }

  test("puts its prefixes before the texts", async (t) => {
    const fields = { pooling: "mean", queryPrefix: "search: ", passagePrefix: "index: " };
    const encoder = await opened(t, await tinyModel("bi-encoder", tokenVectors(), fields));
    const [query] = rowsOf(await encoder.embed(["x9"], "query"), width) as [number[]];
    const [passage] = rowsOf(await encoder.embed(["x9"], "passage"), width) as [number[]];
    assertClose(query, meanOf(idsOf("search: x9").map(rowOf)));
    assertClose(passage, meanOf(idsOf("index: x9").map(rowOf)));
  });

  test("gives any texts in any batches their own vectors", async (t) => {
    const model = await tinyModel("bi-encoder", tokenVectors(), { pooling: "mean" });
    const encoder = await opened(t, model, { maxBatchTokens: 20 });
    const text = fc
      .array(fc.constantFrom("search", "engine", "bad", "x9", ",", "\u2603"), { maxLength: 40 })
      .map((list) => list.join(" "));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 40 }), async (texts) => {
        const rows = rowsOf(await encoder.embed(texts, "passage"), width);
        texts.forEach((each, index) => {
          assertClose(rows[index] as number[], meanOf(idsOf(each).map(rowOf)));
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe("a graph that fails its manifest", () => {
  test("gives an error that names the text for NaN, and serves the other texts", async (t) => {
    const { vocab } = wordPiece().definition.model as { vocab: Record<string, number> };
    const poison = vocab.bad as number;
    const encoder = await opened(t, await tinyModel("bi-encoder", tokenVectors({ poison }), { pooling: "mean" }));
    const texts = [...new Array(300).fill("search engine"), "a bad text", "index"];
    await assert.rejects(encoder.embed(texts, "passage"), (error: LodestoneError) => {
      assert.equal(error.code, "VECTOR_INVALID");
      assert.equal(error.detail.text, 300);
      assert.match(error.message, /NaN or infinity for passage number 300 of this call/);
      return true;
    });
    assert.equal((await encoder.embed(["search engine"], "passage")).vectors.length, width);
  });

  test("is refused at opening when its vectors have another width", async () => {
    const model = await tinyModel("bi-encoder", tokenVectors(), { pooling: "mean", dimensions: 16 });
    await assert.rejects(openBiEncoder(model), {
      code: "MODEL_INVALID",
      message: /shape \[1, \d+, 8\]; its manifest \(16 dimensions, pooling "mean"\) promises \[texts, tokens, 16\]/,
    });
  });

  test("is refused when its tokenizer knows more tokens than it does", async (t) => {
    const words = Array.from({ length: 500 }, (_, n) => `word${n}`);
    const model = await tinyModel("bi-encoder", tokenVectors(), { pooling: "mean" }, wordPiece(words));
    const encoder = await opened(t, model);
    await assert.rejects(encoder.embed(["word1 word499"], "query"), {
      code: "MODEL_INVALID",
      message: /failed on a batch of 1 x 4 tokens; its tokenizer/,
    });
  });

  test("is refused at opening when it pools and the manifest does too, or neither does", async () => {
    const perToken = await tinyModel("bi-encoder", tokenVectors(), { pooling: "mean" });
    const { manifest } = perToken;
    await assert.rejects(openBiEncoder({ ...perToken, manifest: { ...manifest, pooling: "none" } }), {
      code: "MODEL_INVALID",
    });
    const pooled = pooledVectors();
    const pooledOnly = { ...pooled, outputs: pooled.outputs.slice(1) };
    await assert.rejects(openBiEncoder(withGraph(perToken, pooledOnly)), {
      code: "MODEL_INVALID",
      message: /outputs: sentence_embedding/,
    });
  });
});
