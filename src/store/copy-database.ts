// A copy of the database as it stands at one moment, made while others search and write; and a look into such a copy.

import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import Database, { type Database as Connection, SqliteError } from "better-sqlite3";
import { LodestoneError } from "../errors.js";
import { guarded, openForReading, translated } from "./connection.js";
import { readLibraryId } from "./library-id.js";
import { checkFormat, schemaVersion } from "./schema.js";

export type GenerationFacts = {
  id: number;
  state: string;
  modelName: string;
  modelVersion: string;
  dimensions: number;
  maxTokens: number;
  overlapTokens: number;
  chunks: number;
};

/** What a database holds, counted. */
export type DatabaseFacts = {
  /** Names the library, also where it was copied to. */
  libraryId: string;
  formatVersion: number;
  documents: number;
  /** Of the generation that answers queries. */
  chunks: number;
  generations: GenerationFacts[];
};

export type CopyDatabase = (
  library: string,
  to: string,
  context: { signal: AbortSignal; onProgress(done: number, total: number): void },
) => Promise<DatabaseFacts>;

// Between two such steps the thread hears of an abort; 8 MB at our page size.
const PAGES_PER_STEP = 1024;

/**
 * Copies the database of `library` to the file `to` and resolves with what is in the copy. Progress counts in bytes. The copy
 * is one file, without SQLite's side files.
 */
export const copyDatabase: CopyDatabase = async (library, to, { signal, onProgress }) => {
  const db = openForReading(library);
  try {
    // One read transaction: the copy is of this moment, and commits of others do not make it begin again.
    db.exec("BEGIN");
    const facts = guarded(library, () => readFacts(db, library));
    const pageBytes = db.pragma("page_size", { simple: true }) as number;
    await db.backup(to, {
      progress({ totalPages, remainingPages }) {
        if (signal.aborted) throw new LodestoneError("ABORTED", "The copy of the database was stopped.");
        onProgress((totalPages - remainingPages) * pageBytes, totalPages * pageBytes);
        return PAGES_PER_STEP;
      },
    });
    endWriteAheadLog(to);
    return facts;
  } catch (error) {
    throw await explained(dirname(to), error);
  } finally {
    db.close();
  }
};

/** Checks a copied database page by page and tells what is in it; `faults` is empty where all is well. */
export function inspectDatabase(path: string): { faults: string[]; facts: DatabaseFacts } {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const found = db.pragma("integrity_check(5)") as { integrity_check: string }[];
    const faults = found.map(({ integrity_check }) => integrity_check).filter((line) => line !== "ok");
    return { faults, facts: readFacts(db, path) };
  } finally {
    db.close();
  }
}

// Where there is no room for a side file, SQLite says only that it could not make one.
async function explained(folder: string, error: unknown): Promise<unknown> {
  if (error instanceof SqliteError && error.code.startsWith("SQLITE_IOERR")) {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < 1 << 20) return translated(folder, new SqliteError(error.message, "SQLITE_FULL"));
  }
  return translated(folder, error);
}

// A database in WAL mode makes side files where it is opened, also for reading.
function endWriteAheadLog(path: string): void {
  const copy = new Database(path, { fileMustExist: true });
  try {
    copy.pragma("journal_mode = DELETE");
  } finally {
    copy.close();
  }
}

function readFacts(db: Connection, path: string): DatabaseFacts {
  const formatVersion = schemaVersion(db);
  checkFormat(formatVersion, path);
  if (formatVersion === 0) throw new LodestoneError("LIBRARY_NOT_FOUND", `There is no library in ${path} yet.`);
  const one = <T>(sql: string) => db.prepare<[], T>(sql).pluck().get()!;
  return {
    libraryId: readLibraryId(db),
    formatVersion,
    documents: one<number>("SELECT count(*) FROM documents"),
    chunks: one<number>("SELECT coalesce(sum(live_chunks), 0) FROM generations WHERE state = 'active'"),
    generations: db
      .prepare<[], GenerationFacts>(
        `SELECT id, state, model_name AS modelName, model_version AS modelVersion, dimensions, max_tokens AS maxTokens,
           overlap_tokens AS overlapTokens, live_chunks AS chunks FROM generations ORDER BY id`,
      )
      .all(),
  };
}
