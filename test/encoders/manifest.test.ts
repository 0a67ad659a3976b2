import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Manifest, parseManifest } from "../../src/encoders/manifest.js";
import { atDimensions, type BiEncoderModel, modelOf } from "../../src/encoders/model.js";
import { packageRoot } from "../../src/package-root.js";

const bundled = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(packageRoot, "models", name, "manifest.json"), "utf8"));
const biEncoder = bundled("minilex-embed-en");
const crossEncoder = bundled("minilex-rerank-en");

const refused = (json: unknown, message: RegExp) =>
  assert.throws(() => parseManifest(json, "models/x/manifest.json"), { code: "MODEL_INVALID", message });

describe("a manifest", () => {
  test("of each bundled model says how it is fused or used for reranking", () => {
    const bi = parseManifest(biEncoder, "a");
    const cross = parseManifest(crossEncoder, "b");
    assert.ok(bi.role === "bi-encoder" && cross.role === "cross-encoder");
    assert.deepEqual(bi.fusion, { method: "convex", lexicalWeight: 0.6, depth: 200 });
    assert.deepEqual(bi.matryoshkaDimensions, [512, 256, 128]);
    assert.deepEqual(cross.rerank, {
      depth: 50,
      logitWeight: 1,
      firstStageWeight: 2,
      maxQueryTokens: 64,
      maxPassageTokens: 256,
    });
  });

  test("with an unknown field is refused with the nearest known one", () => {
    refused({ ...biEncoder, querryPrefix: "" }, /unknown field "querryPrefix" \(did you mean "queryPrefix"\?\)/);
    refused({ ...crossEncoder, dimension: 5 }, /manifest\.json is not a model manifest: unknown field "dimension"/);
  });

  test("with a field of another role is refused", () => {
    refused({ ...crossEncoder, pooling: "mean" }, /unknown field "pooling"/);
  });

  test("without a needed field is refused with its name", () => {
    refused({ ...biEncoder, pooling: undefined }, /pooling: /);
    refused({ ...biEncoder, role: "encoder" }, /role: /);
    refused("text", /not a model manifest/);
    refused(null, /not a model manifest/);
  });

  test("must list its graph and its tokenizer", () => {
    const { "tokenizer.json": _, ...files } = biEncoder.files as Record<string, unknown>;
    refused({ ...biEncoder, files }, /files: must list "tokenizer\.json"/);
    refused({ ...biEncoder, modelFile: "onnx/other.onnx" }, /files: must list "onnx\/other\.onnx"/);
  });

  test("cannot name a file outside of its folder", () => {
    for (const path of ["../secret", "onnx/../../secret", "/etc/passwd", "a\\..\\b"]) {
      refused(
        { ...biEncoder, files: { ...(biEncoder.files as object), [path]: { sha256: "0".repeat(64), bytes: 1 } } },
        /files/,
      );
    }
  });
});

describe("a version", () => {
  const versionOf = (changes: Partial<Record<string, unknown>>) =>
    modelOf(parseManifest({ ...biEncoder, ...changes }, "a"), "/models/a").version;

  test("is the name and 12 hexadecimal digits, the same on every machine", () => {
    const model = modelOf(parseManifest(biEncoder, "a"), "/anywhere");
    assert.match(model.version, /^minilex-embed-en@[0-9a-f]{12}$/);
    assert.equal(modelOf(parseManifest(biEncoder, "b"), "/elsewhere").version, model.version);
  });

  test("changes with everything that changes vectors", () => {
    const files = biEncoder.files as Manifest["files"];
    const otherHash = (path: string) => ({ files: { ...files, [path]: { sha256: "0".repeat(64), bytes: 1 } } });
    const versions = [
      {},
      { name: "other" },
      { revision: "2" },
      { quantization: "fp32" },
      { pooling: "mean" },
      { normalise: false },
      { queryPrefix: "query: " },
      { passagePrefix: "passage: " },
      { maxTokens: 256 },
      { dimensions: 256 },
      otherHash("onnx/model_quantized.onnx"),
      otherHash("tokenizer.json"),
      otherHash("tokenizer_config.json"),
      otherHash("onnx/model_quantized.onnx_data"),
    ].map(versionOf);
    assert.equal(new Set(versions).size, versions.length);
  });

  test("does not change with what vectors do not depend on", () => {
    const files = biEncoder.files as Manifest["files"];
    const version = versionOf({});
    assert.equal(versionOf({ licence: "MIT" }), version);
    assert.equal(versionOf({ fusion: { method: "rrf", k: 60, denseWeight: 0.5, depth: 100 } }), version);
    assert.equal(versionOf({ files: { ...files, "README.md": { sha256: "0".repeat(64), bytes: 1 } } }), version);
  });

  test("differs for each Matryoshka width, which the manifest must offer", () => {
    const model = modelOf(parseManifest(biEncoder, "a"), "/a") as BiEncoderModel;
    const narrow = atDimensions(model, 256);
    assert.equal(narrow.dimensions, 256);
    assert.notEqual(narrow.version, model.version);
    assert.equal(atDimensions(model, 512).version, model.version);
    assert.throws(() => atDimensions(model, 100), {
      code: "INVALID_INPUT",
      message: /512, 256, 128 dimensions; 100 was/,
    });
  });
});
