// Which models an engine runs with: those of the library where it exists, those asked for or the bundled ones where not.

import {
  atDimensions,
  type BiEncoderModel,
  type Catalogue,
  type CrossEncoderModel,
  type Model,
  type SparseEncoderModel,
} from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import type { IndexModels } from "../ingest/index.js";
import type { Generation } from "../store/index.js";
import { type CheckedEngineOptions, type Chunking, chunkingOf } from "./options.js";

export type ChosenModels = {
  biEncoder: BiEncoderModel;
  /** Beside the bi-encoder. */
  sparseEncoder: SparseEncoderModel | undefined;
  crossEncoder: CrossEncoderModel | undefined;
  chunking: Chunking;
};

const BUNDLED_BI_ENCODER = "minilex-embed-en";
const BUNDLED_CROSS_ENCODER = "minilex-rerank-en";

/**
 * The models for a library whose generation is `stored` (undefined: a new one). Throws MODEL_NOT_FOUND, INVALID_INPUT for
 * a length of vectors that the model does not have, or MODEL_VERSION_MISMATCH when what was asked for is not what the
 * library's vectors were made with.
 */
export function chooseModels(
  catalogue: Catalogue,
  options: CheckedEngineOptions,
  stored: Generation | undefined,
): ChosenModels {
  const name = options.biEncoder ?? stored?.modelName ?? BUNDLED_BI_ENCODER;
  const dimensions = options.dimensions ?? (name === stored?.modelName ? stored.dimensions : undefined);
  const found = catalogue.find("bi-encoder", name);
  const biEncoder = dimensions === undefined ? found : atDimensions(found, dimensions);
  checkTruncation(biEncoder, options.vectors.truncate);
  const crossEncoder =
    options.crossEncoder === null
      ? undefined
      : catalogue.find("cross-encoder", options.crossEncoder ?? BUNDLED_CROSS_ENCODER);
  const sparseName = options.sparseEncoder === undefined ? (stored?.sparseModelName ?? null) : options.sparseEncoder;
  const sparseEncoder = sparseName === null ? undefined : catalogue.find("sparse-encoder", sparseName);
  return { biEncoder, sparseEncoder, crossEncoder, chunking: chunkingOf(options.chunking, stored) };
}

/** All models that a library is searched with. */
export function modelsOf({ biEncoder, sparseEncoder, crossEncoder }: ChosenModels): Model[] {
  return [biEncoder, ...(sparseEncoder ? [sparseEncoder] : []), ...(crossEncoder ? [crossEncoder] : [])];
}

function checkTruncation({ manifest, dimensions }: BiEncoderModel, truncate: number | undefined): void {
  if (truncate === undefined || truncate === dimensions) return;
  const allowed = (manifest.matryoshkaDimensions ?? []).filter((width) => width < dimensions).sort((a, b) => b - a);
  if (allowed.includes(truncate)) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    `The ${dimensions} dimensions of ${manifest.name} cannot be truncated to ${truncate}` +
      (allowed.length > 0
        ? `, but to ${allowed.join(" or ")}.`
        : ': its manifest names no shorter "matryoshkaDimensions". Leave them whole.'),
    { detail: { model: manifest.name, truncate, allowed } },
  );
}

/** Makes sure that the library's index was made with just these models and this chunking. */
export function checkGeneration(
  generation: Generation,
  { biEncoder, sparseEncoder, chunking }: ChosenModels,
  library: string,
): void {
  if (generation.modelVersion !== biEncoder.version) {
    throw new LodestoneError(
      "MODEL_VERSION_MISMATCH",
      `The library ${library} holds vectors of ${generation.modelVersion} (${generation.dimensions} dimensions); ` +
        `the model here is ${biEncoder.version} (${biEncoder.dimensions} dimensions). ` +
        "Open it with the model it was made with, or index the documents into a new library.",
      { detail: { library, stored: generation.modelVersion, offered: biEncoder.version } },
    );
  }
  if (generation.sparseModelVersion !== (sparseEncoder?.version ?? null)) {
    const stored = generation.sparseModelVersion;
    throw new LodestoneError(
      "MODEL_VERSION_MISMATCH",
      `The library ${library} ${stored === null ? "has no sparse encoder" : `holds weighted terms of ${stored}`}; ` +
        `${sparseEncoder?.version ?? "none"} was asked for. Open it as it was made, or change over with a migration.`,
      { detail: { library, stored, offered: sparseEncoder?.version ?? null } },
    );
  }
  if (generation.maxTokens !== chunking.maxTokens || generation.overlapTokens !== chunking.overlapTokens) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `The library ${library} is chunked at ${generation.maxTokens} tokens with ${generation.overlapTokens} of overlap; ` +
        `${chunking.maxTokens} with ${chunking.overlapTokens} was asked for. ` +
        "Leave the chunking out, or index the documents into a new library.",
      { detail: { library } },
    );
  }
}

/** What a generation is made with, sparse encoder included. */
export type ShadowModels = Required<IndexModels>;

/** The models of a generation that is stored. Throws MODEL_NOT_FOUND, or MODEL_VERSION_MISMATCH where one is another now. */
export function modelsOfGeneration(catalogue: Catalogue, generation: Generation): ShadowModels {
  const { modelName, modelVersion, dimensions, sparseModelName, sparseModelVersion } = generation;
  const found = catalogue.find("bi-encoder", modelName);
  const model = found.dimensions === dimensions ? found : atDimensions(found, dimensions);
  const sparseModel = sparseModelName === null ? undefined : catalogue.find("sparse-encoder", sparseModelName);
  const pairs = [
    [modelVersion, model.version],
    [sparseModelVersion, sparseModel?.version ?? null],
  ];
  const other = pairs.find(([stored, here]) => stored !== here);
  if (other === undefined) return { model, sparseModel };
  throw new LodestoneError(
    "MODEL_VERSION_MISMATCH",
    `The other index is of ${other[0]}; the model here is ${other[1]}.`,
  );
}
