// The library in memory: vectors and the document of each row, filled from SQLite when the engine opens and kept in
// step with every commit after that.

import type { FilesMoved, RowDocuments, RowSlice, RowsWritten, StoreReader } from "../store/index.js";
import {
  openVectorIndex,
  RowBitmap,
  type VectorIndex,
  type VectorIndexOptions,
  type VectorStatus,
} from "../vectors/index.js";
import type { IndexFolder } from "./index-folder.js";
import { RowTable } from "./row-table.js";
import { TenantRows } from "./tenant-rows.js";

// Rows read from SQLite at a time, 4 MB at 512 dimensions: larger slices leave the processor's cache between two copies and
// opened 50,000 rows a tenth slower.
const SLICE_ROWS = 2048;
const DOCUMENT_SLICE_ROWS = 65_536;

export type LiveIndexOptions = Omit<VectorIndexOptions, "onDisk"> & {
  /** Keeps vectors in a file of this folder, which another process writes where `readOnly`. Default: in memory. */
  onDisk?: (IndexFolder & { readOnly: boolean }) | undefined;
  /** Told what was found to be damaged, and mended. */
  onNotice?(notice: string): void;
};

export class LiveIndex {
  readonly #rows = new RowTable();
  readonly #tenants = new TenantRows(this.#rows);
  /** Tenants that have an index of their own: their rows are there instead. */
  readonly #own = new Map<string, VectorIndex>();
  /** Rows whose vectors there was no room for: they are taken in with a later change. */
  readonly #lacking = new Set<number>();
  #changes = 0;
  #version: number | undefined;
  #tenantsVersion: number | undefined;
  #looking: Promise<void> = Promise.resolve();
  /** Of the dead rows, how many a vacuum had forgotten at the last look. */
  #forgotten = 0;

  private constructor(
    readonly vectors: VectorIndex,
    readonly reader: StoreReader,
    /** Opens an index of the same kind, in memory. */
    readonly openOwn: () => Promise<VectorIndex>,
  ) {}

  /** Opens an index and reads the library's live rows into it: all of them, or of vectors on disk those that the file lacks. */
  static async open(reader: StoreReader, { onDisk, onNotice, ...options }: LiveIndexOptions): Promise<LiveIndex> {
    const restore = (rows: Uint32Array) => reader.call("vectors", { rows });
    const vectors = await openVectorIndex({
      ...options,
      ...(onDisk ? { onDisk: { ...onDisk, restore, onNotice } } : {}),
    });
    const index = new LiveIndex(vectors, reader, () => openVectorIndex(options));
    try {
      // Before the rows are read: what is written meanwhile is then taken in by the first look.
      index.#version = await reader.call("version", null);
      await index.#readTenants(index.#version);
      index.#forgotten = (await reader.call("deadRows", null)).forgotten;
      if (onDisk) await index.#complete(onNotice ?? (() => undefined), onDisk.readOnly);
      else await index.#readFrom(0);
    } catch (error) {
      await index.close();
      throw error;
    }
    return index;
  }

  /** Counts up with every change: what was derived from an earlier count may be stale. */
  get changes(): number {
    return this.#changes;
  }

  /** Takes in what a batch wrote. */
  async apply({ firstRow, documentKeys, vectors, removedRows, tenants }: RowsWritten): Promise<void> {
    // Before there are rows of them that a search could meet.
    for (const { tenant, documentKey } of tenants) this.#tenants.note(tenant, documentKey);
    const rows = Uint32Array.from(documentKeys, (_, i) => firstRow + i);
    this.#place(rows, documentKeys);
    this.#forget(removedRows);
    try {
      await this.#take(rows, vectors);
    } finally {
      if (removedRows.length > 0) await this.#removeVectors(removedRows);
    }
  }

  /** Takes out removed rows. */
  async remove(rows: Uint32Array): Promise<void> {
    this.#forget(rows);
    await this.#removeVectors(rows);
  }

  /** Takes in that documents have new ids and paths, and that rows of documents in their way are gone. */
  async move({ removedRows }: FilesMoved): Promise<void> {
    await this.remove(removedRows);
  }

  /** Takes in what another process has written up to now. */
  follow(): Promise<void> {
    // One after the other: who asks while another look is at work must not go on with what that has not taken in yet.
    this.#looking = this.#looking.catch(() => undefined).then(() => this.#look());
    return this.#looking;
  }

  async #look(): Promise<void> {
    const version = await this.reader.call("version", null);
    if (version === this.#version) return;
    const { rows: dead, forgotten } = await this.reader.call("deadRows", null);
    if (forgotten === this.#forgotten) await this.remove(dead.filter((row) => this.#rows.documentOf(row) !== 0));
    else {
      // Rows may have died and been vacuumed since: who is not among the living is gone.
      await this.remove(this.#rows.notAmong(await this.reader.call("liveRows", null)));
      this.#forgotten = forgotten;
    }
    await this.#readFrom(this.#rows.end);
    this.#version = version;
  }

  /** One past the highest row that was ever taken in. */
  get end(): number {
    return this.#rows.end;
  }

  documentOf(row: number): number {
    return this.#rows.documentOf(row);
  }

  rowsOf(documentKeys: Uint32Array): RowBitmap {
    return this.#rows.rowsOf(documentKeys);
  }

  /** All rows that a tenant's search may meet, nobody's for ''; undefined where there are no others. */
  scopeOf(tenant: string): RowBitmap | undefined {
    return tenant === "" && this.#tenants.isEmpty ? undefined : this.#tenants.rowsOf(tenant);
  }

  /** The index that holds a tenant's vectors. */
  vectorsOf(tenant: string): VectorIndex {
    return this.#own.get(tenant) ?? this.vectors;
  }

  hasOwn(tenant: string): boolean {
    return this.#own.has(tenant);
  }

  /** Live rows of each tenant that has any. */
  get tenantSizes(): ReadonlyMap<string, number> {
    return this.#tenants.sizes;
  }

  /** Gives a tenant an index of its own. `inOrder` does the last step between two changes; until then searches go on as they did. */
  async separate(tenant: string, inOrder: <T>(change: () => Promise<T>) => Promise<T>): Promise<void> {
    const own = await this.openOwn();
    try {
      const copied = this.#tenants.rowsOf(tenant).toRows();
      await this.#copy(copied, own);
      await own.settle();
      await inOrder(async () => {
        const now = this.#tenants.rowsOf(tenant);
        await own.remove(copied.filter((row) => !now.has(row)));
        const before = RowBitmap.of(copied);
        const rows = now.toRows();
        await this.#copy(
          rows.filter((row) => !before.has(row)),
          own,
        );
        this.#own.set(tenant, own);
        await this.vectors.remove(rows);
      });
    } catch (error) {
      await own.close();
      throw error;
    }
  }

  /** Forgets a tenant whose documents are gone. */
  async dropTenant(tenant: string): Promise<void> {
    const own = this.#own.get(tenant);
    this.#own.delete(tenant);
    this.#tenants.forget(tenant);
    this.#tenants.changed();
    await own?.close();
  }

  async close(): Promise<void> {
    for (const own of this.#own.values()) await own.close();
    await this.vectors.close();
  }

  async #removeVectors(rows: Uint32Array): Promise<void> {
    await Promise.all([this.vectors, ...this.#own.values()].map((index) => index.remove(rows)));
  }

  async #copy(rows: Uint32Array, target: VectorIndex): Promise<void> {
    for (let from = 0; from < rows.length; from += SLICE_ROWS) {
      const found = await this.reader.call("vectors", { rows: rows.slice(from, from + SLICE_ROWS) });
      await addDirected(target, found.rows, found.vectors);
    }
  }

  #forget(rows: Uint32Array): void {
    this.#tenants.removed(rows);
    this.#rows.remove(rows);
    for (const row of rows) this.#lacking.delete(row);
    this.#changed();
  }

  #changed(): void {
    this.#changes++;
    this.#tenants.changed();
  }

  #place(rows: Uint32Array, documentKeys: Uint32Array): void {
    this.#rows.add(rows, documentKeys);
    this.#tenants.added(documentKeys);
  }

  /** What `reading` reads, and the library's version right after it. */
  #withVersion<T>(reading: Promise<T>): Promise<[T, number]> {
    return Promise.all([reading, this.reader.call("version", null)]);
  }

  /** Learns whose documents are, where the library had another version the last time. */
  async #readTenants(version: number): Promise<void> {
    if (version === this.#tenantsVersion) return;
    for (const { tenant, keys } of await this.reader.call("tenantKeys", null)) {
      for (const key of keys) this.#tenants.note(tenant, key);
    }
    this.#tenantsVersion = version;
  }

  // Where the disk was full, the library has the vectors all the same.
  async #take(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    const lacked = this.#lacking.size > 0;
    for (const row of rows) this.#lacking.add(row);
    if (lacked) return this.#fetch(Uint32Array.from(this.#lacking).sort());
    await this.#add(rows, vectors);
    this.#lacking.clear();
  }

  async #fetch(rows: Uint32Array): Promise<void> {
    for (let from = 0; from < rows.length; from += SLICE_ROWS) {
      const wanted = rows.slice(from, from + SLICE_ROWS);
      const found = await this.reader.call("vectors", { rows: wanted });
      await this.#add(found.rows, found.vectors);
      for (const row of wanted) this.#lacking.delete(row);
    }
  }

  /** Brings what the file of vectors holds to what the library holds. */
  async #complete(onNotice: (notice: string) => void, readOnly: boolean): Promise<void> {
    const gone = RowBitmap.of(await this.vectors.rows());
    const missing: number[] = [];
    for (let from: number | undefined = 0; from !== undefined; ) {
      const [slice, version]: [RowDocuments, number] = await this.#withVersion(
        this.reader.call("rowDocuments", { from, maxRows: DOCUMENT_SLICE_ROWS }),
      );
      await this.#readTenants(version);
      this.#place(slice.rows, slice.documentKeys);
      for (const row of slice.rows) {
        if (gone.has(row)) gone.delete(row);
        else missing.push(row);
      }
      from = slice.nextRow;
    }
    const { onDisk } = await this.vectors.status();
    const notice = onDisk && noticeOf(onDisk, missing.length, readOnly);
    if (notice !== undefined) onNotice(notice);
    if (gone.count() > 0) await this.vectors.remove(gone.toRows());
    await this.#fetch(Uint32Array.from(missing));
    this.#changed();
  }

  async #add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    if (this.#own.size === 0) return addDirected(this.vectors, rows, vectors);
    const { dimensions } = this.vectors;
    const parts = new Map<VectorIndex, number[]>();
    rows.forEach((row, i) => {
      const index = this.vectorsOf(this.#tenants.ofDocument(this.#rows.documentOf(row)));
      const part = parts.get(index);
      if (part) part.push(i);
      else parts.set(index, [i]);
    });
    for (const [index, part] of parts) {
      const some = new Float32Array(part.length * dimensions);
      part.forEach((i, at) => {
        some.set(vectors.subarray(i * dimensions, (i + 1) * dimensions), at * dimensions);
      });
      await addDirected(
        index,
        Uint32Array.from(part, (i) => rows[i]!),
        some,
      );
    }
  }

  async #readFrom(first: number): Promise<void> {
    const read = (from: number) => {
      const reading = this.#withVersion(this.reader.call("rows", { from, maxRows: SLICE_ROWS }));
      // Where taking in the slice before it fails, nobody waits for this one.
      reading.catch(() => undefined);
      return reading;
    };
    for (let reading: Promise<[RowSlice, number]> | undefined = read(first); reading; ) {
      const [slice, version]: [RowSlice, number] = await reading;
      // The next slice is read while this one is taken in.
      reading = slice.nextRow === undefined ? undefined : read(slice.nextRow);
      await this.#readTenants(version);
      this.#place(slice.rows, slice.documentKeys);
      await this.#add(slice.rows, slice.vectors);
    }
    this.#changed();
  }
}

// A text in which the model knows no token has the zero vector, which no cosine finds: its words still do. So it is with one that
// is zero in all dimensions that are kept.
async function addDirected(index: VectorIndex, rows: Uint32Array, vectors: Float32Array): Promise<void> {
  const { dimensions, storedDimensions } = index;
  const directed = rows.filter((_, i) =>
    vectors.subarray(i * dimensions, i * dimensions + storedDimensions).some((x) => x !== 0),
  );
  if (directed.length === 0) return;
  if (directed.length === rows.length) return index.add(rows, vectors);
  const kept = new Set(directed);
  const dense = new Float32Array(directed.length * dimensions);
  let at = 0;
  rows.forEach((row, i) => {
    if (!kept.has(row)) return;
    dense.set(vectors.subarray(i * dimensions, (i + 1) * dimensions), at);
    at += dimensions;
  });
  return index.add(directed, dense);
}

function noticeOf(
  { path, found }: NonNullable<VectorStatus["onDisk"]>,
  missing: number,
  readOnly: boolean,
): string | undefined {
  const instead = readOnly ? "copied to a temporary file" : "written anew";
  switch (found.state) {
    case "none":
      return missing === 0 ? undefined : `There is no vectors file ${path}: ${missing} vectors are ${instead}.`;
    case "whole":
      return undefined;
    case "checked":
      return found.lost === 0
        ? undefined
        : `The vectors file ${path} was not closed in order: ${found.lost} damaged vectors in it are ${instead}.`;
    case "replaced":
      return `${found.reason} ${missing} vectors are ${instead}.`;
    default:
      return found satisfies never;
  }
}
