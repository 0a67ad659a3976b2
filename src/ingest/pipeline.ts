// Brings prepared documents through the encoder into the library. While one batch is being embedded on the encoder's
// thread, the next is prepared on this one: reading and writing cost about as much as embedding, so the two overlap.

import { pipelineVersion } from "../documents/index.js";
import type { BiEncoder } from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import type { BatchWritten, DocumentWrite, FileWrite, Generation, WriteBatch } from "../store/index.js";
import type { IncomingDocument, PreparedDocument, Preparer } from "./prepare.js";

/** What flows in: documents, and the news that a file has been read to its end. */
export type Incoming = { kind: "document"; document: IncomingDocument } | { kind: "file"; file: FileWrite };

export type PipelineParts = {
  generation: Generation;
  preparer: Preparer;
  encoder(): Promise<BiEncoder>;
  write(batch: WriteBatch): BatchWritten;
  onWritten(written: BatchWritten): void;
  /** Called with a document that cannot be taken, and why; may throw to end the run. */
  onRefused(document: IncomingDocument, error: LodestoneError): void;
  signal: AbortSignal;
};

export type Ingested = { documents: number; unchanged: number; chunks: number; embedded: number; tokens: number };

// A batch closes at this many passages or characters of text, whichever comes first: large enough that a commit's flush
// to disk is spread over many documents, small enough that progress moves and an interrupted run loses little work.
const BATCH_PASSAGES = 512;
const BATCH_CHARACTERS = 4_000_000;
// Unchanged documents and finished files are noted at the latest after so many.
const BATCH_ITEMS = 2_000;

type Batch = {
  documents: PreparedDocument[];
  sources: IncomingDocument[];
  files: FileWrite[];
  passages: number;
  characters: number;
};

/** Ingests everything that `incoming` yields. Each batch is durable before the next one's turn; an abort keeps what was written. */
export async function ingest(
  incoming: AsyncIterable<Incoming> | Iterable<Incoming>,
  options: { force: boolean },
  parts: PipelineParts,
): Promise<Ingested> {
  const totals: Ingested = { documents: 0, unchanged: 0, chunks: 0, embedded: 0, tokens: 0 };
  let batch = emptyBatch();
  let inFlight: Promise<void> = Promise.resolve();

  const flush = async () => {
    const full = batch;
    batch = emptyBatch();
    const embedding = embed(full, parts);
    // The encoder starts on this batch at once; the batch before it is written first, so that order is kept.
    embedding.catch(() => undefined);
    await inFlight;
    inFlight = embedding.then(({ vectors, tokens }) => {
      parts.signal.throwIfAborted();
      totals.tokens += tokens;
      return commit(full, vectors, totals, parts);
    });
    inFlight.catch(() => undefined);
  };

  for await (const item of incoming) {
    parts.signal.throwIfAborted();
    if (item.kind === "file") batch.files.push(item.file);
    else {
      const prepared = prepare(item.document, options, parts);
      if (prepared === "unchanged") totals.unchanged++;
      else if (prepared !== "refused") {
        batch.documents.push(prepared);
        batch.sources.push(item.document);
        batch.passages += prepared.passages.length;
        batch.characters += prepared.write.characters;
      }
    }
    const items = batch.documents.length + batch.files.length;
    if (batch.passages >= BATCH_PASSAGES || batch.characters >= BATCH_CHARACTERS || items >= BATCH_ITEMS) await flush();
  }
  await flush();
  await inFlight;
  return totals;
}

function prepare(document: IncomingDocument, options: { force: boolean }, parts: PipelineParts) {
  try {
    return parts.preparer.prepare(document, options) ?? "unchanged";
  } catch (error) {
    if (!(error instanceof LodestoneError)) throw error;
    parts.onRefused(document, error);
    return "refused";
  }
}

function emptyBatch(): Batch {
  return { documents: [], sources: [], files: [], passages: 0, characters: 0 };
}

async function embed(batch: Batch, parts: PipelineParts): Promise<{ vectors: Float32Array; tokens: number }> {
  if (batch.passages === 0) return { vectors: new Float32Array(0), tokens: 0 };
  const encoder = await parts.encoder();
  const passages = batch.documents.flatMap(({ passages }) => passages);
  return encoder.embed(passages, "passage", { signal: parts.signal });
}

async function commit(batch: Batch, vectors: Float32Array, totals: Ingested, parts: PipelineParts): Promise<void> {
  if (batch.documents.length === 0 && batch.files.length === 0) return;
  let offset = 0;
  const documents = batch.documents.map(({ write, passages }): DocumentWrite => {
    const first = offset;
    offset += passages.length;
    return {
      ...write,
      chunks: write.chunks.map((chunk) => (chunk.vector === null ? chunk : { ...chunk, vector: chunk.vector + first })),
    };
  });
  const { generation } = parts;
  const written = parts.write({
    generation: generation.id,
    modelVersion: generation.modelVersion,
    pipeline: pipelineVersion,
    documents,
    files: batch.files,
    vectors,
    indexedAtMs: Date.now(),
  });
  totals.embedded += offset;
  totals.documents += documents.length - written.conflicts.length;
  totals.chunks += documents.reduce((sum, { chunks }) => sum + chunks.length, 0);
  parts.onWritten(written);
  if (written.conflicts.length === 0) return;
  // Another batch replaced a vector that one of these documents counted on: prepare it again, in full.
  const again = emptyBatch();
  for (const source of batch.sources) {
    if (!written.conflicts.includes(source.id)) continue;
    const prepared = parts.preparer.prepare(source, { force: true })!;
    again.documents.push(prepared);
    again.sources.push(source);
    again.passages += prepared.passages.length;
  }
  again.files = batch.files.filter(({ documentIds }) => documentIds?.some((id) => written.conflicts.includes(id)));
  const repeated = await embed(again, parts);
  totals.tokens += repeated.tokens;
  await commit(again, repeated.vectors, totals, parts);
}
