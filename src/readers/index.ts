// Readers: files and texts in, documents out: Markdown, HTML, plain text, JSONL, CSV and TSV. What cannot be read is a
// skip beside the documents. The parsers behind them are large: only what reads documents imports this room.

export {
  type FindOptions,
  type FoundFile,
  findFiles,
  isLeftOut,
  placeOfTarget,
  type TargetPlace,
  visitFolders,
} from "./find-files.js";
export { isWithin } from "./folder-listing.js";
export { type Link, linksIn } from "./links.js";
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
export { defaultMaxFileBytes, fallbackTitle, type ReadOptions, readFileDocuments } from "./read-file.js";
