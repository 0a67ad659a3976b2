// Which library a database is of: a name that it keeps wherever it is copied to.

import { existsSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { databasePath, guarded, openForReading } from "./connection.js";
import { schemaVersion } from "./schema.js";

export function readLibraryId(db: Database): string {
  return db.prepare<[], string>("SELECT id FROM library").pluck().get()!;
}

/** The id of the library in a folder; undefined where there is none. */
export function storedLibraryId(library: string): string | undefined {
  if (!existsSync(databasePath(library))) return undefined;
  const db = openForReading(library);
  try {
    return guarded(library, () => (schemaVersion(db) === 0 ? undefined : readLibraryId(db)));
  } finally {
    db.close();
  }
}
