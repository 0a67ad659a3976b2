// Documents: normalised text with its outline and metadata, cut into chunks and passages. Knows nothing of files,
// databases, models or servers; tokens are counted by a function that is passed in.

export { type Chunk, type ChunkOptions, chunkDocument } from "./chunker.js";
export { checkMetadata, type Metadata, type MetadataScalar, type MetadataValue, metadataLimits } from "./metadata.js";
export {
  groupNearDuplicates,
  NEAR_DUPLICATE_THRESHOLD,
  NearDuplicates,
  openSigner,
  SIGNATURE_PLACES,
  type Signature,
  similarityOf,
} from "./near-duplicates.js";
export { normalise, normaliseCharacters, normaliseLine } from "./normalise.js";
export type { Heading, TextRange } from "./outline.js";
export { passageHash, passageOf } from "./passage.js";
export { pipelineVersion } from "./pipeline-version.js";
export { sentences } from "./sentences.js";
export { isSkip, type Skip, skipOfError } from "./skip.js";
export type { ChunkSource, CountTokens } from "./units.js";
