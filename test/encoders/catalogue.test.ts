import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openBiEncoder } from "../../src/encoders/bi-encoder.js";
import { openCatalogue } from "../../src/encoders/catalogue.js";
import { openCrossEncoder } from "../../src/encoders/cross-encoder.js";
import type { Manifest } from "../../src/encoders/manifest.js";
import { openTokenizer } from "../../src/encoders/tokenizer.js";
import type { LodestoneError } from "../../src/errors.js";
import { packageRoot } from "../../src/package-root.js";
import { temporaryFolder } from "../temporary-folder.js";
import { writeFiles } from "./tiny-models.js";
import { wordPiece } from "./tiny-tokenizers.js";

const bundled = join(packageRoot, "models");
const biName = "minilex-embed-en";
const crossName = "minilex-rerank-en";

/** A catalogue over copies of the bundled models, which a test may damage. */
function copiedModels() {
  const folder = temporaryFolder();
  for (const name of [biName, crossName]) cpSync(join(bundled, name), join(folder, name), { recursive: true });
  return { folder, catalogue: openCatalogue([folder]) };
}

describe("looking models up", () => {
  const catalogue = openCatalogue([bundled]);

  test("the list holds the bundled pair and nothing damaged", () => {
    const { models, damaged } = catalogue.list();
    assert.deepEqual(
      models.map(({ manifest }) => [manifest.name, manifest.role]),
      [
        [biName, "bi-encoder"],
        [crossName, "cross-encoder"],
      ],
    );
    assert.deepEqual(damaged, []);
  });

  test("by role gives the model of that role, by name the named one", () => {
    assert.equal(catalogue.find("bi-encoder").manifest.name, biName);
    assert.equal(catalogue.find("cross-encoder").manifest.name, crossName);
    assert.equal(catalogue.find("bi-encoder", biName).dimensions, 512);
    assert.equal(catalogue.get(crossName).manifest.role, "cross-encoder");
  });

  test("a model of another role is refused with the ones that fit", () => {
    assert.throws(() => catalogue.find("bi-encoder", crossName), {
      code: "MODEL_INVALID",
      message: /"minilex-rerank-en" is a cross-encoder; a bi-encoder is needed here \(there is minilex-embed-en\)/,
    });
    assert.throws(() => catalogue.find("sparse-encoder"), { code: "MODEL_NOT_FOUND", message: /No sparse-encoder in/ });
  });

  test("an unknown name is refused with the folder, the nearest name and the command", () => {
    const isHelpful = (error: LodestoneError) =>
      error.code === "MODEL_NOT_FOUND" &&
      error.message.includes(bundled) &&
      error.message.includes('Did you mean "minilex-embed-en"?') &&
      error.message.includes("lodestone models import");
    assert.throws(() => catalogue.get("minilex-embd-en"), isHelpful);
    assert.throws(() => catalogue.get("../models"), { code: "MODEL_NOT_FOUND" });
  });

  test("a directory that does not exist holds no models", () => {
    const nowhere = openCatalogue([join(temporaryFolder(), "models")]);
    assert.deepEqual(nowhere.list(), { models: [], damaged: [] });
    assert.throws(() => nowhere.find("bi-encoder"), { code: "MODEL_NOT_FOUND" });
  });

  test("of two models with one name the first directory's counts", () => {
    const { folder } = copiedModels();
    const path = join(folder, biName, "manifest.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), revision: "mine" }));
    assert.equal(openCatalogue([folder, bundled]).get(biName).manifest.revision, "mine");
    assert.equal(openCatalogue([bundled, folder]).get(biName).manifest.revision, "1");
    assert.equal(openCatalogue([folder, bundled]).list().models.length, 2);
  });

  test("folders that are no models, hidden ones and files are passed over", () => {
    const { folder, catalogue: copies } = copiedModels();
    writeFiles(folder, { "notes/README.md": "notes", ".importing-x/config.json": {}, "file.txt": "text" });
    assert.equal(copies.list().models.length, 2);
    assert.deepEqual(copies.list().damaged, []);
  });
});

describe("a damaged folder", () => {
  const listed = (catalogue: ReturnType<typeof openCatalogue>) =>
    catalogue.list().damaged.map(({ error }) => error.code);

  test("without manifest is named with the command that writes it", () => {
    const { folder, catalogue } = copiedModels();
    rmSync(join(folder, biName, "manifest.json"));
    assert.throws(() => catalogue.find("bi-encoder"), {
      code: "MODEL_INVALID",
      message: new RegExp(`has no manifest\\.json\\. Write it with "lodestone models import .*${biName}"`),
    });
    assert.deepEqual(listed(catalogue), ["MODEL_INVALID"]);
    assert.equal(catalogue.find("cross-encoder").manifest.name, crossName, "the others work");
  });

  test("with a broken manifest, or another model's, is refused", () => {
    const { folder, catalogue } = copiedModels();
    const path = join(folder, biName, "manifest.json");
    for (const content of ["", "{", "[]", readFileSync(join(folder, crossName, "manifest.json"), "utf8")]) {
      writeFileSync(path, content);
      assert.throws(() => catalogue.get(biName), { code: "MODEL_INVALID" });
    }
  });

  test("with a missing file is refused before anything is loaded", async () => {
    for (const file of ["tokenizer.json", "config.json", "onnx/model_quantized.onnx"]) {
      const { folder, catalogue } = copiedModels();
      rmSync(join(folder, biName, file));
      assert.throws(() => catalogue.get(biName), {
        code: "MODEL_INVALID",
        message: new RegExp(`incomplete: ${file} is missing`),
      });
    }
  });

  test("with a file of another size is refused before anything is loaded", () => {
    const { folder, catalogue } = copiedModels();
    truncateSync(join(folder, biName, "onnx/model_quantized.onnx"), 1_000_000);
    assert.throws(() => catalogue.get(biName), {
      code: "MODEL_ALTERED",
      message: /has 1000000 bytes instead of 24769237\. Restore the file, or .*lodestone models import/,
    });
  });

  test("whose card alone was edited still works, and verify names the card", async () => {
    const { folder, catalogue } = copiedModels();
    appendFileSync(join(folder, biName, "README.md"), "A note.\n");
    assert.equal(catalogue.get(biName).manifest.name, biName);
    await assert.rejects(catalogue.verify(biName), { code: "MODEL_ALTERED", message: /^README\.md in / });
    assert.equal((await catalogue.verify(crossName)).manifest.name, crossName);
  });
});

describe("a file with one changed byte is refused when it is loaded", () => {
  const flip = (path: string) => {
    const content = readFileSync(path);
    const middle = Math.floor(content.length / 2);
    content[middle] = (content[middle] as number) ^ 1;
    writeFileSync(path, content);
  };
  const altered = { code: "MODEL_ALTERED", message: /is not the file that was imported: its SHA-256 is/ };

  test("by the bi-encoder", async () => {
    const { folder, catalogue } = copiedModels();
    const model = catalogue.find("bi-encoder");
    flip(join(folder, biName, "onnx/model_quantized.onnx"));
    await assert.rejects(openBiEncoder(model, { threads: 1 }), altered);
    await assert.rejects(catalogue.verify(biName), altered);
  });

  test("by the cross-encoder", async () => {
    const { folder, catalogue } = copiedModels();
    const model = catalogue.find("cross-encoder");
    flip(join(folder, crossName, "tokenizer.json"));
    await assert.rejects(openCrossEncoder(model, { threads: 1 }), altered);
  });

  test("by the tokenizer, also when its size no longer fits or it is gone", () => {
    const { folder, catalogue } = copiedModels();
    const model = catalogue.get(biName);
    flip(join(folder, biName, "tokenizer.json"));
    assert.throws(() => openTokenizer(model), altered);
    writeFileSync(join(folder, biName, "tokenizer.json"), "");
    assert.throws(() => openTokenizer(model), { code: "MODEL_ALTERED" });
    rmSync(join(folder, biName, "tokenizer.json"));
    mkdirSync(join(folder, biName, "tokenizer.json"));
    assert.throws(() => openTokenizer(model), { code: "MODEL_ALTERED" });
  });
});

test("a tokenizer of an unknown kind makes the model invalid, with the folder in the message", () => {
  const folder = temporaryFolder();
  const content = Buffer.from(JSON.stringify({ ...wordPiece().definition, normalizer: { type: "Telepathy" } }));
  writeFiles(folder, { "tokenizer.json": content });
  const record = { sha256: createHash("sha256").update(content).digest("hex"), bytes: content.length };
  const manifest = { files: { "tokenizer.json": record } } as unknown as Manifest;
  assert.throws(() => openTokenizer({ directory: folder, manifest }), {
    code: "MODEL_INVALID",
    message: new RegExp(`${folder}.*Telepathy`),
  });
});
