import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import type { SparseEncoderModel } from "../../src/encoders/model.js";
import { openSparseEncoder, type SparseEncoder, type SparseEncoderOptions } from "../../src/encoders/sparse-encoder.js";
import type { LodestoneError } from "../../src/errors.js";
import { pooledVectors, rowOf, tinyModel, tokenVectors, width, withGraph } from "./tiny-models.js";
import { wordPiece } from "./tiny-tokenizers.js";

// As many tokens as the tiny graphs put out numbers: four special ones and these.
const words = ["wing", "flow", "heat", "##s"];
const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ...words];
const graph = tokenVectors({ output: "logits" });

async function opened(
  t: TestContext,
  { fields = {}, options = {}, files }: Partial<Given> = {},
): Promise<{ encoder: SparseEncoder; model: SparseEncoderModel }> {
  const model = await tinyModel("sparse-encoder", graph, fields, wordPiece(words), files);
  const encoder = await openSparseEncoder(model, { threads: 1, ...options });
  t.after(() => encoder.close());
  return { encoder, model };
}
type Given = { fields: Record<string, unknown>; options: SparseEncoderOptions; files: Record<string, object> };

/** What SPLADE's formula says of tokens whose logits are the rows of the table. */
function expected(text: string, maxTerms = 256): [string, number][] {
  const ids = [2, ...text.split(" ").map((word) => Math.max(1, vocabulary.indexOf(word))), 3];
  return vocabulary
    .map((token, term): [string, number] => [
      token,
      Math.max(...ids.map((id) => Math.log(1 + Math.max(0, rowOf(id)[term]!)))),
    ])
    .filter(([token, weight]) => words.includes(token) && weight > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, maxTerms);
}

async function termsOf(encoder: SparseEncoder, texts: string[], kind: "query" | "passage" = "passage") {
  const { starts, terms, weights } = await encoder.encode(texts, kind);
  return texts.map((_, i) =>
    Array.from(terms.subarray(starts[i], starts[i + 1]), (term, at): [string, number] => [
      encoder.vocabulary[term]!,
      weights[starts[i]! + at]!,
    ]),
  );
}

function assertSame(actual: [string, number][], wanted: [string, number][]): void {
  assert.deepEqual(
    actual.map(([term]) => term),
    wanted.map(([term]) => term),
  );
  actual.forEach(([, weight], i) => {
    assert.ok(Math.abs(weight - wanted[i]![1]) < 1e-5);
  });
}

describe("a sparse encoder", () => {
  test("weighs terms by the maximum over tokens, heaviest first, and no special token is a term", async (t) => {
    const { encoder } = await opened(t);
    assertSame((await termsOf(encoder, ["wing flow"]))[0]!, expected("wing flow"));
    assert.deepEqual(encoder.vocabulary, [undefined, undefined, undefined, undefined, ...words]);
  });

  test("gives a text the same terms whatever it is batched with", async (t) => {
    const { encoder } = await opened(t, { options: { maxBatchTokens: 12 } });
    const text = fc.array(fc.constantFrom("wing", "flow", "heat"), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 9 }), async (lists) => {
        const texts = lists.map((list) => list.join(" "));
        const found = await termsOf(encoder, texts);
        texts.forEach((text, i) => {
          assertSame(found[i]!, expected(text));
        });
      }),
      { numRuns: 30 },
    );
  });

  test("keeps as many terms as its manifest says", async (t) => {
    const { encoder } = await opened(t, { fields: { maxTerms: 2 } });
    assertSame((await termsOf(encoder, ["wing flow heat"]))[0]!, expected("wing flow heat", 2));
  });

  test("looks queries up without inference where the folder has weights for them", async (t) => {
    const { encoder, model } = await opened(t, { files: { "idf.json": { wing: 2.5, flow: 4, "[CLS]": 9 } } });
    assert.equal(model.manifest.queryWeights, "idf.json");
    assert.deepEqual((await termsOf(encoder, ["wing flow wing heat"], "query"))[0], [
      ["flow", 4],
      ["wing", 2.5],
    ]);
    assertSame((await termsOf(encoder, ["wing"]))[0]!, expected("wing"));
  });

  test("takes the weights of a graph that pools by itself as they are", async (t) => {
    const model = await tinyModel("sparse-encoder", graph, {}, wordPiece(words));
    const { operations, constants, inputs } = pooledVectors();
    const encoder = await openSparseEncoder(
      withGraph(model, {
        inputs,
        constants,
        operations,
        outputs: [{ name: "sentence_embedding", type: "float32", shape: ["batch", width] }],
      }),
      { threads: 1 },
    );
    t.after(() => encoder.close());
    const sums = vocabulary.map((_, term) => [2, 4, 3].reduce((sum, id) => sum + rowOf(id)[term]!, 0));
    const wanted = vocabulary
      .map((token, term): [string, number] => [token, sums[term]!])
      .filter(([token, weight]) => words.includes(token) && weight > 0)
      .sort(([, a], [, b]) => b - a);
    assertSame((await termsOf(encoder, ["wing"]))[0]!, wanted);
  });

  test("names the text for which the model gives no number", async (t) => {
    const model = await tinyModel("sparse-encoder", graph, {}, wordPiece(words));
    const poisoned = withGraph(model, tokenVectors({ output: "logits", poison: vocabulary.indexOf("heat") }));
    const encoder = await openSparseEncoder(poisoned, { threads: 1 });
    t.after(() => encoder.close());
    await assert.rejects(encoder.encode(["wing", "flow", "heat"], "passage"), (error: LodestoneError) => {
      assert.equal(error.code, "VECTOR_INVALID");
      assert.match(error.message, /passage number 2/);
      return true;
    });
  });

  test("is refused where its graph has fewer numbers than its tokenizer has terms", async (_t) => {
    const model = await tinyModel("sparse-encoder", graph, {}, wordPiece([...words, "more"]));
    await assert.rejects(openSparseEncoder(model, { threads: 1 }), {
      code: "MODEL_INVALID",
      message: /\[1, 4, 8\].*9 terms/,
    });
  });

  test("has a version of its own for other weights of queries", async (t) => {
    const version = async (weight: number) =>
      (await opened(t, { files: { "idf.json": { wing: weight } } })).model.version;
    assert.notEqual(await version(1), await version(2));
  });
});
