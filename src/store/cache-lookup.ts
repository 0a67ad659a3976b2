// Reads embeddings out of cache.sqlite while another thread writes it. What cannot be read is not there; what is not as it
// was written is a damage, and is told to the one who writes.

import { existsSync } from "node:fs";
import Database, { SqliteError } from "better-sqlite3";
import { CACHE_VERSION, cachePath, checksumOf, isDamage, tagOf } from "./cache-file.js";

/** An embedding as the cache keeps it. `costMs`: what computing it took. */
export type CacheEntry = { vector: Float32Array; tokens: number; costMs: number; createdAtMs: number; tenant: string };

export type CacheLookup = {
  /** Entries for hexadecimal keys, each at its key's place, and the ids of those whose use is to be noted. */
  find(keys: readonly string[], nowMs: number): { found: (CacheEntry | undefined)[]; used: number[] };
  /** Lets go of the file, for instance because it is replaced; it is opened again when it is next asked. */
  close(): void;
};

// Last use is noted to the hour: noting it rewrites the page that holds the vector.
const USE_RESOLUTION_MS = 3_600_000;

type Found = [
  place: number,
  id: number,
  key: Buffer,
  vector: Buffer,
  tokens: number,
  costMs: number,
  createdAtMs: number,
  usedAtMs: number,
  checksum: number,
  tenant: string,
];

type Find = Database.Statement<[string], Found>;

export function openCacheLookup(
  library: string,
  { ttlMs, onDamage }: { ttlMs: number; onDamage(reason: string): void },
): CacheLookup {
  const path = cachePath(library);
  let open: { db: Database.Database; find: Find } | undefined;
  const opened = () => {
    // Nobody has written one yet.
    if (!open && existsSync(path)) open = openFile(path);
    return open;
  };
  const close = () => {
    open?.db.close();
    open = undefined;
  };
  const nothing = (keys: readonly string[]) => ({ found: keys.map(() => undefined), used: [] });

  return {
    find(keys, nowMs) {
      if (keys.length === 0) return { found: [], used: [] };
      try {
        const file = opened();
        if (!file) return nothing(keys);
        const result: ReturnType<CacheLookup["find"]> = nothing(keys);
        const wanted = JSON.stringify(keys.map(tagOf));
        for (const row of file.find.all(wanted)) {
          const [place, id, key, bytes, tokens, costMs, createdAtMs, usedAtMs, checksum, tenant] = row;
          if (key.toString("hex") !== keys[place]) continue;
          if (checksumOf(keys[place], bytes) !== checksum) {
            close();
            onDamage("an entry is not what was stored");
            return nothing(keys);
          }
          if (createdAtMs < nowMs - ttlMs) continue;
          result.found[place] = { vector: floatsOf(bytes), tokens, costMs, createdAtMs, tenant };
          if (usedAtMs < nowMs - USE_RESOLUTION_MS) result.used.push(id);
        }
        return result;
      } catch (error) {
        if (!(error instanceof SqliteError)) throw error;
        close();
        if (isDamage(error)) onDamage(error.message);
        return nothing(keys);
      }
    },
    close,
  };
}

function openFile(path: string): { db: Database.Database; find: Find } | undefined {
  const db = new Database(path, { readonly: true, timeout: 1000 });
  try {
    if (db.pragma("user_version", { simple: true }) === CACHE_VERSION) {
      const find = db
        .prepare<[string], Found>(
          `SELECT wanted.key, e.id, e.key, e.vector, e.tokens, e.cost_ms, e.created_at_ms, e.used_at_ms, e.checksum, e.tenant
           FROM json_each(?) wanted CROSS JOIN entries e ON e.tag = wanted.value`,
        )
        .raw();
      return { db, find: find as unknown as Find };
    }
  } catch (error) {
    db.close();
    throw error;
  }
  // Being made just now, or of another format: the writer sees to it.
  db.close();
  return undefined;
}

function floatsOf({ buffer, byteOffset, byteLength }: Buffer): Float32Array {
  return byteOffset % 4 === 0
    ? new Float32Array(buffer, byteOffset, byteLength / 4)
    : new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
