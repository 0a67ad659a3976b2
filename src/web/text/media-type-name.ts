// What a media type is called on the page.

const names = new Map([
  ["text/markdown", "Markdown"],
  ["text/plain", "Text"],
  ["text/html", "HTML"],
  ["text/csv", "CSV"],
  ["text/tab-separated-values", "TSV"],
  ["application/jsonl", "JSONL"],
  ["application/x-ndjson", "JSONL"],
  ["application/json", "JSON"],
  ["application/pdf", "PDF"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"],
]);

/** A type that has no name here is shown by its subtype: "application/x-tar" as "tar". */
export function mediaTypeName(mediaType: string): string {
  return names.get(mediaType) ?? mediaType.replace(/^[^/]*\/(x-)?/, "");
}
