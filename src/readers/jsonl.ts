// JSON lines: one document a line. {id | _id, text | content | body, title, metadata}; whatever else stands in a record
// is metadata too. A line that cannot be used is skipped and named; the rest goes on.

import { isUtf8 } from "node:buffer";
import type { Skip } from "../documents/index.js";
import { checkMetadata, normalise, normaliseLine } from "../documents/index.js";
import { LodestoneError, messageOf } from "../errors.js";
import { byteLines } from "./byte-lines.js";
import { chooseEncoding } from "./decode.js";
import type { ParsedDocument } from "./parsed-document.js";
import { titleOf } from "./plain-text.js";

const textFields = ["text", "content", "body"] as const;

export type RecordOptions = {
  /** Title of a record that has none and whose text begins with a long line. */
  fallbackTitle: string;
  /** Largest record in bytes; a larger one is skipped. */
  maxRecordBytes: number;
};

/** Reads JSON lines from a stream of bytes; `path` only names the file in skips. */
export async function* readJsonLines(
  path: string,
  chunks: AsyncIterable<Buffer>,
  options: RecordOptions,
): AsyncGenerator<ParsedDocument | Skip> {
  for await (const entry of byteLines(chunks, options.maxRecordBytes)) {
    const { line } = entry;
    if ("tooLong" in entry) {
      const reason = `the line has ${entry.tooLong} bytes; at most ${options.maxRecordBytes} are read`;
      yield { path, line, reason, hint: "Split the record, or raise the limit (--max-file-size, maxFileBytes)." };
      continue;
    }
    const decoded = decodeLine(entry.bytes, line);
    if (decoded.kind === "refused") {
      yield { path, line, reason: decoded.reason, hint: decoded.hint };
      if (decoded.wholeFile) return;
    } else if (decoded.text.trim() !== "") yield readRecord(path, line, decoded.text, options);
  }
}

type DecodedLine =
  | { kind: "text"; text: string }
  | { kind: "refused"; reason: string; hint: string; wholeFile: boolean };

/** JSON is UTF-8 by its standard, so no other encoding is guessed. */
function decodeLine(bytes: Buffer, line: number): DecodedLine {
  const bom = line === 1 ? chooseEncoding(bytes.subarray(0, 3)) : undefined;
  const bomBytes = bom?.kind === "encoding" ? bom.bomBytes : 0;
  if (bom?.kind === "encoding" && bom.label.startsWith("utf-16")) {
    return {
      kind: "refused",
      reason: `it is ${bom.label}`,
      hint: "JSON lines must be UTF-8; convert the file.",
      wholeFile: true,
    };
  }
  if (isUtf8(bytes)) return { kind: "text", text: bytes.toString("utf8", bomBytes) };
  const encoding = chooseEncoding(bytes);
  const reason = encoding.kind === "refused" ? encoding.reason : (encoding.notice ?? "it is not UTF-8");
  return { kind: "refused", reason, hint: "JSON lines must be UTF-8; convert the file.", wholeFile: false };
}

function readRecord(path: string, line: number, source: string, options: RecordOptions): ParsedDocument | Skip {
  try {
    return documentOf(parseObject(source), line, options.fallbackTitle);
  } catch (error) {
    if (!(error instanceof LodestoneError)) throw error;
    return { path, line, reason: error.message, hint: String(error.detail.hint ?? "Mend the record and index again.") };
  }
}

function parseObject(source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw bad(`the line is not JSON: ${messageOf(error)}`, "Each line must be one whole JSON object.");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw bad("the line is JSON, but not an object", 'Write each record as {"id": ..., "text": ...}.');
  }
  return value as Record<string, unknown>;
}

function documentOf(record: Record<string, unknown>, line: number, fallbackTitle: string): ParsedDocument {
  const { id, _id, title, metadata, ...rest } = record;
  const heading = typeof title === "string" ? normaliseLine(title) : "";
  const field = textFields.find((name) => typeof rest[name] === "string");
  if (field === undefined && heading === "") {
    throw bad("the record has no text", 'Put the text, a string, into "text", "content" or "body".');
  }
  // A record with a title and no text is still found by its title.
  const text = (field === undefined ? "" : normalise(rest[field] as string)) || heading;
  if (text === "") throw bad("the record's text is empty", "Fill it in, or leave the record out.");
  if (field !== undefined) delete rest[field];
  const leftOut = Object.keys(rest).filter((name) => isVector(rest[name]));
  for (const name of leftOut) delete rest[name];
  const fields = { ...checkMetadata(rest), ...checkMetadata(metadata ?? {}) };
  const given = id ?? _id;
  return {
    ...(given === undefined || given === null ? {} : { id: idOf(given) }),
    title: heading || (titleOf(text) ?? fallbackTitle),
    text,
    headings: [],
    codeBlocks: [],
    metadata: fields,
    mediaType: "application/x-ndjson",
    line,
    ...(leftOut.length === 0 ? {} : { notices: [`Left out lists of numbers and of lists: ${leftOut.join(", ")}.`] }),
  };
}

/** Embeddings and matrices of other systems are no metadata to filter by. Inside `metadata` they are taken at their word. */
function isVector(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number" || Array.isArray(item))
  );
}

function idOf(value: unknown): string {
  const id = typeof value === "string" || Number.isSafeInteger(value) ? String(value).trim() : "";
  if (id === "")
    throw bad("the record's id is neither a filled string nor a whole number", "Mend its id or leave it out.");
  return id;
}

function bad(message: string, hint: string): LodestoneError {
  return new LodestoneError("INVALID_INPUT", message, { detail: { hint } });
}
