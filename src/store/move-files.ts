// Files that lie elsewhere now: their documents take on ids after the new path and keep everything else, rows and vectors
// included.

import type { Database } from "better-sqlite3";
import type { ChunkDeleter } from "./delete-chunks.js";
import { NOTE_REMOVAL } from "./write-batch.js";

export type FileMove = {
  /** Absolute paths. */
  from: string;
  to: string;
  /** How the new path is shown; ids without a name of their own begin with it. */
  shownPath: string;
  sizeBytes: number;
  modifiedAtMs: number;
};

export type FilesMoved = {
  /** Documents that moved along. */
  documents: number;
  /** Rows of documents that had one of the new ids and are replaced. */
  removedRows: Uint32Array<ArrayBuffer>;
};

/** The job that moves, and the earliest that is not finished: it must not bring the old ids back. */
export type MoveOfJob = { job: number; earliestJob: number };

/** Prepares moving. The function returned belongs inside a transaction; no file may be known under a move's new path. */
export function prepareFileMover(
  db: Database,
  deleter: ChunkDeleter,
): (moves: readonly FileMove[], part: MoveOfJob) => FilesMoved {
  const file = db
    .prepare<[string, number, number, string], number>(
      "UPDATE files SET path = ?, size_bytes = ?, modified_at_ms = ? WHERE path = ? RETURNING key",
    )
    .pluck();
  const documents = db.prepare<[number], { key: number; id: string; path: string }>(
    "SELECT key, id, path FROM documents WHERE file_key = ?",
  );
  const holder = db.prepare<[string], { key: number; job: number }>("SELECT key, job FROM documents WHERE id = ?");
  const document = db.prepare(
    "UPDATE documents SET id = ?, path = ?, modified_at_ms = ?, job = max(job, ?) WHERE key = ?",
  );
  const noteRemoval = db.prepare(NOTE_REMOVAL);
  // Chunk ids begin with their document's.
  const chunks = db.prepare("UPDATE chunks SET id = ? || substr(id, length(?) + 1) WHERE document_key = ?");

  return (moves, { job, earliestJob }) => {
    let moved = 0;
    const removedRows: number[] = [];
    for (const { from, to, shownPath, sizeBytes, modifiedAtMs } of moves) {
      const fileKey = file.get(to, sizeBytes, modifiedAtMs, from);
      if (fileKey === undefined) continue;
      for (const { key, id, path } of documents.all(fileKey)) {
        const newId = id === path || id.startsWith(`${path}#`) ? shownPath + id.slice(path.length) : id;
        if (newId !== id && earliestJob < job) noteRemoval.run(id, job);
        const held = holder.get(newId);
        if (held !== undefined && held.key !== key) {
          const isLater = held.job > job;
          removedRows.push(...deleter.deleteDocument(isLater ? key : held.key));
          if (isLater) continue;
        }
        document.run(newId, shownPath, Math.round(modifiedAtMs), job, key);
        if (newId !== id) chunks.run(newId, id, key);
        moved++;
      }
    }
    return { documents: moved, removedRows: Uint32Array.from(removedRows) };
  };
}
