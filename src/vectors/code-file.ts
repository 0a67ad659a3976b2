// Codes on disk (codes.lseg), so that a library that is opened again need not make them anew. Little endian.
//
//    0  magic "LSEG"    4  format u16 = 1    6  kind u16 = 2    8  dimensions u32    12  kept dimensions u32    16  stored format u32
//   20  code form u32    24  positions u32    28  lists u32    32  last sequence u64    40  9 sections: (bytes u64, crc32 u32) each
//  148  identity: length u16, UTF-8    ...  crc32 of all before u32    then the sections, one after the other:
//
//   centroid  f32 x kept dimensions          live     words of the bitmap of live positions u32
//   rows      row number of each position    codes    blocks of 32 positions, as code-store.ts has them in memory
//   centres   codes of the lists' centres, as centre-codes.ts has them in memory
//   few, many: sightings of the calibration, (place, gap) f64 each                gaps: f32
//   facts     JSON: how the codes came about and were measured
//
// BAKED IN: the blocks, the rotation's seed and rounds, the penalty of lists. Changing one makes every stored code wrong: raise the format
// number instead.

import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { LodestoneError, messageOf } from "../errors.js";
import { diskOperations, type FileOperations, writeFileAtomically } from "../files/index.js";
import { damage, decodeText, encodeText, foreign, preambleFault, writePreamble } from "./index-file.js";
import { describeIdentity, type IndexIdentity, readShape, sameIdentity, writeShape } from "./index-identity.js";
import { type CodeForm, codeForms } from "./quantizer.js";

export type CodeFileHeader = {
  identity: IndexIdentity;
  form: CodeForm;
  positions: number;
  lists: number;
  /** The caller's number of the last change that the codes know of. */
  sequence: number;
};

export const codeSections = [
  "centroid",
  "live",
  "rows",
  "codes",
  "centres",
  "few",
  "many",
  "gaps",
  "deepGaps",
  "facts",
] as const;
export type CodeSection = (typeof codeSections)[number];

type SectionEntry = { bytes: number; crc32: number; offset: number };

const sectionsAt = 40;
const entryBytes = 12;
const identityAt = sectionsAt + codeSections.length * entryBytes;
const pieceBytes = 1 << 20;

export const codePath = (directory: string) => join(directory, "codes.lseg");

/**
 * Writes the file in place of the one before it. `sections` are gone through once, in order; each piece is written before the next one is
 * asked for, and must not change until then. Throws DISK_FULL, PATH_NOT_FOUND, FILE_UNREADABLE, or what `sections` throw.
 */
export async function writeCodeFile(
  directory: string,
  header: CodeFileHeader,
  sections: Record<CodeSection, Iterable<Uint8Array>>,
  files: FileOperations = diskOperations,
): Promise<void> {
  const start = encodeHeader(header, new Map()).length;
  const write = async (path: string) => {
    const file = await open(path, "w");
    try {
      const entries = new Map<CodeSection, SectionEntry>();
      let end = start;
      for (const name of codeSections) {
        const entry = { bytes: 0, crc32: 0, offset: end };
        for (const piece of sections[name]) {
          entry.crc32 = crc32(piece, entry.crc32);
          await writeAll(file, piece, end);
          entry.bytes += piece.length;
          end += piece.length;
        }
        entries.set(name, entry);
      }
      await writeAll(file, encodeHeader(header, entries), 0);
    } finally {
      await file.close();
    }
  };
  await writeFileAtomically(codePath(directory), write, { files });
}

/** An open file of codes, whose header is as it was written. Each section is held against its crc32 when it is read. */
export class CodeFile {
  readonly path: string;
  readonly header: CodeFileHeader;
  readonly bytes: number;
  readonly #file: FileHandle;
  readonly #entries: Map<CodeSection, SectionEntry>;

  private constructor(
    path: string,
    file: FileHandle,
    bytes: number,
    header: CodeFileHeader,
    entries: Map<CodeSection, SectionEntry>,
  ) {
    this.path = path;
    this.#file = file;
    this.bytes = bytes;
    this.header = header;
    this.#entries = entries;
  }

  /**
   * Throws NOT_FOUND where no codes were written, MODEL_VERSION_MISMATCH for codes of another index, INDEX_DAMAGED where the file is not
   * as it was written.
   */
  static async open(directory: string, identity: IndexIdentity): Promise<CodeFile> {
    const path = codePath(directory);
    const file = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOENT") throw damage("codes", path, messageOf(cause), cause);
      throw new LodestoneError("NOT_FOUND", `No codes have been written to ${directory} yet.`, { cause });
    });
    try {
      const { size } = await file.stat();
      const { header, entries, end } = await readHeader(file, path, size);
      if (size !== end) throw damage("codes", path, `it has ${size} bytes; its header says ${end}`);
      if (!sameIdentity(header.identity, identity)) {
        throw foreign("codes", path, describeIdentity(header.identity), describeIdentity(identity));
      }
      return new CodeFile(path, file, size, header, entries);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** A whole section. */
  async read(name: CodeSection): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.pieces(name, pieceBytes)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** A section in pieces of so many bytes, the last one shorter. Nothing of it can be trusted before the last piece has been taken. */
  async *pieces(name: CodeSection, bytes: number): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(name)!;
    let crc = 0;
    for (let from = 0; from < entry.bytes; from += bytes) {
      const piece = await readExactly(this.#file, this.path, entry.offset + from, Math.min(bytes, entry.bytes - from));
      crc = crc32(piece, crc);
      yield piece;
    }
    if (crc !== entry.crc32) throw damage("codes", this.path, `the checksum of its ${name} is wrong`);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function encodeHeader(header: CodeFileHeader, entries: ReadonlyMap<CodeSection, SectionEntry>): Buffer {
  const bytes = Buffer.alloc(identityAt);
  writePreamble(bytes, "codes");
  writeShape(header.identity, bytes, 8);
  bytes.writeUInt32LE(codeForms.indexOf(header.form), 20);
  bytes.writeUInt32LE(header.positions, 24);
  bytes.writeUInt32LE(header.lists, 28);
  bytes.writeBigUInt64LE(BigInt(header.sequence), 32);
  for (const [i, name] of codeSections.entries()) {
    const { bytes: length = 0, crc32: crc = 0 } = entries.get(name) ?? {};
    bytes.writeBigUInt64LE(BigInt(length), sectionsAt + i * entryBytes);
    bytes.writeUInt32LE(crc, sectionsAt + i * entryBytes + 8);
  }
  const whole = Buffer.concat([bytes, encodeText(header.identity.identity), Buffer.alloc(4)]);
  whole.writeUInt32LE(crc32(whole.subarray(0, -4)), whole.length - 4);
  return whole;
}

async function readHeader(
  file: FileHandle,
  path: string,
  size: number,
): Promise<{ header: CodeFileHeader; entries: Map<CodeSection, SectionEntry>; end: number }> {
  if (size < identityAt + 6) throw damage("codes", path, `it has ${size} bytes, fewer than its header`);
  const first = await readExactly(file, path, 0, identityAt + 2);
  const fault = preambleFault(first, "codes");
  if (fault !== undefined) throw damage("codes", path, fault);
  const length = identityAt + 2 + first.readUInt16LE(identityAt) + 4;
  if (size < length) throw damage("codes", path, `it has ${size} bytes, fewer than its header`);
  const bytes = await readExactly(file, path, 0, length);
  if (crc32(bytes.subarray(0, -4)) !== bytes.readUInt32LE(length - 4)) {
    throw damage("codes", path, "the checksum of its header is wrong");
  }
  const shape = readShape(bytes, 8);
  const form = codeForms[bytes.readUInt32LE(20)];
  if (!shape || !form) throw damage("codes", path, "its header is of a later version");
  const entries = new Map<CodeSection, SectionEntry>();
  let end = length;
  for (const [i, name] of codeSections.entries()) {
    const at = sectionsAt + i * entryBytes;
    const entry = { bytes: Number(bytes.readBigUInt64LE(at)), crc32: bytes.readUInt32LE(at + 8), offset: end };
    entries.set(name, entry);
    end += entry.bytes;
  }
  const header: CodeFileHeader = {
    ...{ identity: { identity: decodeText(bytes, identityAt).text, ...shape }, form },
    ...{ positions: bytes.readUInt32LE(24), lists: bytes.readUInt32LE(28) },
    sequence: Number(bytes.readBigUInt64LE(32)),
  };
  return { header, entries, end };
}

async function readExactly(file: FileHandle, path: string, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  try {
    while (read < length) {
      const { bytesRead } = await file.read(bytes, read, length - read, position + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
  } catch (cause) {
    throw damage("codes", path, `it cannot be read at ${position}: ${messageOf(cause)}`, cause);
  }
  if (read < length) throw damage("codes", path, `it ends at byte ${position + read}`);
  return bytes;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
