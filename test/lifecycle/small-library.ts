// A library that needs no model, with a graph and a model folder beside it, and a place for its snapshots.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { SnapshotContext, SnapshotModel, SnapshotRequest } from "../../src/lifecycle/snapshot.js";
import { openWriter, type Writer } from "../../src/store/index.js";
import { encodeHeader, headerPath, payloadPath } from "../../src/vectors/graph-file.js";
import { batchOf, recipe } from "../store/library-fixture.js";
import { temporaryFolder } from "../temporary-folder.js";

export type SmallLibrary = {
  folder: string;
  library: string;
  /** Where its snapshots go. */
  directory: string;
  writer: Writer;
  model: SnapshotModel;
  request: SnapshotRequest;
};

export function smallLibrary(t: TestContext, folder = temporaryFolder()): SmallLibrary {
  const library = join(folder, "library");
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  writer.write(batchOf([{ id: "a", texts: ["alpha speaks", "of two things"] }]));
  writer.write(batchOf([{ id: "b", texts: ["beta"] }]));
  writeGraph(join(library, "index"));
  const model = writeModel(join(folder, "models", "tiny"));
  const directory = join(folder, "snapshots");
  const request = { library, directory, models: [model], withModels: false, version: "0.0.0" };
  return { folder, library, directory, writer, model, request };
}

/** What all verbs of this room can be run with. */
type AnyContext = Omit<SnapshotContext, "progress"> & {
  progress(progress: { stage: string; done: number; total: number }): void;
};

export const context = (parts: Partial<AnyContext> = {}): AnyContext => ({
  signal: new AbortController().signal,
  progress: () => undefined,
  now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  ...parts,
});

const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");

export function writeGraph(directory: string, content = "links of a graph", payloadId = "0123456789abcdef"): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(payloadPath(directory, payloadId), content);
  const header = {
    dimensions: 4,
    modelVersion: recipe.modelVersion,
    sequence: 1,
    payloadBytes: content.length,
    payloadId,
    payloadSha256: sha256(content),
    rows: Uint32Array.of(0),
    fingerprints: Uint32Array.of(7),
  };
  writeFileSync(headerPath(directory), encodeHeader(header));
}

function writeModel(directory: string): SnapshotModel {
  const contents = { "config.json": "{}", "onnx/model.onnx": "weights" };
  mkdirSync(join(directory, "onnx"), { recursive: true });
  writeFileSync(join(directory, "manifest.json"), '{"name":"tiny"}');
  for (const [path, content] of Object.entries(contents)) writeFileSync(join(directory, path), content);
  const files = Object.entries(contents).map(([path, content]) => [
    path,
    { bytes: content.length, sha256: sha256(content) },
  ]);
  return { name: "tiny", version: "tiny@0", role: "bi-encoder", directory, files: Object.fromEntries(files) };
}
