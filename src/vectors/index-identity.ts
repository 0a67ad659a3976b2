// Whose vectors an index file is made of: a file is used only where all of this is the same.

import { LodestoneError } from "../errors.js";
import { type VectorFormat, vectorFormats } from "./vector-format.js";

export type IndexIdentity = {
  /**
   * The caller's name for a set of vectors that only grows and shrinks. Under one name a row number never gets another vector: a file
   * knows the vector of a row by its number.
   */
  identity: string;
  /** Of the vectors that are given, and of those that are kept. */
  dimensions: number;
  storedDimensions: number;
  format: VectorFormat;
};

export const identityBytes = 12;
const longestIdentity = 1000;

/** Throws INVALID_INPUT for a name that cannot be stored. */
export function checkIdentity(identity: string): void {
  if (typeof identity === "string" && identity !== "" && Buffer.byteLength(identity) <= longestIdentity) return;
  throw new LodestoneError("INVALID_INPUT", `"identity" is a text of 1 to ${longestIdentity} bytes.`);
}

/** Writes dimensions u32, stored dimensions u32, format u32 at `at`. */
export function writeShape({ dimensions, storedDimensions, format }: IndexIdentity, bytes: Buffer, at: number): void {
  bytes.writeUInt32LE(dimensions, at);
  bytes.writeUInt32LE(storedDimensions, at + 4);
  bytes.writeUInt32LE(vectorFormats.indexOf(format), at + 8);
}

/** Reads what writeShape wrote; undefined where there is no such format. */
export function readShape(bytes: Buffer, at: number): Omit<IndexIdentity, "identity"> | undefined {
  const format = vectorFormats[bytes.readUInt32LE(at + 8)];
  return format && { dimensions: bytes.readUInt32LE(at), storedDimensions: bytes.readUInt32LE(at + 4), format };
}

export function describeIdentity({ identity, dimensions, storedDimensions, format }: IndexIdentity): string {
  return `${identity} (${storedDimensions} of ${dimensions} dimensions, ${format})`;
}

export function sameIdentity(a: IndexIdentity, b: IndexIdentity): boolean {
  return describeIdentity(a) === describeIdentity(b);
}
