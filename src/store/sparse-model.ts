// That weighted terms are written into the generation of their own encoder, and into no other.

import { LodestoneError } from "../errors.js";
import type { WeightedTexts } from "./sparse-vectors.js";

/** Weighted terms, and the version of the sparse encoder that gave them. */
export type SparseWrite = WeightedTexts & { modelVersion: string };

/** Models of a generation, as its row names them. */
export type StoredModels = { model_version: string; sparse_model_version: string | null };

/** Throws MODEL_VERSION_MISMATCH where terms are of another encoder than the generation's, or are missing. */
export function checkSparse({ sparse_model_version: wanted }: StoredModels, sparse: SparseWrite | undefined): void {
  if (wanted === (sparse?.modelVersion ?? null)) return;
  throw new LodestoneError(
    "MODEL_VERSION_MISMATCH",
    `This index holds weighted terms of ${wanted ?? "no sparse encoder"}; the batch brings those of ${sparse?.modelVersion ?? "none"}. ` +
      "Open the library with its own models.",
  );
}
