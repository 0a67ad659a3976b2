// Vectors on disk (vectors.lvec): the chunks of the vector store (vector-chunk.ts), one after the other behind a header
// (vector-file-header.ts). The search thread reads and writes it, synchronously: a page that the system holds is read in two microseconds,
// and a search is one step.
//
// SQLite has what is here, so nothing is flushed until the file is closed. From the first change on its header says "changing"; a file
// that is found so was not closed, and each of its vectors is held against its crc32 before it is believed.

import { randomBytes } from "node:crypto";
import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { LodestoneError, messageOf } from "../errors.js";
import { writeFailure } from "../files/index.js";
import { damage, foreign } from "./index-file.js";
import { describeIdentity, type IndexIdentity, sameIdentity } from "./index-identity.js";
import { openExisting, readAt, writeAt } from "./open-file.js";
import { type ChunkLayout, chunkLayout, VectorChunk } from "./vector-chunk.js";
import { decodeVectorHeader, encodeVectorHeader, headerBytes, type VectorFileHeader } from "./vector-file-header.js";
import { slotsPerChunk } from "./vector-store.js";

export type VectorFileOptions = {
  /** An existing folder. */
  directory: string;
  identity: IndexIdentity;
  /** The file is another process's: it is read as it is, and what is added here goes to a temporary file. */
  readOnly: boolean;
};

/** What opening the file came upon. */
export type FoundVectors =
  | { state: "none" }
  /** Closed in order. */
  | { state: "whole" }
  /** Not closed in order; `lost` vectors did not match their crc32. */
  | { state: "checked"; lost: number }
  /** Damaged, or of another index: begun anew. */
  | { state: "replaced"; reason: string };

const checkedBytes = 1 << 18;
const flush = promisify(fdatasync);

export const vectorPath = (directory: string) => join(directory, "vectors.lvec");

export class VectorFile {
  readonly path: string;
  readonly layout: ChunkLayout;
  readonly found: FoundVectors;
  /** The first of them are in a file that is another process's: so many. */
  readonly foreignChunks: number;
  readonly chunks: VectorChunk[] = [];
  readonly #identity: IndexIdentity;
  readonly #readOnly: boolean;
  /** Where chunks are added; -1 until there is a temporary file. */
  #file = -1;
  #temporaryPath: string | undefined;
  #changing = false;
  #sequence = 0;
  #writes = 0;
  /** Chunks whose tables are not in the file as they are here: a write failed. */
  readonly #unwritten = new Set<VectorChunk>();

  /** Throws PATH_NOT_FOUND, DISK_FULL or FILE_UNREADABLE where the file can be neither read nor made. */
  constructor({ directory, identity, readOnly }: VectorFileOptions) {
    this.path = vectorPath(directory);
    this.layout = chunkLayout(identity.storedDimensions, identity.format);
    this.#identity = identity;
    this.#readOnly = readOnly;
    const found = this.#openExisting();
    if (found.state !== "whole" && !readOnly) this.#create();
    this.foreignChunks = readOnly ? this.chunks.length : 0;
    this.found = this.#changing ? { state: "checked", lost: this.#dropDamaged() } : found;
  }

  /** Counts up with every write: what was read before may be another vector now. */
  get writes(): number {
    return this.#writes;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return headerBytes + this.chunks.length * this.layout.chunkBytes;
  }

  /** Reads the vectors of consecutive slots of one chunk to the start of `target`. Throws INDEX_DAMAGED where they are not there. */
  read(slot: number, count: number, target: Uint8Array): void {
    const [chunk, at] = this.#placeOf(slot);
    const position = chunk.positionOf(at);
    const bytes = count * this.layout.strideBytes;
    let found: number;
    try {
      found = readAt(chunk.file, target, bytes, position);
    } catch (cause) {
      throw damage("vectors", this.path, `it cannot be read at ${position}: ${messageOf(cause)}`, cause);
    }
    if (found < bytes) throw damage("vectors", this.path, `it ends at byte ${position + found}`);
  }

  /** Throws INDEX_DAMAGED unless `bytes` are the vector that was written to `slot`. */
  check(slot: number, bytes: Uint8Array): void {
    const [chunk, at] = this.#placeOf(slot);
    if (chunk.matches(at, bytes)) return;
    throw damage("vectors", this.path, `the vector of row ${chunk.rows[at]} is not the one that was written`);
  }

  /**
   * Writes vectors, one after the other in `bytes`, to slots that nobody reads. They count when setLive() says so. Throws DISK_FULL
   * or FILE_UNREADABLE.
   */
  write(slots: Uint32Array, rows: Uint32Array, bytes: Uint8Array, scales: Float32Array): void {
    const { strideBytes } = this.layout;
    const labelled = new Set<VectorChunk>();
    this.#writing(labelled, () => {
      for (let i = 0; i < slots.length; i++) {
        this.#fitChunk(slots[i]!);
        const [chunk, at] = this.#placeOf(slots[i]!);
        labelled.add(chunk);
        chunk.label(at, rows[i]!, scales[i]!, bytes.subarray(i * strideBytes, (i + 1) * strideBytes));
        this.#sequence = Math.max(this.#sequence, rows[i]! + 1);
      }
      for (let from = 0; from < slots.length; ) {
        let to = from + 1;
        while (to < slots.length && slots[to] === slots[to - 1]! + 1 && slots[to]! % slotsPerChunk !== 0) to++;
        const [chunk, at] = this.#placeOf(slots[from]!);
        writeAt(chunk.file, bytes.subarray(from * strideBytes, to * strideBytes), chunk.positionOf(at));
        for (const part of chunk.labelParts(at, to - from)) writeAt(chunk.file, part.bytes, part.position);
        from = to;
      }
    });
  }

  /** Makes slots live, or not. Where that cannot be written, it counts in memory all the same for those that end, not for others. */
  setLive(slots: readonly number[] | Uint32Array, isLive: boolean): void {
    const touched = new Map<VectorChunk, { from: number; to: number }>();
    for (const slot of slots) {
      const [chunk, at] = this.#placeOf(slot);
      chunk.setLive(at, isLive);
      const { from, to } = touched.get(chunk) ?? { from: at, to: at };
      touched.set(chunk, { from: Math.min(from, at), to: Math.max(to, at) });
    }
    try {
      this.#writing(touched.keys(), () => {
        for (const [chunk, { from, to }] of touched) this.#writeLive(chunk, from, to);
      });
    } catch (error) {
      for (const slot of isLive ? slots : []) {
        const [chunk, at] = this.#placeOf(slot);
        chunk.setLive(at, false);
      }
      throw error;
    }
  }

  /** Ends slots whose rows are live in other slots now. */
  endReplaced(slots: readonly number[]): void {
    try {
      this.setLive(slots, false);
    } catch (error) {
      // Harmless: save() tries again, and a file that is not saved has these rows twice, which is noticed when it is opened.
      if (!(error instanceof LodestoneError)) throw error;
    }
  }

  /** Finds live slots whose vectors are damaged; yields what each slice of the file has of them. */
  *damagedSlots(): Generator<number[]> {
    const { strideBytes } = this.layout;
    const most = Math.max(1, Math.floor(checkedBytes / strideBytes));
    const buffer = new Uint8Array(most * strideBytes);
    for (const [number, chunk] of this.chunks.entries()) {
      for (let from = 0; from < slotsPerChunk; from += most) {
        const places = chunk.livePlaces(from, Math.min(from + most, slotsPerChunk));
        if (places.length > 0) yield this.#damagedOf(chunk, places, buffer).map((at) => number * slotsPerChunk + at);
      }
    }
  }

  /** Flushes everything and says in the header that it is so. What changes meanwhile is flushed too. */
  async save(): Promise<void> {
    if (!this.#changing || this.#readOnly) return;
    try {
      for (let flushed = -1; flushed !== this.#writes; ) {
        flushed = this.#writes;
        for (const chunk of this.#unwritten) writeAt(chunk.file, chunk.table, chunk.tablePosition);
        this.#unwritten.clear();
        await flush(this.#file);
      }
      this.#writeHeader("closed");
      this.#changing = false;
      await flush(this.#file);
    } catch (cause) {
      throw writeFailure(this.path, cause);
    }
  }

  /** Saves nothing: a file that was not saved is checked when it is opened again. */
  close(): void {
    for (const file of new Set([this.#file, ...this.chunks.map(({ file }) => file)])) if (file >= 0) closeSync(file);
    if (this.#temporaryPath !== undefined) rmSync(this.#temporaryPath, { force: true });
  }

  #openExisting(): FoundVectors {
    const file = openExisting(this.path, this.#readOnly ? "r" : "r+");
    if (file === undefined) return { state: "none" };
    try {
      const { state, sequence } = this.#readTables(file);
      if (!this.#readOnly) this.#file = file;
      this.#changing = state === "changing";
      this.#sequence = sequence;
      return { state: "whole" };
    } catch (error) {
      closeSync(file);
      this.chunks.length = 0;
      if (!(error instanceof LodestoneError)) throw error;
      return { state: "replaced", reason: error.message };
    }
  }

  /** A new file in place of what is there: whoever reads that goes on reading it. */
  #create(): void {
    try {
      rmSync(this.path, { force: true });
      this.#file = openSync(this.path, "wx+");
      this.#writeHeader("closed");
    } catch (cause) {
      throw writeFailure(this.path, cause);
    }
  }

  #readTables(file: number): VectorFileHeader {
    const { size } = fstatSync(file);
    const page = Buffer.alloc(Math.min(size, headerBytes));
    readAt(file, page, page.length, 0);
    const header = decodeVectorHeader(page);
    if ("fault" in header) throw damage("vectors", this.path, header.fault);
    if (!sameIdentity(header.identity, this.#identity)) {
      throw foreign("vectors", this.path, describeIdentity(header.identity), describeIdentity(this.#identity));
    }
    const whole = Math.floor((size - headerBytes) / this.layout.chunkBytes);
    if (whole < header.chunks) throw damage("vectors", this.path, `its ${size} bytes hold no ${header.chunks} chunks`);
    const closed = header.state === "closed";
    let crc = 0;
    for (let number = 0; number < (closed ? header.chunks : whole); number++) {
      const chunk = new VectorChunk(this.layout, file, headerBytes + number * this.layout.chunkBytes);
      readAt(file, chunk.table, chunk.table.length, chunk.tablePosition);
      crc = crc32(chunk.table, crc);
      this.chunks.push(chunk);
    }
    if (closed && crc !== header.tablesCrc32) throw damage("vectors", this.path, "the checksum of its tables is wrong");
    return header;
  }

  #dropDamaged(): number {
    let lost = 0;
    for (const slots of this.damagedSlots()) {
      for (const slot of slots) {
        const [chunk, at] = this.#placeOf(slot);
        chunk.setLive(at, false);
        lost++;
      }
    }
    return lost;
  }

  #damagedOf(chunk: VectorChunk, places: readonly number[], buffer: Uint8Array): number[] {
    const { strideBytes } = this.layout;
    const [first, last] = [places[0]!, places.at(-1)!];
    const isWhole = (at: number, start: number) => {
      return chunk.matches(at, buffer.subarray((at - start) * strideBytes, (at - start + 1) * strideBytes));
    };
    const canRead = (from: number, to: number) => {
      try {
        const bytes = (to - from + 1) * strideBytes;
        return readAt(chunk.file, buffer, bytes, chunk.positionOf(from)) === bytes;
      } catch {
        // What cannot be read is damaged, and is told as such.
        return false;
      }
    };
    if (canRead(first, last)) return places.filter((at) => !isWhole(at, first));
    return places.filter((at) => !(canRead(at, at) && isWhole(at, at)));
  }

  #placeOf(slot: number): [VectorChunk, number] {
    return [this.chunks[Math.floor(slot / slotsPerChunk)]!, slot % slotsPerChunk];
  }

  /** Makes the chunk of `slot` where there is none. Its table is written at once, so that there is room for it whatever happens later. */
  #fitChunk(slot: number): void {
    while (this.chunks.length <= Math.floor(slot / slotsPerChunk)) {
      const number = this.chunks.length - this.foreignChunks;
      const chunk = new VectorChunk(this.layout, this.#writable(), headerBytes + number * this.layout.chunkBytes);
      writeAt(chunk.file, chunk.table, chunk.tablePosition);
      this.chunks.push(chunk);
    }
  }

  #writable(): number {
    if (this.#file >= 0) return this.#file;
    const path = join(tmpdir(), `lodestone-${process.pid}-${randomBytes(6).toString("hex")}.lvec`);
    this.#file = openSync(path, "wx+", 0o600);
    // Nobody else needs its name; where it cannot be taken away yet, close() does.
    if (process.platform === "win32") this.#temporaryPath = path;
    else rmSync(path);
    return this.#file;
  }

  #beginChange(): void {
    this.#writes++;
    if (this.#changing || this.#readOnly) return;
    this.#writeHeader("changing");
    fdatasyncSync(this.#file);
    this.#changing = true;
  }

  #writeLive(chunk: VectorChunk, from: number, to: number): void {
    if (chunk.file !== this.#file) return;
    const { bytes, position } = chunk.livePart(from, to);
    writeAt(chunk.file, bytes, position);
  }

  #writeHeader(state: VectorFileHeader["state"]): void {
    const header: VectorFileHeader = {
      ...{ identity: this.#identity, state, chunks: this.chunks.length, sequence: this.#sequence },
      liveRows: this.chunks.reduce((sum, chunk) => sum + chunk.livePlaces().length, 0),
      tablesCrc32: this.chunks.reduce((crc, { table }) => crc32(table, crc), 0),
    };
    writeAt(this.#file, encodeVectorHeader(header), 0);
  }

  /** Writes what is in `chunks` already. */
  #writing(chunks: Iterable<VectorChunk>, write: () => void): void {
    try {
      this.#beginChange();
      write();
    } catch (cause) {
      for (const chunk of chunks) if (chunk.file === this.#file) this.#unwritten.add(chunk);
      throw writeFailure(this.path, cause);
    }
  }
}
