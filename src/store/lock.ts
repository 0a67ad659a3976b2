// One writer for each library. The lock is an exclusive transaction on a small SQLite database of its own: the
// operating system drops it when the process ends, however it ends, so that no stale lock can remain.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database, { SqliteError } from "better-sqlite3";
import { LodestoneError } from "../errors.js";

export type LibraryLock = { release(): void };

/** Takes the writer's lock of `library`, or throws LIBRARY_LOCKED naming the process that holds it. */
export function lockLibrary(library: string): LibraryLock {
  const holderFile = join(library, "writer.pid");
  const db = new Database(join(library, "writer.lock"), { timeout: 0 });
  try {
    db.pragma("locking_mode = EXCLUSIVE");
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    if (!(error instanceof SqliteError) || !error.code.startsWith("SQLITE_BUSY")) throw error;
    throw new LodestoneError(
      "LIBRARY_LOCKED",
      `The library ${library} is being written by another process (${describeHolder(holderFile)}). ` +
        "Send your documents to that process, stop it, or open the library read-only (search and status do).",
      { detail: { library } },
    );
  }
  writeFileSync(holderFile, `${process.pid}\n`);
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
