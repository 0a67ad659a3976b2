// Prepares documents anew from the text that is stored: for those that come from no file, when the text pipeline has another
// version. Chunks whose passages stay the same keep their vectors.

import { pipelineVersion } from "../documents/index.js";
import type { BatchWritten, DocumentWrite, Writer } from "../store/index.js";
import type { IndexContext } from "./index-context.js";
import type { PreparedDocument } from "./prepare.js";
import { openStoredDocuments } from "./stored-documents.js";

export type Reprepared = { documents: number; embedded: number };

export type ReprepareParts = {
  writer: Writer;
  /** What the active index is made with. */
  context(): IndexContext;
  onWritten(written: BatchWritten): void;
  signal: AbortSignal;
};

const BATCH_DOCUMENTS = 64;

/** Documents of no tenant. Those that are gone, or were written again meanwhile, are left alone. Throws ABORTED between two batches. */
export async function reprepare(ids: readonly string[], parts: ReprepareParts): Promise<Reprepared> {
  const { writer, onWritten, signal } = parts;
  const stored = openStoredDocuments(writer.db);
  const total: Reprepared = { documents: 0, embedded: 0 };
  for (let start = 0; start < ids.length; ) {
    signal.throwIfAborted();
    const context = parts.context();
    const { generation, embed } = context;
    const preparer = context.preparer();
    const entries = ids.slice(start, start + BATCH_DOCUMENTS).flatMap((id): Entry[] => {
      const found = stored.find(id);
      if (found === undefined) return [];
      const prepared = preparer.prepare(found.document, { force: false, job: null });
      return typeof prepared === "string" ? [] : [{ job: found.job, prepared }];
    });
    const passages = entries.flatMap(({ prepared }) => prepared.passages);
    const { vectors, sparse, slots, embedded } = await embed(passages, { fresh: false, tenant: "" });
    // Another index is the active one by now: these are made anew for that.
    if (parts.context() !== context) continue;
    start += BATCH_DOCUMENTS;
    let offset = 0;
    const documents = entries.flatMap(({ job, prepared: { write, passages } }): DocumentWrite[] => {
      const first = offset;
      offset += passages.length;
      // What another one wrote or removed since must not come back: nothing can come between this look and the writing.
      if (stored.jobOf(write.id) !== job) return [];
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
      sparse,
      indexedAtMs: Date.now(),
    });
    onWritten(written);
    total.documents += documents.length - written.conflicts.length;
    total.embedded += embedded;
  }
  return total;
}

type Entry = { job: number; prepared: PreparedDocument };
