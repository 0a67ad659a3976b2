// One chunk of a file of vectors: where it lies, and its table, as it is in the file or ought to be.
//
//   4096 x vector, then the table:   4096 x row u32    4096 x crc32 u32    in format int8  4096 x scale f32
//                                    128 x word of the bitmap of live slots u32
//
// The crc32 of a slot is that of its vector (then of its scale), begun with its row number instead of 0: a vector under another row's number
// is noticed as a flipped bit is. BAKED IN, as the layout is. Places in a chunk are 0 to 4095.

import { crc32 } from "node:zlib";
import { elementBytesOf, type VectorFormat } from "./vector-format.js";
import { slotsPerChunk } from "./vector-store.js";

export type ChunkLayout = {
  strideBytes: number;
  /** Bytes of the vectors, of the table, and of both. */
  vectorBytes: number;
  tableBytes: number;
  chunkBytes: number;
  /** Whether vectors have a scale. */
  scaled: boolean;
};

const columnBytes = slotsPerChunk * 4;
const liveBytes = slotsPerChunk / 8;

export function chunkLayout(storedDimensions: number, format: VectorFormat): ChunkLayout {
  const strideBytes = Math.ceil(storedDimensions / 16) * 16 * elementBytesOf(format);
  const scaled = format === "int8";
  const vectorBytes = slotsPerChunk * strideBytes;
  const tableBytes = (scaled ? 3 : 2) * columnBytes + liveBytes;
  return { strideBytes, vectorBytes, tableBytes, chunkBytes: vectorBytes + tableBytes, scaled };
}

/** A part of the table, and where it begins in the file. */
export type TablePart = { bytes: Uint8Array; position: number };

export class VectorChunk {
  /** Descriptor of the open file that it is in. */
  readonly file: number;
  readonly offset: number;
  readonly table: Uint8Array;
  readonly rows: Uint32Array;
  readonly scales: Float32Array | undefined;
  /** Words of the bitmap of live places. */
  readonly live: Uint32Array;
  readonly #crcs: Uint32Array;
  readonly #layout: ChunkLayout;

  constructor(layout: ChunkLayout, file: number, offset: number) {
    this.#layout = layout;
    this.file = file;
    this.offset = offset;
    this.table = new Uint8Array(layout.tableBytes);
    const { buffer } = this.table;
    this.rows = new Uint32Array(buffer, 0, slotsPerChunk);
    this.#crcs = new Uint32Array(buffer, columnBytes, slotsPerChunk);
    this.scales = layout.scaled ? new Float32Array(buffer, 2 * columnBytes, slotsPerChunk) : undefined;
    this.live = new Uint32Array(buffer, layout.tableBytes - liveBytes);
  }

  /** Where the vector at `at` begins in the file. */
  positionOf(at: number): number {
    return this.offset + at * this.#layout.strideBytes;
  }

  get tablePosition(): number {
    return this.offset + this.#layout.vectorBytes;
  }

  /** Notes that `bytes` are the vector of `row`. */
  label(at: number, row: number, scale: number, bytes: Uint8Array): void {
    this.rows[at] = row;
    if (this.scales) this.scales[at] = scale;
    this.#crcs[at] = this.#crcOf(at, bytes);
  }

  /** Whether `bytes` are the vector that was noted last. */
  matches(at: number, bytes: Uint8Array): boolean {
    return this.#crcOf(at, bytes) === this.#crcs[at];
  }

  setLive(at: number, isLive: boolean): void {
    if (isLive) this.live[at >>> 5]! |= 1 << (at & 31);
    else this.live[at >>> 5]! &= ~(1 << (at & 31));
  }

  /** Live places, ascending. */
  livePlaces(from = 0, to = slotsPerChunk): number[] {
    const places: number[] = [];
    for (let at = from; at < to; at++) if (((this.live[at >>> 5]! >>> (at & 31)) & 1) === 1) places.push(at);
    return places;
  }

  /** What the table says of `count` places: a part for each column. */
  labelParts(at: number, count: number): TablePart[] {
    const columns = this.scales ? [0, 1, 2] : [0, 1];
    return columns.map((column) => this.#part(column * columnBytes + at * 4, count * 4));
  }

  /** The words of live places from that of place `from` to that of place `to`. */
  livePart(from: number, to: number): TablePart {
    const first = from >>> 5;
    return this.#part(this.live.byteOffset + first * 4, ((to >>> 5) - first + 1) * 4);
  }

  #part(start: number, length: number): TablePart {
    return { bytes: this.table.subarray(start, start + length), position: this.tablePosition + start };
  }

  #crcOf(at: number, bytes: Uint8Array): number {
    const crc = crc32(bytes, this.rows[at]!);
    if (!this.scales) return crc;
    const start = this.scales.byteOffset + at * 4;
    return crc32(this.table.subarray(start, start + 4), crc);
  }
}
