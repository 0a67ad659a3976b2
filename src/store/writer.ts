// The one writer of a library: holds the lock and the writing connection, and runs each verb as one transaction.

import { mkdirSync } from "node:fs";
import { basename, sep } from "node:path";
import type { Database } from "better-sqlite3";
import { LodestoneError } from "../errors.js";
import { guarded, openForWriting } from "./connection.js";
import { type ChunkDeleter, prepareChunkDeleter } from "./delete-chunks.js";
import { activeGeneration, type Generation, type GenerationRecipe, startGeneration } from "./generation.js";
import { lockLibrary } from "./lock.js";
import { type BatchWritten, prepareBatchWriter, type WriteBatch } from "./write-batch.js";

export type Removed = { removed: string[]; missing: string[]; rows: Uint32Array };

/** A folder whose files are indexed, and the name under which their ids begin. */
export type Source = { name: string; path: string };

export type Writer = {
  /** The writing connection, for reading what was just written. */
  readonly db: Database;
  /**
   * The active generation, made with `recipe` where the library has none or holds no documents. One with documents and
   * another recipe is returned as it is: the caller decides what the difference means.
   */
  generation(recipe: GenerationRecipe): Generation;
  /** Writes one batch durably. */
  write(batch: WriteBatch): BatchWritten;
  /** Removes documents by id. They are gone for every later search when this returns. */
  remove(ids: readonly string[]): Removed;
  /** Forgets files that no longer exist and removes their documents. */
  removeFiles(paths: readonly string[]): Removed;
  /** The source that holds `folder` (itself or a folder above it), registered under its base name where there is none. */
  source(folder: string): Source;
  close(): void;
};

/** Opens (creating it where needed) the library for writing. Throws LIBRARY_LOCKED when another process writes it. */
export function openWriter(library: string): Writer {
  guarded(library, () => createFolder(library));
  const lock = guarded(library, () => lockLibrary(library));
  let db: Database;
  try {
    db = openForWriting(library);
  } catch (error) {
    lock.release();
    throw error;
  }
  const documentKey = db.prepare<[string], number>("SELECT key FROM documents WHERE id = ?").pluck();
  let prepared: { generation: number; write: (batch: WriteBatch) => BatchWritten; deleter: ChunkDeleter } | undefined;
  const preparedFor = (generation: number) => {
    if (prepared?.generation !== generation) {
      const deleter = prepareChunkDeleter(db, generation);
      prepared = { generation, deleter, write: prepareBatchWriter(db, generation, deleter) };
    }
    return prepared;
  };
  const inTransaction = <T>(work: () => T): T => guarded(library, () => db.transaction(work).immediate());
  const currentGeneration = () => {
    const generation = activeGeneration(db);
    if (!generation) throw new LodestoneError("LIBRARY_NOT_FOUND", `The library ${library} has no index yet.`);
    return generation;
  };

  return {
    db,
    generation(recipe) {
      const found = activeGeneration(db);
      const empty = () => db.prepare("SELECT 1 FROM documents LIMIT 1").get() === undefined;
      if (found && (sameRecipe(found, recipe) || !empty())) return found;
      return guarded(library, () => startGeneration(db, recipe, Date.now()));
    },
    write(batch) {
      const { write } = preparedFor(batch.generation);
      return inTransaction(() => write(batch));
    },
    remove(ids) {
      const { deleter } = preparedFor(currentGeneration().id);
      return inTransaction(() => {
        const removed: string[] = [];
        const missing: string[] = [];
        const rows: number[] = [];
        for (const id of new Set(ids)) {
          const key = documentKey.get(id);
          if (key === undefined) missing.push(id);
          else {
            rows.push(...deleter.deleteDocument(key));
            removed.push(id);
          }
        }
        return { removed, missing, rows: Uint32Array.from(rows) };
      });
    },
    removeFiles(paths) {
      const { deleter } = preparedFor(currentGeneration().id);
      const documents = db.prepare<[string], { key: number; id: string }>(
        "SELECT key, id FROM documents WHERE file_key = (SELECT key FROM files WHERE path = ?)",
      );
      const forget = db.prepare("DELETE FROM files WHERE path = ?");
      return inTransaction(() => {
        const removed: string[] = [];
        const rows: number[] = [];
        for (const path of paths) {
          for (const { key, id } of documents.all(path)) {
            rows.push(...deleter.deleteDocument(key));
            removed.push(id);
          }
          forget.run(path);
        }
        return { removed, missing: [], rows: Uint32Array.from(rows) };
      });
    },
    source(folder) {
      const find = db.prepare<[string], Source>("SELECT name, path FROM sources WHERE path = ?");
      for (const candidate of foldersUpwards(folder)) {
        const source = find.get(candidate);
        if (source) return source;
      }
      const taken = db.prepare<[string], number>("SELECT 1 FROM sources WHERE name = ?").pluck();
      const base = basename(folder) || "root";
      let name = base;
      for (let n = 2; taken.get(name) !== undefined; n++) name = `${base}-${n}`;
      guarded(library, () => db.prepare("INSERT INTO sources (name, path) VALUES (?, ?)").run(name, folder));
      return { name, path: folder };
    },

    close() {
      db.pragma("optimize");
      db.close();
      lock.release();
    },
  };
}

function sameRecipe(a: GenerationRecipe, b: GenerationRecipe): boolean {
  return (
    a.modelVersion === b.modelVersion &&
    a.dimensions === b.dimensions &&
    a.maxTokens === b.maxTokens &&
    a.overlapTokens === b.overlapTokens
  );
}

function createFolder(library: string): void {
  try {
    mkdirSync(library, { recursive: true });
  } catch (error) {
    throw new LodestoneError(
      "LIBRARY_READ_ONLY",
      `The library folder ${library} cannot be created: ${(error as Error).message}.`,
      {
        cause: error,
        detail: { library },
      },
    );
  }
}

function* foldersUpwards(folder: string): Generator<string> {
  for (let path = folder; path !== ""; path = path.slice(0, path.lastIndexOf(sep))) yield path;
}
