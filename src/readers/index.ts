// Readers: files and texts in, documents out: Markdown, HTML, plain text, JSONL, CSV and TSV. What cannot be read is a
// skip beside the documents. The parsers behind them are large: only what reads documents imports this room.

export { type FindOptions, type FoundFile, findFiles } from "./find-files.js";
export {
  type MediaType,
  mediaTypeOf,
  type RecordMediaType,
  recordMediaTypes,
  type TextMediaType,
  textMediaTypes,
} from "./media-type.js";
export { parseDocument } from "./parse-document.js";
export type { ParsedDocument } from "./parsed-document.js";
export { defaultMaxFileBytes, type ReadOptions, readFileDocuments } from "./read-file.js";
