// Which kind of document a file holds, told by its name: the readers are chosen by this.

import { basename, extname } from "node:path";

/** Kinds whose whole text is one document. */
export const textMediaTypes = ["text/plain", "text/markdown", "text/html"] as const;
/** Kinds that hold many documents, one a record. */
export const recordMediaTypes = ["application/x-ndjson", "text/csv", "text/tab-separated-values"] as const;

export type TextMediaType = (typeof textMediaTypes)[number];
export type RecordMediaType = (typeof recordMediaTypes)[number];
export type MediaType = TextMediaType | RecordMediaType;

const extensions: Readonly<Record<MediaType, readonly string[]>> = {
  "text/plain": ["txt", "text", "log", "rst", "adoc", "asciidoc", "org", "tex"],
  "text/markdown": ["md", "markdown", "mdown", "mkd", "mkdn", "mdx", "qmd", "rmd"],
  "text/html": ["html", "htm", "xhtml"],
  "application/x-ndjson": ["jsonl", "ndjson"],
  "text/csv": ["csv"],
  "text/tab-separated-values": ["tsv", "tab"],
};

const byExtension = new Map(
  Object.entries(extensions).flatMap(([mediaType, names]) => names.map((name) => [name, mediaType as MediaType])),
);

const plainNames =
  /^(readme|licen[cs]e|copying|notice|authors|contributors|contributing|changelog|changes|history|news|todo|faq|install|manual)$/i;

// Documents to a person, but not to these readers: a folder walk names them instead of passing over them in silence.
const unsupported = new Map([
  ["pdf", "pdftotext"],
  ["doc", "pandoc or LibreOffice"],
  ["docx", "pandoc"],
  ["odt", "pandoc"],
  ["rtf", "pandoc"],
  ["epub", "pandoc"],
  ["ppt", "LibreOffice"],
  ["pptx", "LibreOffice"],
  ["xls", "LibreOffice"],
  ["xlsx", "LibreOffice"],
  ["ods", "LibreOffice"],
]);

/** The extension in lower case, without its dot; "" where there is none. */
export function extensionOf(path: string): string {
  return extname(path).slice(1).toLowerCase();
}

/** The kind of document that a file's name promises, or undefined where the name promises none. */
export function mediaTypeOf(path: string): MediaType | undefined {
  const extension = extensionOf(path);
  if (extension === "") return plainNames.test(basename(path)) ? "text/plain" : undefined;
  return byExtension.get(extension);
}

export function isRecordType(mediaType: MediaType): mediaType is RecordMediaType {
  return (recordMediaTypes as readonly MediaType[]).includes(mediaType);
}

/** For a document that no reader takes (PDF, office files): the tool that makes text of it. */
export function converterFor(path: string): string | undefined {
  return unsupported.get(extensionOf(path));
}
