import assert from "node:assert/strict";
import { test } from "node:test";
import { buildOptionsOf, parseAxis, variantOf } from "../../../src/cli/evaluation/axes.js";
import { LodestoneError } from "../../../src/errors.js";

test("values are lists, ranges and both, of numbers, words and yes or no", () => {
  const cases: [text: string, values: unknown[]][] = [
    ["depth=100,200", [100, 200]],
    ["fusion.lexicalWeight=0.1..0.4:0.1", [0.1, 0.2, 0.3, 0.4]],
    ["fusion.lexicalWeight=0..1:0.3", [0, 0.3, 0.6, 0.9]],
    ["rerank.depth=1..3", [1, 2, 3]],
    ["fusion.k=10,20..40:10", [10, 20, 30, 40]],
    ["vectors.format=int8,float32", ["int8", "float32"]],
    ["rerank=true,false", [true, false]],
    ["recall=.95", [0.95]],
  ];
  for (const [text, values] of cases) assert.deepEqual(parseAxis(text), [text.split("=")[0], values]);
});

test("what is no axis is refused with the way to write one", () => {
  const cases: [text: string, message: RegExp][] = [
    ["depth", /NAME=VALUES/],
    ["=1", /NAME=VALUES/],
    ["depth=", /NAME=VALUES/],
    ["depth=1,,2", /between two commas/],
    ["depth=3..1", /rising/],
    ["depth=1..2:0", /rising/],
    ["depth=0..1:0.0001", /10001 values; at most 1000/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseAxis(text),
      (error) => error instanceof LodestoneError && error.code === "INVALID_INPUT" && message.test(error.message),
      text,
    );
  }
});

test("a point changes the request, the engine or what the library is built with, each where it belongs", () => {
  const point = {
    name: "p",
    settings: { "fusion.k": 20, depth: 50, "rerank.depth": 10, "vectors.format": "int8", "chunking.maxTokens": 64 },
  };
  assert.deepEqual(variantOf(point, { mode: "hybrid", rerank: true }), {
    name: "p",
    request: { mode: "hybrid", rerank: { depth: 10 }, depth: 50, fusion: { method: "rrf", k: 20 } },
    engine: { vectors: { format: "int8" } },
  });
  assert.deepEqual(buildOptionsOf(point), { chunking: { maxTokens: 64 } });
  const methodOf = (settings: Record<string, number | string>) => {
    const { fusion } = variantOf({ name: "", settings }, {}).request;
    return typeof fusion === "object" ? fusion.method : fusion;
  };
  assert.equal(methodOf({ "fusion.lexicalWeight": 0.3 }), "convex");
  assert.equal(methodOf({ "fusion.denseWeight": 0.3 }), "rrf");
  assert.equal(methodOf({ "fusion.method": "rrf" }), "rrf");
});
