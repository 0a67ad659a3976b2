// LanceDB with a table on disk, an index over its vectors and one over the filtered column.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isDeleted, partLimit, partOf } from "../row-sets.js";
import { loadPeer, versionOf } from "./peer-packages.js";
import type { BenchSystem, BuildInput, Setting, SystemPlace } from "./system.js";

type Hits = { getChild(name: string): { toArray(): ArrayLike<number> } | null };
type Query = {
  distanceType(type: string): Query;
  select(columns: string[]): Query;
  limit(count: number): Query;
  ef(ef: number): Query;
  nprobes(count: number): Query;
  refineFactor(factor: number): Query;
  where(condition: string): Query;
  toArrow(): Promise<Hits>;
};
type Table = {
  add(data: unknown): Promise<unknown>;
  createIndex(column: string, options: { config: unknown }): Promise<unknown>;
  optimize(): Promise<unknown>;
  delete(condition: string): Promise<unknown>;
  query(): { nearestTo(vector: Float32Array): Query };
  close(): void;
};
type Connection = {
  createTable(name: string, data: unknown): Promise<Table>;
  openTable(name: string): Promise<Table>;
  close(): void;
};
type LanceDb = {
  connect(folder: string): Promise<Connection>;
  Index: { hnswSq(options: object): unknown; ivfPq(options: object): unknown; btree(): unknown };
};
type Arrow = {
  Field: new (name: string, type: unknown, nullable: boolean) => unknown;
  Float32: new () => unknown;
  FixedSizeList: new (length: number, field: unknown) => unknown;
  Int32: new () => unknown;
  makeData(parts: object): unknown;
  makeVector(data: unknown): unknown;
  Table: new (columns: Record<string, unknown>) => unknown;
};

const rowsPerSlice = 50_000;

export type LanceIndex = { settings: readonly Setting[]; config(index: LanceDb["Index"], place: SystemPlace): unknown };

export async function openLance(place: SystemPlace, index: LanceIndex): Promise<BenchSystem<Float32Array, string>> {
  const lance = loadPeer<LanceDb>("@lancedb/lancedb");
  const connection = await lance.connect(place.folder);
  let table: Table | undefined;
  const build = async ({ slices, onProgress }: BuildInput) => {
    for await (const { first, count, vectors } of slices(rowsPerSlice)) {
      const rows = arrowRows(first, count, vectors, place.dimensions);
      if (table) await table.add(rows);
      else table = await connection.createTable("vectors", rows);
      onProgress(first + count, place.rows);
    }
    if (!table) throw new Error("There are no rows.");
    const start = performance.now();
    // One fragment, as after the maintenance that its guide asks for.
    await table.optimize();
    await table.createIndex("part", { config: lance.Index.btree() });
    await table.createIndex("vector", { config: index.config(lance.Index, place) });
    return { indexedMs: performance.now() - start };
  };
  return { ...systemOf(connection, () => table!, place, index), build };
}

export async function reopenLance(place: SystemPlace, index: LanceIndex): Promise<BenchSystem<Float32Array, string>> {
  const connection = await loadPeer<LanceDb>("@lancedb/lancedb").connect(place.folder);
  const table = await connection.openTable("vectors");
  return { ...systemOf(connection, () => table, place, index), build: async () => ({}) };
}

function systemOf(
  connection: Connection,
  table: () => Table,
  { folder }: SystemPlace,
  { settings }: LanceIndex,
): Omit<BenchSystem<Float32Array, string>, "build"> {
  return {
    version: versionOf("@lancedb/lancedb"),
    settings,
    isAsynchronous: true,
    filters: "condition on an indexed column, before the search",
    prepare: (query) => query,
    filterOf: (share) => `part < ${partLimit(share)}`,
    async search(query, k, { parameters }, condition) {
      const asked = table().query().nearestTo(query).distanceType("cosine").select(["id"]).limit(k);
      // It refuses an ef below the candidates that are refined.
      if (parameters.ef !== undefined) asked.ef(Math.max(parameters.ef, k * parameters.refine!));
      if (parameters.nprobes !== undefined) asked.nprobes(parameters.nprobes);
      asked.refineFactor(parameters.refine!);
      if (condition !== undefined) asked.where(condition);
      return { rows: (await asked.toArrow()).getChild("id")?.toArray() ?? [] };
    },
    async structure() {
      return { diskBytes: await bytesBelow(folder), note: "its folder: float vectors and index" };
    },
    async remove() {
      // By condition, as its users do: millions of row numbers do not fit one.
      await table().delete("deleted = 1");
      await table().optimize();
    },
    persist: async () => undefined,
    async close() {
      table().close();
      connection.close();
    },
  };
}

function arrowRows(first: number, count: number, vectors: Float32Array, dimensions: number): unknown {
  const arrow = loadPeer<Arrow>("apache-arrow");
  const floats = new arrow.Float32();
  const integers = new arrow.Int32();
  const column = (value: (row: number) => number) => {
    const data = Int32Array.from({ length: count }, (_, i) => value(first + i));
    return arrow.makeVector(arrow.makeData({ type: integers, length: count, nullCount: 0, data }));
  };
  const list = new arrow.FixedSizeList(dimensions, new arrow.Field("item", floats, true));
  const child = arrow.makeData({ type: floats, length: count * dimensions, nullCount: 0, data: vectors.slice() });
  return new arrow.Table({
    id: column((row) => row),
    part: column(partOf),
    deleted: column((row) => (isDeleted(row) ? 1 : 0)),
    vector: arrow.makeVector(arrow.makeData({ type: list, length: count, nullCount: 0, child })),
  });
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
