// What the index files have in common: how they begin, and how one that is not as it was written is reported.
//
//    0  magic "LSEG"    4  format u16    6  kind u16

import { LodestoneError } from "../errors.js";

export const magic = "LSEG";

/** The kinds of files, and the format of each that this version reads and writes. */
export const fileKinds = {
  graph: { kind: 1, format: 1 },
  codes: { kind: 2, format: 1 },
  vectors: { kind: 3, format: 1 },
} as const;

export type FileKind = keyof typeof fileKinds;

/** Bytes that writePreamble writes. */
export const preambleBytes = 8;

export function writePreamble(bytes: Buffer, name: FileKind): void {
  const { kind, format } = fileKinds[name];
  bytes.write(magic, 0, "latin1");
  bytes.writeUInt16LE(format, 4);
  bytes.writeUInt16LE(kind, 6);
}

/** What is wrong with the first bytes of a file that should be of kind `name`; undefined where nothing is. */
export function preambleFault(bytes: Buffer, name: FileKind): string | undefined {
  const { kind, format } = fileKinds[name];
  if (bytes.toString("latin1", 0, 4) !== magic) return `it does not begin with "${magic}"`;
  const found = `format ${bytes.readUInt16LE(4)}, kind ${bytes.readUInt16LE(6)}`;
  return found === `format ${format}, kind ${kind}` ? undefined : `it has ${found}, unknown to this version`;
}

/** INDEX_DAMAGED with the path and what was noticed. */
export function damage(name: FileKind, path: string, comment: string, cause?: unknown): LodestoneError {
  return new LodestoneError("INDEX_DAMAGED", `The ${name} file ${path} is damaged: ${comment}.`, {
    cause,
    detail: { path, comment },
  });
}

/** MODEL_VERSION_MISMATCH: a whole file, but not of this index. */
export function foreign(name: FileKind, path: string, found: string, expected: string): LodestoneError {
  return new LodestoneError(
    "MODEL_VERSION_MISMATCH",
    `The ${name} file ${path} is of another index: it holds ${found}; this index is of ${expected}.`,
    { detail: { path, found, expected } },
  );
}

/** Strings in a header: their length in bytes, then UTF-8. */
export function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The string at `at`, and where it ends. */
export function decodeText(bytes: Buffer, at: number): { text: string; end: number } {
  const end = at + 2 + bytes.readUInt16LE(at);
  return { text: bytes.toString("utf8", at + 2, end), end };
}
