// What segments and forward batches have in common on disk: one buffer of typed arrays under a header with a checksum.
//
// Little endian.
//   0  magic (4 B)    4  format u16    6  value kind u16 (0 frequencies, 1 impacts)
//   8  sha256 of the analyser's or encoder's version (32 B)
//  40  number of sections u32    44  bytes in all u32
//  48  crc32 of everything but these 4 bytes u32    52  zero u32
//  56  for each section: offset u32, bytes u32
//  ..  sections, each at a multiple of 8

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { LodestoneError } from "../errors.js";
import type { ValueKind } from "./term-batch.js";

export type SectionHeader = {
  magic: string;
  format: number;
  kind: ValueKind;
  /** Hexadecimal sha256 of the version; see versionDigest. */
  version: string;
};

type SectionArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

const kinds: readonly ValueKind[] = ["frequencies", "impacts"];
const TABLE_AT = 56;
const CRC_AT = 48;
const ALIGNMENT = 8;
// What is copied or summed up at a time: some milliseconds.
const PIECE = 1 << 22;

/** The form in which versions of analysers and encoders are compared and stored. */
export function versionDigest(version: string): string {
  return createHash("sha256").update(version).digest("hex");
}

/** Lays out the sections; yields between pieces of a few milliseconds and returns the buffer. */
export function* writeSections(
  header: SectionHeader,
  sections: readonly SectionArray[],
): Generator<undefined, Uint8Array<ArrayBuffer>> {
  let end = aligned(TABLE_AT + sections.length * 8);
  const offsets = sections.map((section) => {
    const offset = end;
    end = aligned(offset + section.byteLength);
    return offset;
  });
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(header.magic, "latin1"));
  view.setUint16(4, header.format, true);
  view.setUint16(6, kinds.indexOf(header.kind), true);
  bytes.set(Buffer.from(header.version, "hex"), 8);
  view.setUint32(40, sections.length, true);
  view.setUint32(44, end, true);
  for (const [i, section] of sections.entries()) {
    view.setUint32(TABLE_AT + i * 8, offsets[i]!, true);
    view.setUint32(TABLE_AT + i * 8 + 4, section.byteLength, true);
    const source = new Uint8Array(section.buffer, section.byteOffset, section.byteLength);
    for (let from = 0; from < source.length; from += PIECE) {
      bytes.set(source.subarray(from, from + PIECE), offsets[i]! + from);
      yield;
    }
  }
  view.setUint32(CRC_AT, yield* checksumOf(bytes), true);
  return bytes;
}

/** Throws INDEX_DAMAGED unless the bytes are as writeSections made them, in this format. `what` names them in the message. */
export function checkSections(
  bytes: Uint8Array,
  { magic, format }: { magic: string; format: number },
  what: string,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (noticed: string) =>
    new LodestoneError("INDEX_DAMAGED", `The ${what} is damaged: ${noticed}. Make it anew.`, {
      detail: { what, noticed },
    });
  if (bytes.length < TABLE_AT) throw fail(`it has ${bytes.length} bytes, fewer than a header`);
  const foundMagic = Buffer.from(bytes.buffer, bytes.byteOffset, 4).toString("latin1");
  if (foundMagic !== magic) throw fail(`it does not begin with "${magic}"`);
  if (view.getUint32(44, true) !== bytes.length) throw fail("it is not as long as it says");
  if (view.getUint32(CRC_AT, true) !== finished(checksumOf(bytes))) throw fail("its checksum is wrong");
  const foundFormat = view.getUint16(4, true);
  const isKnown = foundFormat === format && view.getUint16(6, true) < kinds.length;
  if (!isKnown) throw fail(`it has format ${foundFormat}; expected ${format}`);
}

/** The sections of a buffer that writeSections made: views of it, where its alignment allows them. */
export class Sections {
  readonly bytes: Uint8Array;
  readonly kind: ValueKind;
  /** Hexadecimal sha256. */
  readonly version: string;
  readonly #view: DataView;

  constructor(given: Uint8Array) {
    // Blobs and slices begin anywhere; typed arrays do not.
    const bytes = given.byteOffset % ALIGNMENT === 0 ? given : Uint8Array.from(given);
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.kind = kinds[this.#view.getUint16(6, true)]!;
    this.version = Buffer.from(bytes.buffer, bytes.byteOffset + 8, 32).toString("hex");
  }

  uint8(section: number): Uint8Array {
    const [offset, length] = this.#place(section);
    return new Uint8Array(this.bytes.buffer, offset, length);
  }

  uint16(section: number): Uint16Array {
    const [offset, length] = this.#place(section);
    return new Uint16Array(this.bytes.buffer, offset, length / 2);
  }

  uint32(section: number): Uint32Array {
    const [offset, length] = this.#place(section);
    return new Uint32Array(this.bytes.buffer, offset, length / 4);
  }

  int32(section: number): Int32Array {
    const [offset, length] = this.#place(section);
    return new Int32Array(this.bytes.buffer, offset, length / 4);
  }

  float64(section: number): Float64Array {
    const [offset, length] = this.#place(section);
    return new Float64Array(this.bytes.buffer, offset, length / 8);
  }

  #place(section: number): [offset: number, bytes: number] {
    const at = TABLE_AT + section * 8;
    return [this.bytes.byteOffset + this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true)];
  }
}

/** Runs what yields between slices to its end. */
export function finished<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

function* checksumOf(bytes: Uint8Array): Generator<undefined, number> {
  let checksum = crc32(bytes.subarray(0, CRC_AT));
  for (let from = CRC_AT + 4; from < bytes.length; from += PIECE) {
    checksum = crc32(bytes.subarray(from, Math.min(bytes.length, from + PIECE)), checksum);
    yield;
  }
  return checksum;
}
