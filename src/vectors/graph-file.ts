// A graph on disk: a header (graph.lseg) that vouches for one payload (graph-<id>.hnsw, hnswlib's own format). The payload is
// written first under a new name; the header's rename is the moment from which the new graph counts.
//
// Header, little endian. Its model name makes every later offset vary.
//    0  magic "LSEG"      4  format u16 = 1     6  kind u16 = 1 (HNSW)     8  dims u32    12  rows u32
//   16  last sequence u64     24  payload bytes u64     32  payload id (8 B)     40  payload sha256 (32 B)
//   72  model version: length u16, UTF-8      ...  rows x (row u32, fingerprint u32)      ...  crc32 of all before u32
// BAKED IN: the fingerprint's formula. Changing it makes every row look altered; raise the format number instead.

import { open, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { LodestoneError, messageOf } from "../errors.js";
import { type FileOperations, hashFile, temporaryEnding } from "../files/index.js";
import { M } from "./graph.js";
import { damage as fileDamage, preambleFault, writePreamble } from "./index-file.js";

export type GraphHeader = {
  dimensions: number;
  modelVersion: string;
  /** The caller's number of the last change that the graph knows of. */
  sequence: number;
  payloadBytes: number;
  /** 16 hexadecimal digits. */
  payloadId: string;
  /** Hexadecimal. */
  payloadSha256: string;
  rows: Uint32Array;
  /** Of each row's vector as it went into the graph. */
  fingerprints: Uint32Array;
};

const fixedBytes = 72;

export const headerPath = (directory: string) => join(directory, "graph.lseg");
export const payloadPath = (directory: string, id: string) => join(directory, `graph-${id}.hnsw`);

// FNV-1a over the float's bits instead of bytes: any change of one element changes it, any other passes once in 2^32.
// A pass costs recall for one row, never a wrong score: what the graph finds is scored from the stored vector.
export function fingerprintOf(bits: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bits.length; i++) hash = Math.imul(hash ^ bits[i]!, 0x01000193);
  return hash >>> 0;
}

export function encodeHeader(header: GraphHeader): Uint8Array {
  const model = Buffer.from(header.modelVersion, "utf8");
  const rowsAt = fixedBytes + 2 + model.length;
  const bytes = Buffer.alloc(rowsAt + header.rows.length * 8 + 4);
  writePreamble(bytes, "graph");
  bytes.writeUInt32LE(header.dimensions, 8);
  bytes.writeUInt32LE(header.rows.length, 12);
  bytes.writeBigUInt64LE(BigInt(header.sequence), 16);
  bytes.writeBigUInt64LE(BigInt(header.payloadBytes), 24);
  bytes.write(header.payloadId, 32, "hex");
  bytes.write(header.payloadSha256, 40, "hex");
  bytes.writeUInt16LE(model.length, fixedBytes);
  model.copy(bytes, fixedBytes + 2);
  for (let i = 0; i < header.rows.length; i++) {
    bytes.writeUInt32LE(header.rows[i]!, rowsAt + i * 8);
    bytes.writeUInt32LE(header.fingerprints[i]!, rowsAt + i * 8 + 4);
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

/** Throws INDEX_DAMAGED unless every byte is as encodeHeader wrote it. */
export function decodeHeader(file: Uint8Array, path: string): GraphHeader {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const damaged = (comment: string) => damage(path, comment);
  if (bytes.length < fixedBytes + 6) throw damaged(`it has ${bytes.length} bytes, fewer than the shortest header`);
  const fault = preambleFault(bytes, "graph");
  if (fault !== undefined) throw damaged(fault);
  if (crc32(bytes.subarray(0, -4)) !== bytes.readUInt32LE(bytes.length - 4)) throw damaged("its checksum is wrong");
  const rowCount = bytes.readUInt32LE(12);
  const rowsAt = fixedBytes + 2 + bytes.readUInt16LE(fixedBytes);
  if (bytes.length !== rowsAt + rowCount * 8 + 4)
    throw damaged(`its ${bytes.length} bytes do not fit ${rowCount} rows`);
  const rows = new Uint32Array(rowCount);
  const fingerprints = new Uint32Array(rowCount);
  for (let i = 0; i < rowCount; i++) {
    rows[i] = bytes.readUInt32LE(rowsAt + i * 8);
    fingerprints[i] = bytes.readUInt32LE(rowsAt + i * 8 + 4);
  }
  return {
    dimensions: bytes.readUInt32LE(8),
    modelVersion: bytes.toString("utf8", fixedBytes + 2, rowsAt),
    sequence: Number(bytes.readBigUInt64LE(16)),
    payloadBytes: Number(bytes.readBigUInt64LE(24)),
    payloadId: bytes.toString("hex", 32, 40),
    payloadSha256: bytes.toString("hex", 40, 72),
    rows,
    fingerprints,
  };
}

/**
 * The header in `directory`, after every byte of it and of its payload was verified. Throws NOT_FOUND where no graph was ever
 * written, INDEX_DAMAGED where anything is missing or altered, MODEL_VERSION_MISMATCH for the graph of another model than
 * `expected`.
 */
export async function verifyGraphFile(
  directory: string,
  expected?: { dimensions: number; modelVersion: string },
  signal?: AbortSignal,
  hash = hashFile,
): Promise<GraphHeader> {
  const path = headerPath(directory);
  const header = decodeHeader(await readHeader(directory, path), path);
  if (expected && (header.modelVersion !== expected.modelVersion || header.dimensions !== expected.dimensions)) {
    throw new LodestoneError(
      "MODEL_VERSION_MISMATCH",
      `The graph at ${path} holds vectors of ${header.modelVersion} (${header.dimensions} dimensions); this index ` +
        `holds ${expected.modelVersion} (${expected.dimensions} dimensions). Build the graph anew.`,
      { detail: { path, found: header.modelVersion, expected: expected.modelVersion } },
    );
  }
  const payload = payloadPath(directory, header.payloadId);
  let found: { bytes: number; sha256: string };
  try {
    found = await hash(payload, { signal });
  } catch (cause) {
    if (cause instanceof LodestoneError) throw cause;
    throw damage(payload, messageOf(cause), cause);
  }
  if (found.bytes !== header.payloadBytes) {
    throw damage(payload, `it has ${found.bytes} bytes; its header says ${header.payloadBytes}`);
  }
  if (found.sha256 !== header.payloadSha256) throw damage(payload, "its SHA-256 is not the one in its header");
  return header;
}

/**
 * What `read` makes of the graph in `directory`. Where it finds damage, and another process has put a new graph in place of the one
 * whose header was there before, it is asked once more: a reader meets the old header and, a moment later, no file that it names.
 */
export async function readCurrentGraph<T>(directory: string, read: () => Promise<T>): Promise<T> {
  const header = () => readFile(headerPath(directory)).catch(() => undefined);
  const before = await header();
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof LodestoneError) || error.code !== "INDEX_DAMAGED") throw error;
    const now = await header();
    if (now === undefined || before?.equals(now)) throw error;
    return read();
  }
}

async function readHeader(directory: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw damage(path, messageOf(cause), cause);
    const names = await readdir(directory).catch(() => [] as string[]);
    if (names.some((name) => isPayload(name))) throw damage(path, "it is missing, and a payload is there", cause);
    throw new LodestoneError("NOT_FOUND", `No graph has been written to ${directory} yet.`, { cause });
  }
}

/**
 * Bytes that hnswlib's file must have, walked from its own lengths. It does not notice a full disk, and leaves the file
 * cut off; this does. Throws INDEX_DAMAGED where the file cannot be the graph that was asked for.
 *
 *    0  ... 16  elements u64  24  bytes per element u64 ... 96  elements x (links of layer 0, vector, label u64)
 *       then elements x (length u32, links of the layers above)
 */
export async function measurePayload(path: string, dimensions: number, rowCount: number): Promise<number> {
  const elementBytes = 4 + 2 * M * 4 + dimensions * 4 + 8;
  const listsAt = 96 + rowCount * elementBytes;
  const { size } = await stat(path);
  if (size < listsAt + rowCount * 4) throw damage(path, `it was cut off at ${size} bytes`);
  const file = await open(path, "r");
  try {
    const start = Buffer.alloc(96);
    await file.read(start, 0, 96, 0);
    const found = `${start.readBigUInt64LE(16)} elements of ${start.readBigUInt64LE(24)} bytes`;
    const wanted = `${rowCount} elements of ${elementBytes} bytes`;
    if (found !== wanted) throw damage(path, `it says ${found}, expected ${wanted}`);
    const lists = Buffer.alloc(size - listsAt);
    await file.read(lists, 0, lists.length, listsAt);
    let at = 0;
    for (let i = 0; i < rowCount; i++) {
      if (at + 4 > lists.length) throw damage(path, `it was cut off in the links of element ${i}`);
      at += 4 + lists.readUInt32LE(at);
    }
    if (at !== lists.length) throw damage(path, `it has ${size} bytes; its links end at ${listsAt + at}`);
    return size;
  } finally {
    await file.close();
  }
}

/** Removes what no header vouches for: files of earlier or unfinished builds. Only one build may run in a folder at a time. */
export async function removeStrayFiles(directory: string, files: FileOperations): Promise<void> {
  const path = headerPath(directory);
  let current: string | undefined;
  try {
    current = decodeHeader(await readFile(path), path).payloadId;
  } catch {
    // No header, or a damaged one: either way no payload can be used any more.
  }
  for (const name of await readdir(directory)) {
    const written = isPayload(name) || (name.startsWith("graph") && name.endsWith(temporaryEnding));
    if (written && name !== `graph-${current}.hnsw`) await files.remove(join(directory, name));
  }
}

function isPayload(name: string): boolean {
  return /^graph-[0-9a-f]{16}\.hnsw$/.test(name);
}

/** INDEX_DAMAGED with the path and what was noticed. */
export function damage(path: string, comment: string, cause?: unknown): LodestoneError {
  return fileDamage("graph", path, `${comment}. Build the graph anew`, cause);
}
