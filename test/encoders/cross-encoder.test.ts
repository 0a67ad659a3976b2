import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { openCatalogue } from "../../src/encoders/catalogue.js";
import { type CrossEncoder, openCrossEncoder } from "../../src/encoders/cross-encoder.js";
import type { CrossEncoderModel } from "../../src/encoders/model.js";
import { createTokenizer } from "../../src/encoders/tokenizer.js";
import { packageRoot } from "../../src/package-root.js";
import { pairLogits, rowOf, segmentRow, tinyModel, withGraph } from "./tiny-models.js";
import { wordPiece } from "./tiny-tokenizers.js";

async function opened(t: TestContext, model: CrossEncoderModel): Promise<CrossEncoder> {
  const encoder = await openCrossEncoder(model, { threads: 1 });
  t.after(() => encoder.close());
  return encoder;
}

describe("the bundled cross-encoder", () => {
  let encoder: CrossEncoder;
  before(async () => {
    encoder = await openCrossEncoder(openCatalogue([join(packageRoot, "models")]).find("cross-encoder"), {
      threads: 2,
    });
  });
  after(() => encoder.close());

  const query = "how to install a package with npm";
  const passages = [
    "The boundary layer of a swept wing at supersonic speed separates near the leading edge.",
    "Run npm install followed by the name of the package. npm install fetches it and adds it to package.json.",
    "Packages are published to a registry.",
    "",
    "npm ".repeat(400),
  ];

  test("puts the passage that answers before those that do not", async () => {
    const [wing, install, registry] = (await encoder.score(query, passages)) as unknown as [number, number, number];
    assert.ok(install > registry && registry > wing, `${install} > ${registry} > ${wing}`);
  });

  test("gives each passage what it gives it alone, every time", async () => {
    const together = await encoder.score(query, passages);
    assert.deepEqual(await encoder.score(query, passages), together);
    for (const [index, passage] of passages.entries()) {
      const [alone] = await encoder.score(query, [passage]);
      assert.ok(Math.abs((alone as number) - (together[index] as number)) < 1e-4, passage.slice(0, 20));
    }
  });

  test("scores an empty query, and no passages", async () => {
    assert.ok((await encoder.score("", passages)).every(Number.isFinite));
    assert.equal((await encoder.score(query, [])).length, 0);
  });

  test("reads 64 tokens of a query and 256 of a passage", async () => {
    const [cut, whole] = await Promise.all([
      encoder.score("npm ".repeat(64), ["install ".repeat(256)]),
      encoder.score(`${"npm ".repeat(64)} wing`, [`${"install ".repeat(256)} wing`]),
    ]);
    assert.deepEqual(cut, whole);
    const [shorter] = await encoder.score("npm ".repeat(64), ["install ".repeat(255)]);
    assert.notEqual(shorter, cut[0]);
  });

  test("is aborted by its caller, and refuses calls once closed", async () => {
    await assert.rejects(encoder.score(query, passages, { signal: AbortSignal.abort() }), { code: "ABORTED" });
    const abort = new AbortController();
    const long = encoder.score(query, new Array(5000).fill(passages[1]), { signal: abort.signal });
    abort.abort();
    await assert.rejects(long, { code: "ABORTED" });
    const closing = await openCrossEncoder(encoder.model, { threads: 1 });
    await closing.close();
    await assert.rejects(closing.score(query, passages), { code: "CLOSED" });
  });
});

describe("a graph of another shape", () => {
  const { definition, config } = wordPiece();
  const tokenizer = createTokenizer(definition, config);
  const limits = { maxTokens: 32, maxFirstTokens: 8, maxSecondTokens: 32 };

  // The tiny graph's label n is n + 1 times the sum of all numbers of the token vectors and segments.
  const total = (query: string, passage: string): number => {
    const { ids, secondSegmentStart } = tokenizer.encodePair(query, passage, limits);
    let sum = 0;
    ids.forEach((id, index) => {
      for (const [d, value] of rowOf(id).entries())
        sum += value + (index >= secondSegmentStart ? (segmentRow[d] as number) : 0);
    });
    return sum;
  };
  const query = "search engine";
  const passages = [
    "index",
    "bad search: x9 engines!",
    "",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7",
  ];

  test("with one label gives its logit", async (t) => {
    const encoder = await opened(t, await tinyModel("cross-encoder", pairLogits(1)));
    const logits = await encoder.score(query, passages);
    passages.forEach((passage, index) => {
      assert.ok(Math.abs((logits[index] as number) - total(query, passage)) < 1e-4);
    });
  });

  test("with two labels gives the second logit over the first", async (t) => {
    const encoder = await opened(t, await tinyModel("cross-encoder", pairLogits(2)));
    const logits = await encoder.score(query, passages);
    passages.forEach((passage, index) => {
      assert.ok(Math.abs((logits[index] as number) - (2 - 1) * total(query, passage)) < 1e-4);
    });
  });

  test("with more labels is refused at opening", async () => {
    const model = await tinyModel("cross-encoder", pairLogits(1));
    await assert.rejects(openCrossEncoder(withGraph(model, pairLogits(3))), {
      code: "MODEL_INVALID",
      message: /shape \[1, 3\]; a cross-encoder for ranking gives one or two logits/,
    });
  });

  test("that gives NaN is refused with the passage's number", async (t) => {
    const model = await tinyModel("cross-encoder", pairLogits(1));
    const { vocab } = definition.model as { vocab: Record<string, number> };
    const encoder = await opened(t, withGraph(model, pairLogits(1, vocab.bad)));
    await assert.rejects(encoder.score(query, ["index", "a bad one"]), {
      code: "VECTOR_INVALID",
      message: /for passage number 1 of this call/,
    });
    assert.equal((await encoder.score(query, ["index"])).length, 1);
  });
});
