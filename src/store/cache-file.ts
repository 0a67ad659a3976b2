// The lower level of the embedding cache: a table in cache.sqlite beside the library's database. Losing it loses time and
// nothing else, so it never fails its caller: a damaged file is removed and made anew, one that cannot be written is left
// alone for a while, and either is told. Written here, on a thread of its own; read in cache-lookup.ts.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import Database, { SqliteError } from "better-sqlite3";

/** What the cache has been good for since its file was made. */
export type CacheTotals = {
  memoryHits: number;
  diskHits: number;
  misses: number;
  savedBytes: number;
  savedTokens: number;
  savedMs: number;
};

/** What has been found since the last note: counts, and the entries that were used. */
export type CacheNotes = { totals: CacheTotals; used: number[] };

/** Embeddings of one tenant, all of one width, in the order of their keys. */
export type CacheBatch = {
  tenant: string;
  /** Hexadecimal. */
  keys: string[];
  vectors: Float32Array;
  tokens: Uint32Array;
  /** What computing each took, in milliseconds. */
  costs: Float64Array;
};

export type CacheFileOptions = {
  /** The file is kept at or below so many bytes. */
  maxBytes: number;
  ttlMs: number;
  onNotice(notice: string): void;
};

/** Every verb is told the time, so that there is one clock. */
export type CacheFile = {
  /** Adds entries and evicts old ones. */
  add(batch: CacheBatch, notes: CacheNotes, nowMs: number): void;
  note(notes: CacheNotes, nowMs: number): void;
  /** Removes the entries of a tenant, or all of them; returns how many. */
  drop(tenant: string | undefined, nowMs: number): number;
  /** Looks at some tags after `from`, ascending, removes what is not wanted, and says where to go on. */
  sweep(from: number, isWanted: (tag: number) => boolean, nowMs: number): { removed: number; next: number | undefined };
  /** Begins anew, for the reason that a reader has found. */
  renew(reason: string, nowMs: number): void;
  close(): void;
};

/** The file of a library folder. */
export function cachePath(library: string): string {
  return join(library, "cache.sqlite");
}

// BAKED IN: a file of another version is removed and made anew.
export const CACHE_VERSION = 1;

// The index is over the key's first 52 bits: a third of the pages that whole keys would take, and each new entry dirties
// one. Two keys that share them displace each other. Checksums are over key and vector, so that neither a flipped bit nor a
// row under a wrong key is ever served.
const SCHEMA = `
  CREATE TABLE entries (
    id             INTEGER PRIMARY KEY,
    tag            INTEGER NOT NULL UNIQUE,
    key            BLOB NOT NULL,
    tenant         TEXT NOT NULL,
    tokens         INTEGER NOT NULL,
    cost_ms        REAL NOT NULL,
    created_at_ms  INTEGER NOT NULL,
    used_at_ms     INTEGER NOT NULL,
    checksum       INTEGER NOT NULL,
    vector         BLOB NOT NULL
  ) STRICT;
  CREATE INDEX entries_used ON entries (used_at_ms, tenant);
  CREATE TABLE totals (
    memory_hits   INTEGER NOT NULL DEFAULT 0,
    disk_hits     INTEGER NOT NULL DEFAULT 0,
    misses        INTEGER NOT NULL DEFAULT 0,
    saved_bytes   INTEGER NOT NULL DEFAULT 0,
    saved_tokens  INTEGER NOT NULL DEFAULT 0,
    saved_ms      REAL NOT NULL DEFAULT 0,
    since_ms      INTEGER NOT NULL
  ) STRICT;`;

/** What the index of entries holds of a key. */
export function tagOf(key: string): number {
  return Number.parseInt(key.slice(0, 13), 16);
}

export function checksumOf(key: string, vector: Uint8Array): number {
  return crc32(vector, crc32(key));
}

// Seven vectors of 512 dimensions fill a page of this size; one of 4 kB would hold one and be half empty.
const PAGE_BYTES = 16_384;
const SLICE_ENTRIES = 128;
const SWEEP_ENTRIES = 2_048;
const PAUSE_MS = 60_000;

/** Opens the cache file of `library`, making it where there is none. Never throws for the file's sake. */
export function openCacheFile(library: string, options: CacheFileOptions): CacheFile {
  return new SqliteCacheFile(cachePath(library), options);
}

class OtherFormat extends Error {}

class SqliteCacheFile implements CacheFile {
  #open: OpenFile | undefined;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly path: string,
    readonly options: CacheFileOptions,
  ) {}

  add(batch: CacheBatch, notes: CacheNotes, nowMs: number): void {
    const width = batch.vectors.byteLength / Math.max(1, batch.keys.length);
    const bytes = new Uint8Array(batch.vectors.buffer, batch.vectors.byteOffset, batch.vectors.byteLength);
    this.#attempt(nowMs, undefined, (file) => {
      file.inTransaction(() => {
        // A statement for each: over json_each one statement for all takes 1.7 times as long (512 dimensions).
        batch.keys.forEach((key, i) => {
          const vector = bytes.subarray(i * width, (i + 1) * width);
          const checksum = checksumOf(key, vector);
          const hash = Buffer.from(key, "hex");
          const { tenant, tokens, costs } = batch;
          file.put.run(tagOf(key), hash, tenant, tokens[i], costs[i], nowMs, nowMs, checksum, vector);
        });
        this.#writeNotes(file, notes, nowMs);
      });
      this.#evict(file, batch.keys.length, nowMs);
    });
  }

  note(notes: CacheNotes, nowMs: number): void {
    this.#attempt(nowMs, undefined, (file) => file.inTransaction(() => this.#writeNotes(file, notes, nowMs)));
  }

  drop(tenant: string | undefined, nowMs: number): number {
    return this.#attempt(nowMs, 0, (file) => {
      if (tenant === undefined) {
        const dropped = file.entries();
        this.#begin(nowMs);
        return dropped;
      }
      let dropped = 0;
      for (;;) {
        const { changes } = file.inTransaction(() => file.dropTenant.run(tenant, SLICE_ENTRIES));
        if (changes === 0) break;
        dropped += changes;
      }
      file.shrink();
      return dropped;
    });
  }

  sweep(from: number, isWanted: (tag: number) => boolean, nowMs: number) {
    return this.#attempt<ReturnType<CacheFile["sweep"]>>(nowMs, { removed: 0, next: undefined }, (file) => {
      const rows = file.tagsAfter.all(from, SWEEP_ENTRIES);
      const unwanted = rows.filter(({ tag }) => !isWanted(tag)).map(({ id }) => id);
      if (unwanted.length > 0) {
        file.inTransaction(() => file.dropIds.run(JSON.stringify(unwanted)));
        file.shrink();
      }
      return { removed: unwanted.length, next: rows.length < SWEEP_ENTRIES ? undefined : rows.at(-1)!.tag };
    });
  }

  renew(reason: string, nowMs: number): void {
    this.options.onNotice(
      `The embedding cache ${this.path} was damaged (${reason}). It was removed and begins anew; nothing but time is lost.`,
    );
    try {
      this.#begin(nowMs);
    } catch (error) {
      this.#pause(error as Error, nowMs);
    }
  }

  close(): void {
    this.#open?.db.close();
    this.#open = undefined;
  }

  #writeNotes(file: OpenFile, { totals, used }: CacheNotes, nowMs: number): void {
    const { memoryHits, diskHits, misses, savedBytes, savedTokens, savedMs } = totals;
    file.count.run(memoryHits, diskHits, misses, savedBytes, savedTokens, savedMs);
    if (used.length > 0) file.use.run(nowMs, JSON.stringify(used));
  }

  // What is too old goes first, then what has not been used for longest. More than was added, so that a limit which was
  // lowered is reached in time; not all at once, so that others get their turn.
  #evict(file: OpenFile, added: number, nowMs: number): void {
    const slices = Math.ceil((2 * added) / SLICE_ENTRIES) + 1;
    let removed = 0;
    for (let slice = 0; slice < slices; slice++) {
      const { changes } = file.inTransaction(() => {
        const expired = file.dropExpired.run(nowMs - this.options.ttlMs, SLICE_ENTRIES);
        if (expired.changes > 0 || file.usedBytes() <= this.options.maxBytes) return expired;
        return file.dropLeastUsed.run(SLICE_ENTRIES);
      });
      if (changes === 0) break;
      removed += changes;
    }
    if (removed > 0 && file.bytes() > this.options.maxBytes) file.shrink(SLICE_ENTRIES);
  }

  #attempt<T>(nowMs: number, otherwise: T, work: (file: OpenFile) => T, isSecond = false): T {
    if (nowMs < this.#pausedUntilMs) return otherwise;
    try {
      this.#open ??= openFile(this.path, nowMs);
      return work(this.#open);
    } catch (error) {
      if (isDamage(error)) {
        this.renew(error.message, nowMs);
        return isSecond ? otherwise : this.#attempt(nowMs, otherwise, work, true);
      }
      if (!(error instanceof SqliteError)) throw error;
      this.#pause(error, nowMs);
      return otherwise;
    }
  }

  #begin(nowMs: number): void {
    this.close();
    for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(this.path + suffix, { force: true });
    this.#open = openFile(this.path, nowMs);
  }

  #pause({ message }: Error, nowMs: number): void {
    const isFirst = this.#pausedUntilMs === Number.NEGATIVE_INFINITY;
    this.#pausedUntilMs = nowMs + PAUSE_MS;
    if (!isFirst) return;
    this.options.onNotice(
      `The embedding cache ${this.path} cannot be written now (${message}). Indexing goes on without it; embeddings that it would have kept are computed again.`,
    );
  }
}

type OpenFile = ReturnType<typeof openFile>;

function openFile(path: string, nowMs: number) {
  const db = new Database(path, { timeout: 2000 });
  try {
    prepareSchema(db, nowMs);
    return withStatements(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepareSchema(db: Database.Database, nowMs: number): void {
  db.pragma(`page_size = ${PAGE_BYTES}`);
  db.pragma("auto_vacuum = INCREMENTAL");
  db.pragma("journal_mode = WAL");
  // A kill loses nothing that is committed. A power loss may leave a damaged file, and that is what checksums are for.
  db.pragma("synchronous = OFF");
  // Of a tenant that is dropped nothing is left in free pages.
  db.pragma("secure_delete = ON");
  db.pragma("cache_size = -16384");
  const version = db.pragma("user_version", { simple: true });
  if (version === CACHE_VERSION) return;
  if (version !== 0) throw new OtherFormat(`it has format ${version}, not ${CACHE_VERSION}`);
  db.transaction(() => {
    db.exec(SCHEMA);
    db.prepare("INSERT INTO totals (since_ms) VALUES (?)").run(nowMs);
    db.pragma(`user_version = ${CACHE_VERSION}`);
  }).immediate();
}

function withStatements(db: Database.Database) {
  const pages = db.prepare<[], number>("SELECT page_count FROM pragma_page_count").pluck();
  const freePages = db.prepare<[], number>("SELECT freelist_count FROM pragma_freelist_count").pluck();
  const entries = db.prepare<[], number>("SELECT count(*) FROM entries").pluck();
  return {
    db,
    inTransaction: <T>(work: () => T): T => db.transaction(work).immediate(),
    bytes: () => pages.get()! * PAGE_BYTES,
    usedBytes: () => (pages.get()! - freePages.get()!) * PAGE_BYTES,
    entries: () => entries.get()!,
    shrink: (mostPages = 0) => db.pragma(`incremental_vacuum(${mostPages})`),
    put: db.prepare(
      `INSERT OR REPLACE INTO entries (tag, key, tenant, tokens, cost_ms, created_at_ms, used_at_ms, checksum, vector)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    use: db.prepare("UPDATE entries SET used_at_ms = ? WHERE id IN (SELECT value FROM json_each(?))"),
    count: db.prepare(
      `UPDATE totals SET memory_hits = memory_hits + ?, disk_hits = disk_hits + ?, misses = misses + ?,
         saved_bytes = saved_bytes + ?, saved_tokens = saved_tokens + ?, saved_ms = saved_ms + ?`,
    ),
    // Ids rise with time of creation, for a replaced entry gets a new one.
    dropExpired: db.prepare(
      "DELETE FROM entries WHERE created_at_ms < ? AND id IN (SELECT id FROM entries ORDER BY id LIMIT ?)",
    ),
    dropLeastUsed: db.prepare(
      "DELETE FROM entries WHERE id IN (SELECT id FROM entries ORDER BY used_at_ms, id LIMIT ?)",
    ),
    dropTenant: db.prepare(
      "DELETE FROM entries WHERE id IN (SELECT id FROM entries INDEXED BY entries_used WHERE tenant = ? LIMIT ?)",
    ),
    dropIds: db.prepare("DELETE FROM entries WHERE id IN (SELECT value FROM json_each(?))"),
    tagsAfter: db.prepare<[number, number], { id: number; tag: number }>(
      "SELECT id, tag FROM entries WHERE tag > ? ORDER BY tag LIMIT ?",
    ),
  };
}

/** Whether an error says that a cache file is of no use any more. */
export function isDamage(error: unknown): error is Error {
  return error instanceof OtherFormat || (error instanceof SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code));
}
