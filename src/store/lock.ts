// One writer for each library. The lock is an exclusive transaction on a small SQLite database of its own: the
// operating system drops it when the process ends, however it ends, so that no stale lock can remain.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database, { SqliteError } from "better-sqlite3";
import { LodestoneError } from "../errors.js";

export type Lock = { release(): void };

/** Takes the writer's lock of `library`, or throws LIBRARY_LOCKED naming the process that holds it. */
export function lockLibrary(library: string): Lock {
  const holderFile = join(library, "writer.pid");
  const lock = takeLock(join(library, "writer.lock"));
  if (lock === undefined) {
    throw new LodestoneError(
      "LIBRARY_LOCKED",
      `The library ${library} is being written by another process (${describeHolder(holderFile)}). ` +
        "Send your documents to that process, stop it, or open the library read-only (search and status do).",
      { detail: { library } },
    );
  }
  writeFileSync(holderFile, `${process.pid}\n`);
  return lock;
}

/** Takes the lock that the file at `path` stands for, making it where it is not there; undefined where it is held. */
export function takeLock(path: string): Lock | undefined {
  const db = new Database(path, { timeout: 0 });
  try {
    db.pragma("locking_mode = EXCLUSIVE");
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    if (!(error instanceof SqliteError) || !error.code.startsWith("SQLITE_BUSY")) throw error;
    return undefined;
  }
  return {
    release() {
      db.exec("ROLLBACK");
      db.close();
    },
  };
}

function describeHolder(holderFile: string): string {
  try {
    return `process ${readFileSync(holderFile, "utf8").trim()}`;
  } catch {
    return "its number is unknown";
  }
}
