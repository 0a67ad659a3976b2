// Prepares documents anew from the text that is stored: for those that come from no file, when the text pipeline has another
// version. Chunks whose passages stay the same keep their vectors.

import { inflateRawSync } from "node:zlib";
import type { Database } from "better-sqlite3";
import { type Heading, type Metadata, pipelineVersion, type TextRange } from "../documents/index.js";
import type { ParsedDocument } from "../readers/index.js";
import type { BatchWritten, DocumentWrite, Generation, Writer } from "../store/index.js";
import type { EmbeddedPassages } from "./embed-passages.js";
import type { IncomingDocument, PreparedDocument, Preparer } from "./prepare.js";

export type Reprepared = { documents: number; embedded: number };

export type ReprepareParts = {
  writer: Writer;
  generation: Generation;
  preparer(): Preparer;
  embed(passages: readonly string[], options: { fresh: boolean }): Promise<EmbeddedPassages>;
  onWritten(written: BatchWritten): void;
  signal: AbortSignal;
};

const BATCH_DOCUMENTS = 64;

/** Documents that are gone, or were written again meanwhile, are left alone. Throws ABORTED between two batches. */
export async function reprepare(ids: readonly string[], parts: ReprepareParts): Promise<Reprepared> {
  const { writer, generation, embed, onWritten, signal } = parts;
  const stored = openStored(writer.db);
  const total: Reprepared = { documents: 0, embedded: 0 };
  for (let start = 0; start < ids.length; start += BATCH_DOCUMENTS) {
    signal.throwIfAborted();
    const preparer = parts.preparer();
    const entries = ids.slice(start, start + BATCH_DOCUMENTS).flatMap((id): Entry[] => {
      const found = stored.document(id);
      if (found === undefined) return [];
      const prepared = preparer.prepare(found.document, { force: false, job: null });
      return typeof prepared === "string" ? [] : [{ job: found.job, prepared }];
    });
    const passages = entries.flatMap(({ prepared }) => prepared.passages);
    const { vectors, slots, embedded } = await embed(passages, { fresh: false });
    let offset = 0;
    const documents = entries.flatMap(({ job, prepared: { write, passages } }): DocumentWrite[] => {
      const first = offset;
      offset += passages.length;
      // What another one wrote or removed since must not come back: nothing can come between this look and the writing.
      if (stored.job(write.id) !== job) return [];
      const chunks = write.chunks.map((chunk) =>
        chunk.vector === null ? chunk : { ...chunk, vector: slots[chunk.vector + first]! },
      );
      return [{ ...write, chunks }];
    });
    const written = writer.write({
      generation: generation.id,
      modelVersion: generation.modelVersion,
      pipeline: pipelineVersion,
      documents,
      touched: [],
      files: [],
      gone: [],
      earliestJob: 0,
      vectors,
      indexedAtMs: Date.now(),
    });
    onWritten(written);
    total.documents += documents.length - written.conflicts.length;
    total.embedded += embedded;
  }
  return total;
}

type Entry = { job: number; prepared: PreparedDocument };

type Row = {
  title: string;
  mediaType: ParsedDocument["mediaType"];
  path: string | null;
  file: string | null;
  metadata: string;
  modifiedAtMs: number | null;
  staleness: string | null;
  job: number;
  outline: string;
  deflated: Buffer;
};

function openStored(db: Database) {
  const select = db.prepare<[string], Row>(
    `SELECT d.title, d.media_type AS mediaType, d.path, f.path AS file, d.metadata, d.modified_at_ms AS modifiedAtMs,
       d.staleness, d.job, t.outline, t.deflated
     FROM documents d JOIN document_texts t ON t.document_key = d.key LEFT JOIN files f ON f.key = d.file_key
     WHERE d.id = ?`,
  );
  const jobOf = db.prepare<[string], number>("SELECT job FROM documents WHERE id = ?").pluck();
  return {
    job: (id: string) => jobOf.get(id),
    document(id: string): { document: IncomingDocument; job: number } | undefined {
      const row = select.get(id);
      if (row === undefined) return undefined;
      const { job, metadata, outline, deflated, staleness, ...facts } = row;
      const document: IncomingDocument = {
        id,
        ...facts,
        text: inflateRawSync(deflated).toString("utf8"),
        ...(JSON.parse(outline) as { headings: Heading[]; codeBlocks: TextRange[] }),
        metadata: JSON.parse(metadata) as Metadata,
        ...(staleness === null ? {} : { staleness }),
      };
      return { document, job };
    },
  };
}
