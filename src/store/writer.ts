// The one writer of a library: holds the lock and the writing connection, and runs each verb as one transaction.

import { mkdirSync } from "node:fs";
import { basename, sep } from "node:path";
import type { Database } from "better-sqlite3";
import { LodestoneError } from "../errors.js";
import { guarded, openForWriting } from "./connection.js";
import { type ChunkDeleter, prepareChunkDeleter } from "./delete-chunks.js";
import { type FeedbackStore, openFeedbackStore } from "./feedback.js";
import {
  activeGeneration,
  type Generation,
  type GenerationRecipe,
  sameRecipe,
  shadowGeneration,
  startGeneration,
} from "./generation.js";
import type { JobRow } from "./job.js";
import { type JobStore, openJobStore } from "./jobs.js";
import { lockLibrary } from "./lock.js";
import { type MigrationStore, openMigrationStore } from "./migration.js";
import { type FileMove, type FilesMoved, type MoveOfJob, prepareFileMover } from "./move-files.js";
import { openQualityStore, type QualityStore } from "./quality-store.js";
import type { Source } from "./sources.js";
import { type BatchWritten, NOTE_REMOVAL, prepareBatchWriter, type WriteBatch } from "./write-batch.js";

export type Removed = {
  removed: string[];
  missing: string[];
  /** Left alone, since a later job wrote them. */
  superseded: string[];
  rows: Uint32Array;
};

export type Writer = {
  /** The writing connection, for reading what was just written. */
  readonly db: Database;
  /**
   * The active generation, made with `recipe` where the library has none or holds no documents. One with documents and
   * another recipe is returned as it is: the caller decides what the difference means.
   */
  generation(recipe: GenerationRecipe): Generation;
  /** Writes one batch durably, and with it the rows of jobs that `settle` makes of what was written. */
  write(batch: WriteBatch, settle?: (written: BatchWritten) => readonly JobRow[]): BatchWritten;
  /**
   * Removes documents by id, durably. They are gone for every later search when this returns. As part of a job: those that
   * a later job has written stay, and no earlier one brings the others back.
   */
  remove(ids: readonly string[], part?: RemovalOfJob): Removed;
  /** Gives the documents of files that lie elsewhere now ids after the new paths; rows and vectors stay as they are. */
  moveFiles(moves: readonly FileMove[], part: MoveOfJob): FilesMoved;
  /** The source that holds `folder` (itself or a folder above it), registered under its base name where there is none. */
  source(folder: string): Source;
  readonly jobs: JobStore;
  readonly migration: MigrationStore;
  readonly feedback: FeedbackStore;
  readonly quality: QualityStore;
  /** The other side of the migration under way. */
  shadow(): Generation | undefined;
  close(): void;
};

/** What a removal is to a job: `earliestJob` is the earliest that is not finished, `settle` gives the job's row afterwards. */
export type RemovalOfJob = {
  job: number;
  earliestJob: number;
  settle(removed: Removed): JobRow;
};

export type WriterOptions = {
  /** Told of rows that documents had in the shadow generation, once these are gone for good. */
  onShadowRemoved?(rows: Uint32Array<ArrayBuffer>): void;
};

/** Opens (creating it where needed) the library for writing. Throws LIBRARY_LOCKED when another process writes it. */
export function openWriter(library: string, { onShadowRemoved }: WriterOptions = {}): Writer {
  guarded(library, () => createFolder(library));
  const lock = guarded(library, () => lockLibrary(library));
  let db: Database;
  try {
    db = openForWriting(library);
  } catch (error) {
    lock.release();
    throw error;
  }
  const documentOf = db.prepare<[string], { key: number; job: number }>("SELECT key, job FROM documents WHERE id = ?");
  const noteRemoval = db.prepare(NOTE_REMOVAL);
  let prepared: { generation: number; write: (batch: WriteBatch) => BatchWritten; deleter: ChunkDeleter } | undefined;
  let shadowRows: number[] = [];
  const preparedFor = (generation: number) => {
    if (prepared?.generation !== generation) {
      const shadow = shadowGeneration(db);
      const deleter = prepareChunkDeleter(
        db,
        generation,
        shadow && { deleter: prepareChunkDeleter(db, shadow.id), onRows: (rows) => shadowRows.push(...rows) },
      );
      prepared = { generation, deleter, write: prepareBatchWriter(db, generation, deleter) };
    }
    return prepared;
  };
  const inTransaction = <T>(work: () => T): T => {
    shadowRows = [];
    const result = guarded(library, () => db.transaction(work).immediate());
    if (shadowRows.length > 0) onShadowRemoved?.(Uint32Array.from(shadowRows));
    return result;
  };
  const currentGeneration = () => {
    const generation = activeGeneration(db);
    if (!generation) throw new LodestoneError("LIBRARY_NOT_FOUND", `The library ${library} has no index yet.`);
    return generation;
  };

  // In WAL mode NORMAL writes without waiting for the disk: safe against the end of the process, not of the machine.
  const lightly = <T>(work: () => T): T => {
    db.pragma("synchronous = NORMAL");
    try {
      return inTransaction(work);
    } finally {
      db.pragma("synchronous = FULL");
    }
  };
  const jobs = openJobStore(db, inTransaction, lightly);
  const store = openMigrationStore(db, inTransaction, (generation) => prepareChunkDeleter(db, generation));
  // Who is active and who the shadow is part of what is prepared.
  const changing =
    <Arguments extends unknown[], Result>(change: (...given: Arguments) => Result) =>
    (...given: Arguments): Result => {
      prepared = undefined;
      return change(...given);
    };
  const migration: MigrationStore = {
    ...store,
    start: changing(store.start),
    swap: changing(store.swap),
    finish: changing(store.finish),
  };

  return {
    db,
    jobs,
    migration,
    feedback: openFeedbackStore(db, inTransaction),
    quality: openQualityStore(db, lightly),
    shadow: () => shadowGeneration(db),
    generation(recipe) {
      const found = activeGeneration(db);
      const empty = () => db.prepare("SELECT 1 FROM documents LIMIT 1").get() === undefined;
      if (found && (sameRecipe(found, recipe) || !empty())) return found;
      return guarded(library, () => startGeneration(db, recipe, Date.now()));
    },
    write(batch, settle) {
      const { write } = preparedFor(batch.generation);
      return inTransaction(() => {
        const written = write(batch);
        settle?.(written).forEach(jobs.put);
        return written;
      });
    },
    remove(ids, part) {
      const { deleter } = preparedFor(currentGeneration().id);
      return inTransaction(() => {
        const removed: string[] = [];
        const missing: string[] = [];
        const superseded: string[] = [];
        const rows: number[] = [];
        for (const id of new Set(ids)) {
          const stored = documentOf.get(id);
          if (part && stored && stored.job > part.job) {
            superseded.push(id);
            continue;
          }
          if (stored) rows.push(...deleter.deleteDocument(stored.key));
          (stored ? removed : missing).push(id);
          // Also of one that is not there yet: an earlier job may be about to bring it.
          if (part && part.earliestJob < part.job) noteRemoval.run(id, part.job);
        }
        const result: Removed = { removed, missing, superseded, rows: Uint32Array.from(rows) };
        if (part) jobs.put(part.settle(result));
        return result;
      });
    },
    moveFiles(moves, part) {
      if (moves.length === 0) return { documents: 0, removedRows: new Uint32Array() };
      const { deleter } = preparedFor(currentGeneration().id);
      return inTransaction(() => prepareFileMover(db, deleter)(moves, part));
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
