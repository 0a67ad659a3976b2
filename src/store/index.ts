// The store's verbs: everything that touches SQLite.

export type { LexicalHits } from "./bm25.js";
export type { ChunkRecord, DocumentSummary, StoredChunk, StoredDocument } from "./documents.js";
export type { FacetCount, Facets, LibraryCounts } from "./facets.js";
export { metadataFields } from "./fields.js";
export { type Generation, type GenerationRecipe, storedGeneration } from "./generation.js";
export type { LexicalTerm } from "./lexical.js";
export { type StoreReader, startReader } from "./reader-client.js";
export type { RowDocuments, RowVectors } from "./row-parts.js";
export type { RowSlice } from "./rows.js";
export { chunkKeyRange, formatVersion } from "./schema.js";
export type { BatchWritten, ChunkWrite, DocumentWrite, FileWrite, WriteBatch } from "./write-batch.js";
export { openWriter, type Removed, type Source, type Writer } from "./writer.js";
