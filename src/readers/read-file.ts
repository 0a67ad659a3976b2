// The documents of one file. Whatever is wrong with the file or a record of it comes as a skip among the documents.

import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { normaliseLine, type Skip, skipOfError } from "../documents/index.js";
import { LodestoneError } from "../errors.js";
import { readTable } from "./csv.js";
import { decode } from "./decode.js";
import { readJsonLines } from "./jsonl.js";
import {
  converterFor,
  isRecordType,
  type MediaType,
  mediaTypeOf,
  type RecordMediaType,
  type TextMediaType,
} from "./media-type.js";
import { parseDocument } from "./parse-document.js";
import type { ParsedDocument } from "./parsed-document.js";

export const defaultMaxFileBytes = 64 * 1024 * 1024;

export type ReadOptions = {
  /** Largest file that is one document, and largest single record of JSONL and CSV. Default 64 MiB. */
  maxFileBytes?: number;
  /** Overrides the kind that the file's name tells; a file whose name tells none is read as plain text. */
  mediaType?: MediaType;
};

const chunkBytes = 1024 * 1024;

/**
 * Reads the documents of the file at `path`: one for text, Markdown and HTML; one a record for JSONL, CSV and TSV, which
 * are streamed and may be of any size. Records without an id have none here. Never throws for a bad file.
 */
export async function* readFileDocuments(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<ParsedDocument | Skip> {
  const { maxFileBytes = defaultMaxFileBytes } = options;
  const converter = options.mediaType === undefined ? converterFor(path) : undefined;
  if (converter !== undefined) return yield unreadableKind(path, converter);
  const mediaType = options.mediaType ?? mediaTypeOf(path) ?? "text/plain";
  try {
    // Asked before it is opened: opening a named pipe would wait for a writer.
    const found = await stat(path);
    if (found.isDirectory()) yield skipOfError(path, Object.assign(new Error(), { code: "EISDIR" }));
    else if (!found.isFile()) yield { path, reason: "it is not a regular file", hint: "Name a file or a folder." };
    else if (found.size === 0) yield { path, reason: "it is empty", hint: "Nothing is to be done." };
    else if (isRecordType(mediaType)) yield* readRecords(path, mediaType, maxFileBytes);
    else if (found.size > maxFileBytes) {
      yield {
        path,
        reason: `it has ${found.size} bytes; at most ${maxFileBytes} are read`,
        hint: "Split it, or raise the limit (--max-file-size, maxFileBytes). JSONL and CSV files may be of any size.",
      };
    } else yield parse(path, await readFile(path), mediaType);
  } catch (error) {
    yield skipOfError(path, error);
  }
}

/** The skip for a kind of document that only another program can make text of. */
export function unreadableKind(path: string, converter: string): Skip {
  const kind = extname(path).slice(1).toUpperCase();
  return {
    path,
    reason: `${kind} files are not read`,
    hint: `Convert it to text, Markdown or HTML (${converter} does).`,
  };
}

async function* readRecords(
  path: string,
  mediaType: RecordMediaType,
  maxRecordBytes: number,
): AsyncGenerator<ParsedDocument | Skip> {
  const options = { fallbackTitle: fallbackTitle(path), maxRecordBytes };
  const file = await open(path);
  try {
    if (mediaType === "application/x-ndjson") yield* readJsonLines(path, chunksOf(file), options);
    else yield* readTable(path, chunksOf(file), mediaType, options);
  } finally {
    await file.close();
  }
}

function parse(path: string, bytes: Buffer, mediaType: TextMediaType): ParsedDocument | Skip {
  const decoded = decode(bytes, mediaType === "text/html" ? declaredCharset(bytes) : undefined);
  if (decoded.kind === "refused") return { path, reason: decoded.reason, hint: decoded.hint };
  try {
    const document = parseDocument(decoded.text, mediaType, fallbackTitle(path));
    if (document.text === "") {
      return { path, reason: "it is empty: no text is left without markup", hint: "Nothing is to be done." };
    }
    if (decoded.notice === undefined) return document;
    return { ...document, notices: [decoded.notice, ...(document.notices ?? [])] };
  } catch (error) {
    if (!(error instanceof LodestoneError)) throw error;
    return { path, reason: error.message, hint: "Rename it to .txt to have it indexed as it stands." };
  }
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    // A fresh buffer each time: the lines of the last one may still be in use.
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The encoding that an HTML page names in its first kilobyte (<meta charset> or http-equiv). */
function declaredCharset(bytes: Buffer): string | undefined {
  return /<meta[^>]*?charset\s*=\s*["']?([\w-]+)/i.exec(bytes.toString("latin1", 0, 1024))?.[1];
}

/** The title of a file's documents where they have none of their own. */
export function fallbackTitle(path: string): string {
  return normaliseLine(mediaTypeOf(path) === undefined ? basename(path) : basename(path, extname(path)));
}
