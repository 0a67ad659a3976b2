// Opens the library's SQLite database with the settings that its promises rest on, and turns SQLite's own failures into
// errors that say what to do.

import { existsSync } from "node:fs";
import { join } from "node:path";
import Database, { SqliteError } from "better-sqlite3";
import { LodestoneError } from "../errors.js";
import { checkFormat, migrateSchema, schemaVersion } from "./schema.js";

/** The database file of a library folder, and of a snapshot. */
export const databaseName = "lodestone.db";

export function databasePath(library: string): string {
  return join(library, databaseName);
}

/** Opens for writing, creating or upgrading the schema. A commit is on the disk when it returns. */
export function openForWriting(library: string): Database.Database {
  return guarded(library, () => {
    const db = new Database(databasePath(library), { timeout: 5000 });
    // Larger pages hold several vectors and long texts without overflow chains; must be set before the first table.
    db.pragma("page_size = 8192");
    // So that a vacuum can give pages back to the system; it, too, must be set before the first table.
    db.pragma("auto_vacuum = INCREMENTAL");
    db.pragma("journal_mode = WAL");
    // NORMAL, the default of this build in WAL mode, loses acknowledged commits at power loss.
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    db.pragma("wal_autocheckpoint = 4000");
    // What is deleted is overwritten: nothing of it can be read out of the file once it is vacuumed.
    db.pragma("secure_delete = ON");
    db.pragma("cache_size = -65536");
    db.pragma("temp_store = MEMORY");
    migrateSchema(db, library);
    return db;
  });
}

/** Opens for reading only; sees every commit of the writer. Throws LIBRARY_NOT_FOUND where there is no library. */
export function openForReading(library: string): Database.Database {
  if (!existsSync(databasePath(library))) {
    throw new LodestoneError(
      "LIBRARY_NOT_FOUND",
      `There is no library in ${library}. Create one with: lodestone index <folder> --library ${library}`,
      { detail: { library } },
    );
  }
  return guarded(library, () => {
    const db = new Database(databasePath(library), { readonly: true, timeout: 5000 });
    db.pragma("cache_size = -65536");
    db.pragma("mmap_size = 1073741824");
    db.pragma("temp_store = MEMORY");
    checkFormat(schemaVersion(db), library);
    return db;
  });
}

/** Runs `work` and gives SQLite's failures a code and a way out. */
export function guarded<T>(library: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translated(library, error);
  }
}

/** A failure of SQLite as an error with a code and a way out; anything else as it is. */
export function translated(library: string, error: unknown): unknown {
  if (!(error instanceof SqliteError)) return error;
  const detail = { library, sqlite: error.code };
  if (error.code.startsWith("SQLITE_FULL") || error.code === "SQLITE_IOERR_WRITE") {
    return new LodestoneError(
      "DISK_FULL",
      `The disk that holds ${library} is full (${error.message}). Nothing was lost: the write was undone. Free some space and repeat it.`,
      { cause: error, detail },
    );
  }
  if (error.code.startsWith("SQLITE_CORRUPT") || error.code === "SQLITE_NOTADB") {
    return new LodestoneError(
      "LIBRARY_DAMAGED",
      `The database ${databasePath(library)} is damaged (${error.message}). Restore the folder from a backup, or index the documents again into a new library.`,
      { cause: error, detail },
    );
  }
  if (error.code.startsWith("SQLITE_READONLY") || error.code === "SQLITE_CANTOPEN") {
    return new LodestoneError(
      "LIBRARY_READ_ONLY",
      `The library ${library} cannot be opened for writing (${error.message}). Check the folder's permissions, or open it read-only.`,
      { cause: error, detail },
    );
  }
  return error;
}
