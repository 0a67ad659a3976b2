import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Pooling } from "../../src/encoders/manifest.js";
import { expectShape, outputFor, poolRow } from "../../src/encoders/pooling.js";
import type { LodestoneError } from "../../src/errors.js";

const pooled = (
  output: { shape: number[]; values: number[] },
  row: number,
  length: number,
  pooling: Pooling,
  options: { dimensions?: number; normalise?: boolean } = {},
): { vector: number[]; norm: number } => {
  const { dimensions = output.shape.at(-1) as number, normalise = false } = options;
  const target = new Float32Array(dimensions + 2).fill(0);
  const values = Float32Array.from(output.values);
  const norm = poolRow({ shape: output.shape, values }, row, length, { pooling, dimensions, normalise }, target, 1);
  assert.equal(target[0], 0, "what lies before stays");
  assert.equal(target.at(-1), 0, "what lies behind stays");
  return { vector: [...target.slice(1, -1)], norm };
};

// Two texts of two and three tokens, two numbers a token; the nines are padding.
const tokens = { shape: [2, 3, 2], values: [1, 2, 3, 4, 9, 9, 5, 6, 7, 8, 9, 10] };

describe("pooling", () => {
  test("mean takes the tokens without the padding", () => {
    assert.deepEqual(pooled(tokens, 0, 2, "mean").vector, [2, 3]);
    assert.deepEqual(pooled(tokens, 1, 3, "mean").vector, [7, 8]);
  });

  test("cls takes the first token", () => {
    assert.deepEqual(pooled(tokens, 0, 2, "cls").vector, [1, 2]);
    assert.deepEqual(pooled(tokens, 1, 3, "cls").vector, [5, 6]);
  });

  test("last takes the last token before the padding", () => {
    assert.deepEqual(pooled(tokens, 0, 2, "last").vector, [3, 4]);
    assert.deepEqual(pooled(tokens, 1, 3, "last").vector, [9, 10]);
  });

  test("none takes the row", () => {
    assert.deepEqual(pooled({ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }, 1, 7, "none").vector, [4, 5, 6]);
  });
});

test("a normalised vector has unit length and the direction of its prefix", () => {
  const row = fc.array(fc.float({ noNaN: true, min: -1e3, max: 1e3 }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(row, fc.integer({ min: 1, max: 6 }), (values, dimensions) => {
      const prefix = values.slice(0, dimensions);
      const length = Math.hypot(...prefix);
      const { vector, norm } = pooled({ shape: [1, 6], values }, 0, 1, "none", { dimensions, normalise: true });
      assert.ok(Math.abs(norm - length) <= 1e-5 * (1 + length));
      if (length < 1e-6) return;
      assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
      vector.forEach((value, d) => {
        assert.ok(Math.abs(value - (prefix[d] as number) / length) < 1e-5);
      });
    }),
  );
});

test("a zero vector stays zero and says so", () => {
  const { vector, norm } = pooled({ shape: [1, 3], values: [0, 0, 0] }, 0, 1, "none", { normalise: true });
  assert.deepEqual(vector, [0, 0, 0]);
  assert.equal(norm, 0);
});

test("a norm is not finite when any number is not", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const { norm } = pooled({ shape: [1, 3], values: [1, bad, 2] }, 0, 1, "none", { normalise: true });
    assert.ok(!Number.isFinite(norm));
  }
});

describe("the output that is read", () => {
  test("is the pooled one only where the graph pools", () => {
    const both = ["last_hidden_state", "sentence_embedding"];
    assert.equal(outputFor("none", both, "m"), "sentence_embedding");
    assert.equal(outputFor("mean", both, "m"), "last_hidden_state");
    assert.equal(outputFor("cls", ["token_embeddings", "sentence_embedding"], "m"), "token_embeddings");
    assert.equal(outputFor("mean", ["output_0", "output_1"], "m"), "output_0");
    assert.equal(outputFor("none", ["embeddings"], "m"), "embeddings");
  });

  test("cannot be pooled where it holds no vector for each token", () => {
    assert.throws(
      () => outputFor("mean", ["sentence_embedding"], "m"),
      (error: LodestoneError) => error.code === "MODEL_INVALID" && /"pooling": "none"/.test(error.message),
    );
  });

  test("must have the rank and the width of the manifest", () => {
    const output = (shape: number[]) => ({ shape, values: new Float32Array() });
    expectShape(output([2, 384]), "none", 384, "m");
    expectShape(output([2, 7, 384]), "mean", 384, "m");
    for (const [shape, pooling] of [
      [[2, 256], "none"],
      [[2, 7, 384], "none"],
      [[2, 384], "mean"],
      [[2, 7, 256], "cls"],
    ] as const) {
      assert.throws(() => expectShape(output([...shape]), pooling, 384, "m"), { code: "MODEL_INVALID" });
    }
  });
});
