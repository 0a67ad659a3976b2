// Models: where they lie, what they are, and the three kinds of encoder that run them in worker threads.

export { type BiEncoder, type BiEncoderOptions, openBiEncoder } from "./bi-encoder.js";
export { type Catalogue, openCatalogue } from "./catalogue.js";
export { type CrossEncoder, type CrossEncoderOptions, openCrossEncoder } from "./cross-encoder.js";
export type { Embeddings, TextKind } from "./embed-texts.js";
export type { SparseVectors } from "./encode-sparse.js";
export type { ImportOptions } from "./import-model.js";
export type { Manifest, ManifestOf, ModelRole } from "./manifest.js";
export {
  atDimensions,
  type BiEncoderModel,
  type CrossEncoderModel,
  type Model,
  type SparseEncoderModel,
} from "./model.js";
export { openSparseEncoder, type SparseEncoder, type SparseEncoderOptions } from "./sparse-encoder.js";
export { openTokenizer, type Tokenizer } from "./tokenizer.js";
