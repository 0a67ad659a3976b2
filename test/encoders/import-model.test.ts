import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openCatalogue } from "../../src/encoders/catalogue.js";
import type { ImportOptions } from "../../src/encoders/import-model.js";
import type { ManifestOf } from "../../src/encoders/manifest.js";
import type { Model } from "../../src/encoders/model.js";
import { packageRoot } from "../../src/package-root.js";
import { temporaryFolder } from "../temporary-folder.js";
import { onnxFile } from "./onnx-writer.js";
import { type Files, modelFiles, pairLogits, pooledVectors, tokenVectors, width, writeFiles } from "./tiny-models.js";
import { byteLevelBpe, wordPiece } from "./tiny-tokenizers.js";

const bundledModels = join(packageRoot, "models");
const bert = { architectures: ["BertModel"], model_type: "bert" };
const meanPooling = { "1_Pooling/config.json": { word_embedding_dimension: width, pooling_mode_mean_tokens: true } };

async function importFiles(name: string, files: Files, options: ImportOptions = {}): Promise<Model> {
  const folder = temporaryFolder();
  writeFiles(join(folder, name), files);
  return await openCatalogue([join(folder, "models")]).importFolder(join(folder, name), options);
}

const biEncoderManifest = async (...args: Parameters<typeof importFiles>) => {
  const { manifest } = await importFiles(...args);
  assert.equal(manifest.role, "bi-encoder");
  return manifest as ManifestOf<"bi-encoder">;
};

describe("an imported bi-encoder", () => {
  test("has what sentence-transformers writes beside it", async () => {
    const files = {
      ...modelFiles(tokenVectors({ segments: true }), bert),
      "1_Pooling/config.json": { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false },
      "modules.json": [
        { type: "sentence_transformers.models.Transformer" },
        { type: "sentence_transformers.models.Pooling" },
      ],
      "sentence_bert_config.json": { max_seq_length: 24 },
      "config_sentence_transformers.json": { prompts: { query: "find: ", document: "text: " } },
      "README.md": "---\nlicense: mit\ntags:\n- x\n---\n# Card",
      "pytorch_model.bin": "left behind",
      "onnx/model_O3.onnx": "left behind",
    };
    const model = await importFiles("tiny-bert", files);
    const { files: records, ...facts } = model.manifest;
    assert.match(facts.revision, /^[0-9a-f]{12}$/);
    assert.deepEqual(facts, {
      format: 1,
      name: "tiny-bert",
      revision: facts.revision,
      role: "bi-encoder",
      licence: "mit",
      quantization: "fp32",
      modelFile: "onnx/model.onnx",
      maxTokens: 24,
      dimensions: width,
      pooling: "cls",
      normalise: true,
      queryPrefix: "find: ",
      passagePrefix: "text: ",
    });
    assert.deepEqual(Object.keys(records).sort(), [
      "1_Pooling/config.json",
      "README.md",
      "config.json",
      "config_sentence_transformers.json",
      "modules.json",
      "onnx/model.onnx",
      "sentence_bert_config.json",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    assert.ok(!existsSync(join(model.directory, "pytorch_model.bin")));
  });

  test("of a known family gets the prefixes and the pooling of its card", async () => {
    const files = modelFiles(tokenVectors(), bert);
    const facts = async (name: string) => {
      const { pooling, queryPrefix, passagePrefix } = await biEncoderManifest(name, files);
      return [pooling, queryPrefix, passagePrefix];
    };
    assert.deepEqual(await facts("e5-small-v2"), ["mean", "query: ", "passage: "]);
    const bge = "Represent this sentence for searching relevant passages: ";
    assert.deepEqual(await facts("bge-small-en-v1.5"), ["cls", bge, ""]);
    assert.deepEqual(await facts("nomic-embed-text-v1.5"), ["mean", "search_query: ", "search_document: "]);
    assert.deepEqual(await facts("gte-base"), ["mean", "", ""]);
    assert.deepEqual(await facts("all-MiniLM-L6-v2"), ["mean", "", ""]);
  });

  test("that pools in its graph needs no word on pooling", async () => {
    const files = modelFiles(pooledVectors(), { ...bert, matryoshka_dims: [8, 4] });
    const { pooling, dimensions, matryoshkaDimensions } = await biEncoderManifest("pools", files);
    assert.deepEqual(
      { pooling, dimensions, matryoshkaDimensions },
      { pooling: "none", dimensions: width, matryoshkaDimensions: [8, 4] },
    );
  });

  test("whose config still says ForMaskedLM is known by its modules", async () => {
    const config = { architectures: ["MPNetForMaskedLM"], model_type: "mpnet" };
    const { maxTokens } = await biEncoderManifest("mpnet", {
      ...modelFiles(tokenVectors(), config),
      ...meanPooling,
    });
    assert.equal(maxTokens, 30, "two of MPNet's position embeddings are never used");
  });

  test("takes its width from its graph, whatever its config says", async () => {
    const { dimensions } = await biEncoderManifest("wide", {
      ...modelFiles(tokenVectors(), { ...bert, hidden_size: 384 }),
      ...meanPooling,
    });
    assert.equal(dimensions, width);
  });

  test("takes the fields that the caller gives instead of its own", async () => {
    const options = {
      name: "renamed",
      fields: { pooling: "last", queryPrefix: "q: ", licence: "Apache-2.0", revision: "r7", maxTokens: 16 },
    };
    const { name, pooling, queryPrefix, licence, revision, maxTokens } = await biEncoderManifest(
      "e5-tiny",
      modelFiles(tokenVectors(), bert),
      options,
    );
    assert.deepEqual(
      [name, pooling, queryPrefix, licence, revision, maxTokens],
      ["renamed", "last", "q: ", "Apache-2.0", "r7", 16],
    );
  });
});

describe("an imported model of another role", () => {
  test("is a cross-encoder when it classifies sequences", async () => {
    const config = { architectures: ["BertForSequenceClassification"] };
    for (const labels of [1, 2]) {
      const { manifest } = await importFiles("ranker", modelFiles(pairLogits(labels), config));
      assert.equal(manifest.role, "cross-encoder");
      assert.ok(!("pooling" in manifest) && !("queryPrefix" in manifest));
    }
    await assert.rejects(importFiles("nli", modelFiles(pairLogits(3), config)), {
      code: "MODEL_INVALID",
      message: /3 labels/,
    });
  });

  test("is a sparse encoder when it predicts masked words", async () => {
    const { manifest } = await importFiles(
      "splade",
      modelFiles(tokenVectors({ output: "logits" }), { architectures: ["BertForMaskedLM"] }),
    );
    assert.equal(manifest.role, "sparse-encoder");
  });
});

describe("the graph", () => {
  const small = onnxFile(tokenVectors()).model;

  test("is the quantized one unless another is asked for", async () => {
    const files = {
      ...modelFiles(tokenVectors(), bert),
      ...meanPooling,
      "onnx/model_quantized.onnx": small,
      "onnx/model_fp16.onnx": small,
    };
    const chosen = async (modelFile?: string) => {
      const { manifest } = await importFiles("choice", files, modelFile ? { modelFile } : {});
      return [
        manifest.modelFile,
        manifest.quantization,
        Object.keys(manifest.files).filter((path) => path.endsWith(".onnx")).length,
      ];
    };
    assert.deepEqual(await chosen(), ["onnx/model_quantized.onnx", "int8", 1]);
    assert.deepEqual(await chosen("model.onnx"), ["onnx/model.onnx", "fp32", 1]);
    assert.deepEqual(await chosen("onnx/model_fp16.onnx"), ["onnx/model_fp16.onnx", "fp16", 1]);
    await assert.rejects(chosen("model_q4.onnx"), {
      code: "MODEL_INVALID",
      message: /has no graph model_q4\.onnx\. It has onnx\/model\.onnx, /,
    });
  });

  test("brings its weights along when they lie in a file of their own", async () => {
    const { model, data } = onnxFile(tokenVectors(), "model.onnx_data");
    const files = {
      ...modelFiles(tokenVectors(), bert),
      ...meanPooling,
      "onnx/model.onnx": model,
      "onnx/model.onnx_data": data,
    };
    const { manifest } = await importFiles("external", files);
    assert.equal(manifest.files["onnx/model.onnx_data"]?.bytes, data.length);
  });

  test("may lie in the folder itself", async () => {
    const { "onnx/model.onnx": graph, ...files } = modelFiles(tokenVectors(), bert);
    const { manifest } = await importFiles("flat", { ...files, ...meanPooling, "model.onnx": graph as Uint8Array });
    assert.equal(manifest.modelFile, "model.onnx");
  });
});

describe("a folder that cannot be imported", () => {
  const good = { ...modelFiles(tokenVectors(), bert), ...meanPooling };
  const without = (path: string): Files => Object.fromEntries(Object.entries(good).filter(([name]) => name !== path));
  const refused = async (files: Files, message: RegExp, options?: ImportOptions) => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "source"), files);
    const catalogue = openCatalogue([join(folder, "models")]);
    await assert.rejects(catalogue.importFolder(join(folder, "source"), options), { code: "MODEL_INVALID", message });
    assert.deepEqual(
      existsSync(join(folder, "models")) ? readdirSync(join(folder, "models")) : [],
      [],
      "nothing is left behind",
    );
  };

  test("says which file it lacks", async () => {
    await refused(without("config.json"), /has no config\.json/);
    await refused(without("tokenizer.json"), /has no tokenizer\.json/);
    await refused(without("onnx/model.onnx"), /has no \.onnx file/);
  });

  test("says which fact it lacks, and under which name to give it", async () => {
    await refused(without("1_Pooling/config.json"), /how its token vectors become one.*Give "pooling" to the import/);
    await refused({ ...without("1_Pooling/config.json"), "config.json": {} }, /Give "role"/);
    const lengthless = { ...good, "config.json": bert, "tokenizer_config.json": { model_max_length: 1e30 } };
    await refused(lengthless, /Give "maxTokens"/);
  });

  test("is refused when its graph is none, or wants what a text has not", async () => {
    await refused({ ...good, "onnx/model.onnx": "no graph" }, /cannot load .*model\.onnx/);
    const image = tokenVectors();
    const pixels = {
      ...image,
      inputs: [...image.inputs, { name: "pixel_values", type: "float32" as const, shape: [1] }],
    };
    await refused({ ...good, "onnx/model.onnx": onnxFile(pixels).model }, /wants the input "pixel_values" \(float32\)/);
  });

  test("is refused when its files are no JSON, or its graph lacks a layer that its modules name", async () => {
    await refused({ ...good, "config.json": "{" }, /config\.json is not JSON/);
    await refused({ ...good, "modules.json": [{ type: "sentence_transformers.models.Dense" }] }, /Dense layer/);
  });

  test("is refused when its tokenizer is broken or of an unknown kind", async () => {
    await refused({ ...good, "tokenizer.json": "{" }, /The tokenizer of .* cannot be used: /);
    await refused({ ...good, "tokenizer.json": {} }, /cannot be used: .*added_tokens/s);
    const unknown = { ...wordPiece().definition, pre_tokenizer: { type: "Telepathy" } };
    await refused({ ...good, "tokenizer.json": unknown }, /cannot be used: .*Telepathy/);
  });

  test("is refused under a name that is none", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "my model"), good);
    const catalogue = openCatalogue([join(folder, "models")]);
    for (const options of [{}, { name: "../up" }, { name: "" }]) {
      await assert.rejects(catalogue.importFolder(join(folder, "my model"), options), {
        code: "INVALID_INPUT",
        message: /Give "name"/,
      });
    }
    assert.equal((await catalogue.importFolder(join(folder, "my model"), { name: "mine" })).manifest.name, "mine");
  });

  test("is refused with a field that no manifest has", async () => {
    await refused(good, /unknown field "poling" \(did you mean "pooling"\?\)/, { fields: { poling: "mean" } });
  });

  test("is refused with a field that the import itself decides", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "source"), good);
    const catalogue = openCatalogue([join(folder, "models")]);
    for (const fields of [{ name: "other" }, { files: {} }]) {
      await assert.rejects(catalogue.importFolder(join(folder, "source"), { fields }), { code: "INVALID_INPUT" });
    }
  });

  test("is refused when it does not exist", async () => {
    const catalogue = openCatalogue([temporaryFolder()]);
    await assert.rejects(catalogue.importFolder("/no/such/folder"), { code: "PATH_NOT_FOUND" });
  });
});

describe("where a model lands", () => {
  const files = { ...modelFiles(tokenVectors(), bert), ...meanPooling };

  test("a name is taken once, unless the model is to be replaced", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "tiny"), files);
    const catalogue = openCatalogue([join(folder, "models")]);
    const first = await catalogue.importFolder(join(folder, "tiny"));
    await assert.rejects(catalogue.importFolder(join(folder, "tiny")), { code: "INVALID_INPUT", message: /--replace/ });
    writeFiles(join(folder, "tiny"), { "sentence_bert_config.json": { max_seq_length: 9 } });
    const second = await catalogue.importFolder(join(folder, "tiny"), { replace: true });
    assert.equal(second.manifest.maxTokens, 9);
    assert.notEqual(second.version, first.version);
    assert.deepEqual(readdirSync(join(folder, "models")), ["tiny"]);
  });

  test("a folder that lies in the catalogue already gets its manifest only", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "tiny"), files);
    const catalogue = openCatalogue([folder]);
    assert.match(catalogue.list().damaged[0]?.error.message ?? "", /models import/);
    await catalogue.importFolder(join(folder, "tiny"));
    assert.equal(catalogue.get("tiny").manifest.name, "tiny");
    await catalogue.verify("tiny");
    await assert.rejects(catalogue.importFolder(join(folder, "tiny")), { code: "INVALID_INPUT" });
  });

  test("a snapshot of the hub's cache is imported through its links, under the model's own name and commit", async () => {
    const folder = temporaryFolder();
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const snapshot = join(folder, "hub", "models--someone--tiny-e5", "snapshots", commit);
    writeFiles(join(folder, "blobs"), { "blob.json": byteLevelBpe().definition });
    const { "tokenizer.json": _, ...others } = modelFiles(tokenVectors(), { ...bert, pooling: "mean" }, wordPiece());
    writeFiles(snapshot, others);
    symlinkSync(join(folder, "blobs", "blob.json"), join(snapshot, "tokenizer.json"));
    const { manifest, directory } = await openCatalogue([join(folder, "models")]).importFolder(snapshot);
    assert.deepEqual([manifest.name, manifest.revision, manifest.source], ["tiny-e5", commit, "someone/tiny-e5"]);
    assert.equal(JSON.parse(readFileSync(join(directory, "tokenizer.json"), "utf8")).model.type, "BPE");
  });

  test("an import writes the manifests that the bundled models carry", async () => {
    const folder = temporaryFolder();
    for (const name of ["minilex-embed-en", "minilex-rerank-en"]) {
      const shipped = openCatalogue([bundledModels]).get(name).manifest;
      cpSync(join(bundledModels, name), join(folder, name), { recursive: true });
      const { revision, licence, fusion, rerank } = shipped as Record<string, unknown>;
      const fields = { revision, licence, ...(fusion ? { fusion } : {}), ...(rerank ? { rerank } : {}) };
      const { manifest } = await openCatalogue([folder]).importFolder(join(folder, name), { fields, replace: true });
      assert.deepEqual(manifest, shipped);
    }
  });
});
