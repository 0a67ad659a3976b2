// The library: everything public, and nothing else is.

export type { Metadata, MetadataValue, Skip } from "./documents/index.js";
export {
  type Chunking,
  type DocumentPage,
  type Engine,
  type EngineOptions,
  type IngestOptions,
  type IngestProgress,
  openEngine,
  type RemoveReport,
  type Status,
} from "./engine/index.js";
export { type ErrorCode, LodestoneError } from "./errors.js";
export type { Filter } from "./filters/index.js";
export type { DocumentInput, IngestReport, PutReport } from "./ingest/index.js";
export type {
  Degradation,
  Hit,
  HitExplanation,
  SearchRequest,
  SearchResponse,
  StageReport,
} from "./retrieval/index.js";
export type { DocumentSummary, Facets, StoredChunk, StoredDocument } from "./store/index.js";
