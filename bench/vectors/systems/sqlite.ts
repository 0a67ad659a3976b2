// What the two forms of sqlite-vec have in common: a database on disk, rows inserted in transactions, prepared statements.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { partLimit, partOf } from "../row-sets.js";
import { loadPeer, versionOf } from "./peer-packages.js";
import type { BenchSystem, Setting, SystemPlace } from "./system.js";

type Statement = { run(...values: unknown[]): unknown; all(...values: unknown[]): { rowid: number }[] };
type Database = { exec(sql: string): void; prepare(sql: string): Statement; close(): void };
type SqliteVec = { load(database: Database): void };

export type SqliteForm = {
  settings: readonly Setting[];
  structure: string;
  tables(dimensions: number): string;
  /** Each takes what `values` of the statement gives. */
  inserts: readonly { sql: string; values(row: bigint, vector: Buffer, part: bigint): unknown[] }[];
  /** `where` narrows the scan to a filter; it has one placeholder, for the limit of the parts. */
  select(where: string): string;
  values(query: Buffer, k: number, setting: Setting, filter: readonly bigint[]): unknown[];
  /** Each takes a row number. */
  deletes: readonly string[];
};

const rowsPerSlice = 1024;

export async function openSqlite(place: SystemPlace, form: SqliteForm): Promise<BenchSystem<Buffer, bigint>> {
  const database = openDatabase(place);
  database.exec(form.tables(place.dimensions));
  return systemOf(database, place, form);
}

export async function reopenSqlite(place: SystemPlace, form: SqliteForm): Promise<BenchSystem<Buffer, bigint>> {
  return systemOf(openDatabase(place), place, form);
}

function openDatabase(place: SystemPlace): Database {
  const Database = loadPeer<new (path: string) => Database>("better-sqlite3");
  const database = new Database(fileIn(place));
  loadPeer<SqliteVec>("sqlite-vec").load(database);
  database.exec("pragma journal_mode = wal");
  return database;
}

function fileIn({ folder }: SystemPlace): string {
  return join(folder, "vectors.sqlite");
}

function systemOf(database: Database, place: SystemPlace, form: SqliteForm): BenchSystem<Buffer, bigint> {
  const { dimensions, rows } = place;
  const statements = new Map<string, Statement>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const checkpoint = () => database.exec("pragma wal_checkpoint(truncate)");
  return {
    version: versionOf("sqlite-vec"),
    settings: form.settings,
    isAsynchronous: false,
    filters: "metadata column",
    async build({ slices, onProgress }) {
      const inserts = form.inserts.map(({ sql, values }) => ({ statement: database.prepare(sql), values }));
      for await (const { first, count, vectors } of slices(rowsPerSlice)) {
        database.exec("begin");
        for (let i = 0; i < count; i++) {
          const vector = blobOf(vectors.subarray(i * dimensions, (i + 1) * dimensions));
          for (const { statement, values } of inserts) {
            statement.run(...values(BigInt(first + i), vector, BigInt(partOf(first + i))));
          }
        }
        database.exec("commit");
        onProgress(first + count, rows);
        await setImmediate();
      }
      return {};
    },
    prepare: blobOf,
    filterOf: (share) => BigInt(partLimit(share)),
    search(query, k, setting, limit) {
      const found =
        limit === undefined
          ? prepared(form.select("")).all(...form.values(query, k, setting, []))
          : prepared(form.select("and part < ?")).all(...form.values(query, k, setting, [limit]));
      return { rows: found.map(({ rowid }) => rowid) };
    },
    async structure() {
      checkpoint();
      return { diskBytes: (await stat(fileIn(place))).size, note: form.structure };
    },
    async remove(removed) {
      const deletes = form.deletes.map((sql) => database.prepare(sql));
      database.exec("begin");
      for (const row of removed) for (const each of deletes) each.run(BigInt(row));
      database.exec("commit");
    },
    persist: async () => checkpoint(),
    close: async () => database.close(),
  };
}

function blobOf(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}
