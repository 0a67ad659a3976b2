// The models that a generation is made with.

import type { BiEncoderModel, SparseEncoderModel } from "../encoders/index.js";
import type { GenerationRecipe } from "../store/index.js";

export type IndexModels = {
  model: BiEncoderModel;
  /** Beside the bi-encoder; undefined: none. */
  sparseModel?: SparseEncoderModel | undefined;
};

export type Chunking = { maxTokens: number; overlapTokens: number };

export function recipeOf({ model, sparseModel }: IndexModels, chunking: Chunking): GenerationRecipe {
  return {
    modelName: model.manifest.name,
    modelVersion: model.version,
    dimensions: model.dimensions,
    ...chunking,
    sparseModelName: sparseModel?.manifest.name ?? null,
    sparseModelVersion: sparseModel?.version ?? null,
  };
}
