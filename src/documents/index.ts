// Documents: files and texts in, normalised text with headings, code ranges and metadata out, cut into chunks. Knows
// nothing of databases, models or servers; tokens are counted by a function that is passed in.

export { type Chunk, type ChunkOptions, chunkDocument } from "./chunker.js";
export { type FindOptions, type FoundFile, findFiles } from "./find-files.js";
export {
  type MediaType,
  mediaTypeOf,
  type RecordMediaType,
  recordMediaTypes,
  type TextMediaType,
  textMediaTypes,
} from "./media-type.js";
export { checkMetadata, type Metadata, type MetadataScalar, type MetadataValue, metadataLimits } from "./metadata.js";
export { normalise } from "./normalise.js";
export { parseDocument } from "./parse-document.js";
export type { ParsedDocument } from "./parsed-document.js";
export { passageHash, passageOf } from "./passage.js";
export { pipelineVersion } from "./pipeline-version.js";
export { defaultMaxFileBytes, type ReadOptions, readFileDocuments } from "./read-file.js";
export { sentences } from "./sentences.js";
export { isSkip, type Skip } from "./skip.js";
export type { Heading, TextRange } from "./text-builder.js";
export type { ChunkSource, CountTokens } from "./units.js";
