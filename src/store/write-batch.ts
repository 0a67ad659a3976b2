// Writes documents with their chunks and vectors in one transaction: either all of a batch is in the library
// or none of it, and it is on the disk when the call returns.

import type { Database } from "better-sqlite3";
import { LodestoneError } from "../errors.js";
import type { ChunkDeleter } from "./delete-chunks.js";
import type { MetadataField } from "./fields.js";
import { prepareHeadings } from "./heading-prefix.js";
import { checkSparse, type SparseWrite, type StoredModels } from "./sparse-model.js";
import { type ChunkWrite, ChunkWriter, prepareChunkStatements, type RowsWritten } from "./write-chunks.js";

export type DocumentWrite = {
  id: string;
  /** Sequence of the job that brings it; null: what is stored is replaced whoever wrote it, and keeps its stamp. */
  job: number | null;
  title: string;
  mediaType: string;
  path: string | null;
  /** Absolute path of the file it was read from. */
  file: string | null;
  metadata: string;
  fields: MetadataField[];
  contentHash: Uint8Array;
  modifiedAtMs: number | null;
  /** The policy that came with it; null: by the rules. */
  staleness: string | null;
  characters: number;
  /** What duplicates are told by: 128 bits of the text's SHA-256, and its signature; null: it has no word. */
  textHash: Uint8Array;
  signature: Uint8Array | null;
  outline: string;
  deflatedText: Uint8Array;
  chunks: ChunkWrite[];
};

/** A file that has been read to its end. */
export type FileWrite = {
  path: string;
  sizeBytes: number;
  modifiedAtMs: number;
  contentHash: Uint8Array | null;
  /** All documents that it holds now, so that those which left it are removed; null: its bytes are what they were. */
  documentIds: string[] | null;
  /** As of a document. */
  job: number | null;
};

/** A document that a job brings just as it is stored: only its stamp changes. */
export type DocumentTouch = { id: string; job: number };

/** A file that is not there any more, with all that it held. */
export type FileGone = { path: string; job: number };

export type WriteBatch = {
  generation: number;
  modelVersion: string;
  pipeline: string;
  documents: DocumentWrite[];
  touched: DocumentTouch[];
  files: FileWrite[];
  gone: FileGone[];
  /** Sequence of the earliest job that is not finished: what later jobs remove, it must not bring back. */
  earliestJob: number;
  /** Row-major float32 vectors that the chunks refer to. */
  vectors: Float32Array;
  /** Weighted terms beside each of the vectors, where the generation has a sparse encoder. */
  sparse?: SparseWrite | undefined;
  indexedAtMs: number;
};

export type BatchWritten = RowsWritten & {
  /** Documents left out because what they counted on (a vector, the stored document) is gone: prepare them again in full. */
  conflicts: string[];
  /** Documents left out because a later job has written or removed them. */
  superseded: string[];
  /** How many documents went with each of the files that are gone. */
  removedWith: number[];
};

/** Of an id and a job: that it was removed by then. */
export const NOTE_REMOVAL = `INSERT INTO removed_documents (id, job) VALUES (?, ?)
  ON CONFLICT (id) DO UPDATE SET job = max(job, excluded.job)`;

/** So exactly it is noted when a document was last compared with its file. */
const CHECK_RESOLUTION_MS = 3_600_000;

function prepareStatements(db: Database, generation: number) {
  return {
    generation: db.prepare<[number], StoredModels & { state: string; dimensions: number; next_row: number }>(
      "SELECT state, model_version, sparse_model_version, dimensions, next_row FROM generations WHERE id = ?",
    ),
    noteFile: db.prepare("INSERT INTO files (path, pipeline) VALUES (?, ?) ON CONFLICT (path) DO NOTHING"),
    fileKey: db.prepare<[string], number>("SELECT key FROM files WHERE path = ?").pluck(),
    finishFile: db.prepare(
      `INSERT INTO files (path, size_bytes, modified_at_ms, content_hash, pipeline) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (path) DO UPDATE SET size_bytes = excluded.size_bytes, modified_at_ms = excluded.modified_at_ms,
         content_hash = excluded.content_hash, pipeline = excluded.pipeline`,
    ),
    stored: db.prepare<[string], { key: number; job: number }>("SELECT key, job FROM documents WHERE id = ?"),
    removedBy: db.prepare<[string], number>("SELECT job FROM removed_documents WHERE id = ?").pluck(),
    noteRemoval: db.prepare(NOTE_REMOVAL),
    touch: db.prepare("UPDATE documents SET job = ? WHERE key = ?"),
    leftFile: db.prepare<[string, string, number], { key: number; id: string }>(
      `SELECT key, id FROM documents WHERE file_key = (SELECT key FROM files WHERE path = ?)
         AND id NOT IN (SELECT value FROM json_each(?)) AND job <= ?`,
    ),
    checkFile: db.prepare(
      `UPDATE documents SET checked_at_ms = ? WHERE file_key = (SELECT key FROM files WHERE path = ?) AND checked_at_ms < ?`,
    ),
    goneWith: db.prepare<[string, number], { key: number; id: string }>(
      "SELECT key, id FROM documents WHERE file_key = (SELECT key FROM files WHERE path = ?) AND job <= ?",
    ),
    forgetFile: db.prepare(
      "DELETE FROM files WHERE path = ? AND NOT EXISTS (SELECT 1 FROM documents WHERE file_key = files.key)",
    ),
    document: db
      .prepare<unknown[], number>(
        `INSERT INTO documents (id, title, media_type, path, file_key, metadata, content_hash, pipeline, modified_at_ms,
           indexed_at_ms, added_at_ms, checked_at_ms, staleness, job)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, media_type = excluded.media_type, path = excluded.path,
           file_key = excluded.file_key, metadata = excluded.metadata, content_hash = excluded.content_hash,
           pipeline = excluded.pipeline, modified_at_ms = excluded.modified_at_ms, indexed_at_ms = excluded.indexed_at_ms,
           checked_at_ms = excluded.checked_at_ms, staleness = excluded.staleness,
           changes = changes + (content_hash <> excluded.content_hash), job = excluded.job
         RETURNING key`,
      )
      .pluck(),
    text: db.prepare(
      `INSERT INTO document_texts (document_key, characters, text_hash, signature, outline, deflated)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (document_key) DO UPDATE SET characters = excluded.characters, text_hash = excluded.text_hash,
         signature = excluded.signature, outline = excluded.outline, deflated = excluded.deflated`,
    ),
    clearFields: db.prepare("DELETE FROM document_fields WHERE document_key = ?"),
    field: db.prepare("INSERT INTO document_fields (document_key, field, text, number, truth) VALUES (?, ?, ?, ?, ?)"),
    writeHeadings: prepareHeadings(db),
    chunks: prepareChunkStatements(db, generation),
    unshadow: db.prepare("DELETE FROM shadow_documents WHERE document_key = ?"),
  };
}

type Statements = ReturnType<typeof prepareStatements>;

/**
 * Prepares the writing of batches into one generation. The function returned belongs inside a transaction; it throws
 * MODEL_VERSION_MISMATCH when the vectors come from another model than the generation's.
 */
export function prepareBatchWriter(
  db: Database,
  generationId: number,
  deleter: ChunkDeleter,
): (batch: WriteBatch) => BatchWritten {
  const statements = prepareStatements(db, generationId);
  return (batch) => {
    const generation = statements.generation.get(batch.generation);
    if (batch.generation !== generationId || generation?.model_version !== batch.modelVersion) {
      throw new LodestoneError(
        "MODEL_VERSION_MISMATCH",
        `This library holds vectors of ${generation?.model_version ?? "no model"}; the batch brings vectors of ${batch.modelVersion}. ` +
          "Open the library with its own model, or index into a new library.",
      );
    }
    checkSparse(generation, batch.sparse);
    if (generation.state !== "active") {
      throw new LodestoneError(
        "MODEL_VERSION_MISMATCH",
        `The batch is for generation ${generationId}, which does not answer queries any more. Prepare it for the one that does.`,
      );
    }
    const writer = new BatchWriter(statements, deleter, batch, generation.next_row);
    for (const document of batch.documents) writer.document(document);
    for (const touch of batch.touched) writer.touch(touch);
    for (const file of batch.files) writer.file(file);
    for (const file of batch.gone) writer.gone(file);
    return writer.written(generation.dimensions);
  };
}

class BatchWriter {
  readonly #conflicts: string[] = [];
  readonly #superseded: string[] = [];
  readonly #removedWith: number[] = [];
  readonly #chunks: ChunkWriter;

  constructor(
    readonly statements: Statements,
    readonly deleter: ChunkDeleter,
    readonly batch: WriteBatch,
    firstRow: number,
  ) {
    this.#chunks = new ChunkWriter(statements.chunks, deleter, firstRow, batch.sparse);
  }

  document(document: DocumentWrite): void {
    const { statements, batch } = this;
    const stored = statements.stored.get(document.id);
    if (this.#isSuperseded(document.id, document.job, stored?.job)) {
      this.#superseded.push(document.id);
      return;
    }
    const fileKey = document.file === null ? null : this.#fileKey(document.file);
    const known = this.#chunks.keptChunks(document.chunks, stored?.key);
    if (known === undefined) {
      this.#conflicts.push(document.id);
      return;
    }
    const key = statements.document.get(
      document.id,
      document.title,
      document.mediaType,
      document.path,
      fileKey,
      document.metadata,
      document.contentHash,
      batch.pipeline,
      document.modifiedAtMs,
      batch.indexedAtMs,
      batch.indexedAtMs,
      batch.indexedAtMs,
      document.staleness,
      document.job ?? stored?.job ?? 0,
    )!;
    const { characters, textHash, signature, outline, deflatedText } = document;
    statements.text.run(key, characters, textHash, signature, outline, deflatedText);
    statements.writeHeadings(key);
    statements.clearFields.run(key);
    for (const { field, text, number, truth } of document.fields) statements.field.run(key, field, text, number, truth);
    this.#chunks.write({ key, id: document.id }, document.chunks, known);
    statements.unshadow.run(key);
  }

  touch({ id, job }: DocumentTouch): void {
    const stored = this.statements.stored.get(id);
    if (this.#isSuperseded(id, job, stored?.job)) this.#superseded.push(id);
    else if (stored === undefined) this.#conflicts.push(id);
    else this.statements.touch.run(job, stored.key);
  }

  file(file: FileWrite): void {
    const { statements, batch } = this;
    if (file.documentIds?.some((id) => this.#conflicts.includes(id))) return;
    statements.finishFile.run(file.path, file.sizeBytes, file.modifiedAtMs, file.contentHash, batch.pipeline);
    // One document that was read has been written just now; of many, some may have been the same.
    if (file.documentIds?.length !== 1) {
      statements.checkFile.run(batch.indexedAtMs, file.path, batch.indexedAtMs - CHECK_RESOLUTION_MS);
    }
    if (file.documentIds === null) return;
    const left = statements.leftFile.all(
      file.path,
      JSON.stringify(file.documentIds),
      file.job ?? Number.MAX_SAFE_INTEGER,
    );
    this.#remove(left, file.job);
  }

  gone({ path, job }: FileGone): void {
    const documents = this.statements.goneWith.all(path, job);
    this.#remove(documents, job);
    this.statements.forgetFile.run(path);
    this.#removedWith.push(documents.length);
  }

  written(dimensions: number): BatchWritten {
    return {
      ...this.#chunks.finish(this.batch.vectors, dimensions),
      conflicts: this.#conflicts,
      superseded: this.#superseded,
      removedWith: this.#removedWith,
    };
  }

  /** Whether a later job than `job` wrote the document whose stamp is `storedJob`, or removed the one that is not there. */
  #isSuperseded(id: string, job: number | null, storedJob: number | undefined): boolean {
    if (job === null) return false;
    if (storedJob !== undefined) return storedJob > job;
    // Only where a job after this one has removed it: then this one was not finished at that time.
    return (this.statements.removedBy.get(id) ?? 0) > job;
  }

  #remove(documents: readonly { key: number; id: string }[], job: number | null): void {
    for (const { key, id } of documents) {
      this.#chunks.removed(this.deleter.deleteDocument(key));
      if (job !== null && job > this.batch.earliestJob) this.statements.noteRemoval.run(id, job);
    }
  }

  #fileKey(path: string): number {
    this.statements.noteFile.run(path, this.batch.pipeline);
    return this.statements.fileKey.get(path)!;
  }
}
