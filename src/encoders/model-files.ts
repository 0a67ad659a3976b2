// The files of a model against its manifest. A file that is loaded is hashed first and refused when it differs: a
// replaced graph would silently mix vectors of two models, and a replaced tokenizer would too.

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LodestoneError } from "../errors.js";
import { type FileHash, hashFile } from "../files/index.js";
import type { Manifest } from "./manifest.js";

export type ModelFolder = { readonly directory: string; readonly manifest: Manifest };

/** The content of a small file of the model, verified. */
export function readVerifiedFile(model: ModelFolder, path: string): Buffer {
  const expected = expectPresent(model, path);
  const content = readFileSync(join(model.directory, path));
  const found = { sha256: createHash("sha256").update(content).digest("hex"), bytes: content.length };
  if (found.sha256 !== expected.sha256) throw altered(model, path, expected, found);
  return content;
}

/** Verifies files that something else will read, such as a graph and its weights. */
export async function verifyFiles(model: ModelFolder, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const expected = expectPresent(model, path);
    const found = await hashFile(join(model.directory, path));
    if (found.sha256 !== expected.sha256) throw altered(model, path, expected, found);
  }
}

/** That the files which are loaded are there with their size. Reads no content, so that a listing stays quick. */
export function expectComplete(model: ModelFolder): void {
  const read = ["config.json", "tokenizer.json", "tokenizer_config.json"].filter(
    (path) => path in model.manifest.files,
  );
  for (const path of [...weightFiles(model.manifest), ...read]) expectPresent(model, path);
}

/** The graph and the weights that it keeps in files of their own beside it. */
export function weightFiles({ modelFile, files }: Manifest): string[] {
  return Object.keys(files).filter((path) => path.startsWith(modelFile));
}

function expectPresent(model: ModelFolder, path: string): FileHash {
  const expected = model.manifest.files[path];
  const found = statSync(join(model.directory, path), { throwIfNoEntry: false });
  if (expected === undefined || found === undefined) {
    throw new LodestoneError(
      "MODEL_INVALID",
      `The model in ${model.directory} is incomplete: ${path} is ${expected ? "missing" : "not in its manifest"}. ${remedy}`,
      { detail: { directory: model.directory, file: path } },
    );
  }
  if (found.size !== expected.bytes) throw altered(model, path, expected, { bytes: found.size });
  return expected;
}

function altered(model: ModelFolder, path: string, expected: FileHash, found: Partial<FileHash>): LodestoneError {
  const difference =
    found.bytes === expected.bytes
      ? `its SHA-256 is ${found.sha256?.slice(0, 12)}... instead of ${expected.sha256.slice(0, 12)}...`
      : `it has ${found.bytes} bytes instead of ${expected.bytes}`;
  return new LodestoneError(
    "MODEL_ALTERED",
    `${path} in ${model.directory} is not the file that was imported: ${difference}. ${remedy}`,
    {
      detail: { directory: model.directory, file: path, expected, found },
    },
  );
}

const remedy = `Restore the file, or bring the model in again: lodestone models import <folder> --replace`;
