// The first page of a file of vectors, little endian. What follows it is drawn in vector-file.ts.
//
//    0  magic "LSEG"    4  format u16 = 1    6  kind u16 = 3    8  dimensions u32    12  kept dimensions u32    16  stored format u32
//   20  state u32: 0 changing, 1 closed    24  chunks u32    28  live rows u32    32  last sequence u64    40  crc32 of all tables u32
//   44  identity: length u16, UTF-8    ...  4092  crc32 of all before u32
//
// While it is "changing" nothing is promised of the tables: rows, crc32 and vectors have to be held against each other.

import { crc32 } from "node:zlib";
import { decodeText, encodeText, preambleFault, writePreamble } from "./index-file.js";
import { type IndexIdentity, readShape, writeShape } from "./index-identity.js";

export const headerBytes = 4096;

export type VectorFileHeader = {
  identity: IndexIdentity;
  state: "changing" | "closed";
  chunks: number;
  liveRows: number;
  /** One more than the highest row that the file was ever given. */
  sequence: number;
  tablesCrc32: number;
};

const states = ["changing", "closed"] as const;

export function encodeVectorHeader(header: VectorFileHeader): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  writePreamble(bytes, "vectors");
  writeShape(header.identity, bytes, 8);
  bytes.writeUInt32LE(states.indexOf(header.state), 20);
  bytes.writeUInt32LE(header.chunks, 24);
  bytes.writeUInt32LE(header.liveRows, 28);
  bytes.writeBigUInt64LE(BigInt(header.sequence), 32);
  bytes.writeUInt32LE(header.tablesCrc32, 40);
  encodeText(header.identity.identity).copy(bytes, 44);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), headerBytes - 4);
  return bytes;
}

/** The header, or what is wrong with it. */
export function decodeVectorHeader(bytes: Buffer): VectorFileHeader | { fault: string } {
  if (bytes.length < headerBytes) return { fault: `it has ${bytes.length} bytes, fewer than its header` };
  const fault = preambleFault(bytes, "vectors");
  if (fault !== undefined) return { fault };
  if (crc32(bytes.subarray(0, -4)) !== bytes.readUInt32LE(headerBytes - 4)) {
    return { fault: "the checksum of its header is wrong" };
  }
  const shape = readShape(bytes, 8);
  const state = states[bytes.readUInt32LE(20)];
  if (!shape || !state) return { fault: "its header is of a later version" };
  return {
    identity: { identity: decodeText(bytes, 44).text, ...shape },
    state,
    chunks: bytes.readUInt32LE(24),
    liveRows: bytes.readUInt32LE(28),
    sequence: Number(bytes.readBigUInt64LE(32)),
    tablesCrc32: bytes.readUInt32LE(40),
  };
}
