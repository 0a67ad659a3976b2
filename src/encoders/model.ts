// A model as the rest of the engine holds it: its manifest, its folder and the version that every vector carries.

import { createHash } from "node:crypto";
import { LodestoneError } from "../errors.js";
import type { Manifest, ManifestOf, ModelRole } from "./manifest.js";

type Placed<R extends ModelRole> = {
  readonly manifest: ManifestOf<R>;
  readonly directory: string;
  /** `name@` and 12 hexadecimal digits over all that decides what the model puts out. */
  readonly version: string;
};

export type BiEncoderModel = Placed<"bi-encoder"> & {
  /** Width of its vectors: the manifest's, or the Matryoshka prefix chosen with `atDimensions`. */
  readonly dimensions: number;
};
export type CrossEncoderModel = Placed<"cross-encoder">;
export type SparseEncoderModel = Placed<"sparse-encoder">;

export type Model = BiEncoderModel | CrossEncoderModel | SparseEncoderModel;
export type ModelOf<R extends ModelRole> = Extract<Model, { manifest: { role: R } }>;

export function modelOf(manifest: Manifest, directory: string): Model {
  if (manifest.role !== "bi-encoder") return { manifest, directory, version: versionOf(manifest, undefined) } as Model;
  const { dimensions } = manifest;
  return { manifest, directory, dimensions, version: versionOf(manifest, dimensions) };
}

export function hasRole<R extends ModelRole>(model: Model, role: R): model is ModelOf<R> {
  return model.manifest.role === role;
}

/** The same bi-encoder with shorter vectors. Throws INVALID_INPUT unless the manifest names that width. */
export function atDimensions(model: BiEncoderModel, dimensions: number): BiEncoderModel {
  const { manifest } = model;
  const offered = [...new Set([manifest.dimensions, ...(manifest.matryoshkaDimensions ?? [])])];
  if (!offered.includes(dimensions)) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `${manifest.name} gives vectors of ${offered.join(", ")} dimensions; ${dimensions} was asked for. ` +
        `Other widths would need "matryoshkaDimensions" in its manifest, for a model that was trained for them.`,
      { detail: { model: manifest.name, dimensions, offered } },
    );
  }
  return { ...model, dimensions, version: versionOf(manifest, dimensions) };
}

// BAKED IN: this list and its order. Stored vectors, caches and registry rows carry the version, so a change here makes
// all of them another model's.
function versionOf(manifest: Manifest, dimensions: number | undefined): string {
  const hashOf = (path: string) => manifest.files[path]?.sha256 ?? null;
  // Weights kept outside the graph's file lie beside it under a name that starts with its own.
  const weights = Object.keys(manifest.files)
    .filter((path) => path.startsWith(manifest.modelFile))
    .sort();
  const isBiEncoder = manifest.role === "bi-encoder";
  const isCrossEncoder = manifest.role === "cross-encoder";
  const facts = [
    manifest.name,
    manifest.revision,
    manifest.role,
    weights.map(hashOf),
    hashOf("tokenizer.json"),
    hashOf("tokenizer_config.json"),
    manifest.quantization,
    dimensions ?? null,
    isBiEncoder ? manifest.pooling : null,
    isBiEncoder ? manifest.normalise : null,
    isCrossEncoder ? null : manifest.queryPrefix,
    isCrossEncoder ? null : manifest.passagePrefix,
    manifest.maxTokens,
    ...(manifest.role === "sparse-encoder" ? sparseFacts(manifest, hashOf) : []),
  ];
  const digest = createHash("sha256").update(JSON.stringify(facts)).digest("hex");
  return `${manifest.name}@${digest.slice(0, 12)}`;
}

function sparseFacts(
  { queryWeights, maxTerms, largestWeight }: ManifestOf<"sparse-encoder">,
  hashOf: (path: string) => string | null,
): unknown[] {
  return [queryWeights === undefined ? null : hashOf(queryWeights), maxTerms, largestWeight];
}
