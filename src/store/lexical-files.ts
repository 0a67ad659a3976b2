// Segments of a lexical index on disk, so that a library that is opened again need not analyse its texts, and of an index of weighted
// terms. In the folder `lexical`, or `sparse`, of a generation's index folder:
//
//   <first row>-<end row>-<crc32>.llex   a segment, as lexical/segment.ts has it, with a checksum of its own; never changed
//   segments.json                        which of them make up the index, and of what:
//     {"format": 1, "identity": ..., "analyser": ..., "nextRow": ..., "hasGoneWords": ..., "segments": [name, ...], "crc32": ...}
//     crc32: of the same text without that field
//
// The list is written last, beside and renamed: a file that it does not name is nobody's, and goes with the next save.

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { LodestoneError, messageOf } from "../errors.js";
import { diskOperations, type FileOperations, writeFailure, writeFileAtomically } from "../files/index.js";
import { checkSegment } from "../lexical/index.js";
import type { SavedLexical } from "./following-index.js";

/** Whose index it is. */
export type LexicalPlace = {
  /** Index folder of the generation. */
  directory: string;
  /** Names the generation and its library. */
  identity: string;
  /** Version of the analyser, or of the sparse encoder. */
  analyser: string;
  /** Default: lexical. */
  folder?: LexicalFolder | undefined;
};

/** The index of words, or that of weighted terms. */
export const lexicalFolders = ["lexical", "sparse"] as const;
export type LexicalFolder = (typeof lexicalFolders)[number];

const FORMAT = 1;
const ENDING = ".llex";
const listName = "segments.json";

export type SegmentList = {
  format: typeof FORMAT;
  identity: string;
  analyser: string;
  nextRow: number;
  hasGoneWords: boolean;
  /** Names of files in the same folder. */
  segments: string[];
};

type Stored = SegmentList & { crc32: number };

export const lexicalFolder = (directory: string, folder: LexicalFolder = "lexical") => join(directory, folder);
export const segmentListPath = (directory: string, folder?: LexicalFolder) =>
  join(lexicalFolder(directory, folder), listName);

/**
 * Reads what was saved, with the names of its files. Throws NOT_FOUND where nothing was, MODEL_VERSION_MISMATCH for an index of something else,
 * INDEX_DAMAGED where a file is not as it was written.
 */
export function loadSegments({
  directory,
  identity,
  analyser,
  folder,
}: LexicalPlace): SavedLexical & { names: string[] } {
  const path = segmentListPath(directory, folder);
  const list = decodeSegmentList(readListed(path), path);
  if (list.identity !== identity || list.analyser !== analyser) {
    throw new LodestoneError(
      "MODEL_VERSION_MISMATCH",
      `The lexical segments in ${path} are of another index: of ${list.identity}, analyser ${list.analyser}; this index is of ` +
        `${identity}, analyser ${analyser}.`,
      { detail: { path, found: list.identity, expected: identity } },
    );
  }
  const { nextRow, hasGoneWords } = list;
  const segments = list.segments.map((name) => readSegment(join(lexicalFolder(directory, folder), name)));
  return { segments, names: list.segments, nextRow, hasGoneWords };
}

/** Throws INDEX_DAMAGED. */
export function decodeSegmentList(bytes: Uint8Array, path: string): SegmentList {
  try {
    const { crc32: checksum, ...list } = JSON.parse(Buffer.from(bytes).toString("utf8")) as Stored;
    if (checksum !== crc32(JSON.stringify(list))) throw new Error("its checksum is wrong");
    if (list.format !== FORMAT) throw new Error(`it has format ${list.format}, unknown to this version`);
    return list;
  } catch (cause) {
    throw damage(path, messageOf(cause), cause);
  }
}

/** Throws INDEX_DAMAGED unless the file is the segment that it is named after, whole. */
export function checkStoredSegment(path: string): void {
  try {
    checkSegment(readSegment(path));
  } catch (cause) {
    throw cause instanceof LodestoneError && cause.detail.path === path ? cause : damage(path, messageOf(cause), cause);
  }
}

/** The bytes of a segment. What is in them is checked by whoever uses them. */
function readSegment(path: string): Uint8Array {
  const name = basename(path);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw damage(path, messageOf(cause), cause);
  }
  if (segmentName(bytes, rowsOfName(name)) !== name) throw damage(path, "it is not the segment that it is named after");
  return bytes;
}

/**
 * Saves an index in place of what was saved before. Files named in `known` are there, and whole. `index` is read when this
 * is called. Returns the names of the files that it consists of. Throws DISK_FULL, PATH_NOT_FOUND or FILE_UNREADABLE; what was saved before is whole then.
 */
export async function saveSegments(
  { directory, identity, analyser, folder: name }: LexicalPlace,
  index: {
    segments: readonly { firstRow: number; endRow: number }[];
    segmentBytes(firstRow: number): Uint8Array;
    nextRow: number;
    hasGoneWords: boolean;
  },
  known: ReadonlySet<string>,
  files: FileOperations = diskOperations,
): Promise<string[]> {
  const { nextRow, hasGoneWords } = index;
  const named = index.segments.map(({ firstRow, endRow }) => {
    const bytes = index.segmentBytes(firstRow);
    return { name: segmentName(bytes, [firstRow, endRow]), bytes };
  });
  const folder = lexicalFolder(directory, name);
  const segments = named.map(({ name }) => name);
  const list: SegmentList = { format: FORMAT, identity, analyser, nextRow, hasGoneWords, segments };
  try {
    await files.makeDirectory(folder);
    for (const { name, bytes } of named) {
      if (known.has(name)) continue;
      await writeFileAtomically(join(folder, name), (path) => files.write(path, bytes), { files });
    }
    await writeFileAtomically(join(folder, listName), (path) => files.write(path, encodeSegmentList(list)), { files });
    for (const name of readdirSync(folder)) {
      if (name !== listName && !segments.includes(name)) await files.remove(join(folder, name));
    }
  } catch (cause) {
    throw writeFailure(folder, cause);
  }
  return segments;
}

export function encodeSegmentList(list: SegmentList): Uint8Array {
  return Buffer.from(JSON.stringify({ ...list, crc32: crc32(JSON.stringify(list)) }));
}

/** Whether there are segments beside those named in `known`. */
export function hasOtherSegments(
  { directory, folder }: Pick<LexicalPlace, "directory" | "folder">,
  known: ReadonlySet<string>,
): boolean {
  try {
    return readdirSync(lexicalFolder(directory, folder)).some((name) => name.includes(ENDING) && !known.has(name));
  } catch {
    return false;
  }
}

function readListed(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw damage(path, messageOf(cause), cause);
    throw new LodestoneError("NOT_FOUND", `No lexical segments have been written to ${path} yet.`, { cause });
  }
}

// The checksum that a segment carries of itself, at 48 (lexical/sections.ts), tells it from others of the same rows.
function segmentName(bytes: Uint8Array, [firstRow, endRow]: readonly [number, number]): string {
  const checksum = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 52)).subarray(48).toString("hex");
  return `${firstRow}-${endRow}-${checksum}${ENDING}`;
}

function rowsOfName(name: string): [number, number] {
  const [firstRow = 0, endRow = 0] = basename(name, ENDING).split("-").map(Number);
  return [firstRow, endRow];
}

function damage(path: string, comment: string, cause?: unknown): LodestoneError {
  return new LodestoneError("INDEX_DAMAGED", `The lexical index file ${path} is damaged: ${comment}.`, {
    cause,
    detail: { path, comment },
  });
}
