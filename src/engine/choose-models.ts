// Which models an engine runs with: those of the library where it exists, those asked for or the bundled ones where not.

import { atDimensions, type BiEncoderModel, type Catalogue, type CrossEncoderModel } from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import type { Generation } from "../store/index.js";
import { type CheckedEngineOptions, type Chunking, chunkingOf } from "./options.js";

export type ChosenModels = {
  biEncoder: BiEncoderModel;
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
  return { biEncoder, crossEncoder, chunking: chunkingOf(options.chunking, stored) };
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
export function checkGeneration(generation: Generation, { biEncoder, chunking }: ChosenModels, library: string): void {
  if (generation.modelVersion !== biEncoder.version) {
    throw new LodestoneError(
      "MODEL_VERSION_MISMATCH",
      `The library ${library} holds vectors of ${generation.modelVersion} (${generation.dimensions} dimensions); ` +
        `the model here is ${biEncoder.version} (${biEncoder.dimensions} dimensions). ` +
        "Open it with the model it was made with, or index the documents into a new library.",
      { detail: { library, stored: generation.modelVersion, offered: biEncoder.version } },
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
