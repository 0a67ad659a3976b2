// The thread that owns writing: it reads and chunks files, embeds through an encoder thread of its own, and commits.
// The caller's event loop sees rows and vectors only, never texts.

import { workerData } from "node:worker_threads";
import type { Skip } from "../documents/index.js";
import { type BiEncoder, type BiEncoderModel, openBiEncoder, openTokenizer } from "../encoders/index.js";
import { type BatchWritten, openWriter, type Removed } from "../store/index.js";
import type { CallContext } from "../threads/protocol.js";
import { serve, transferring } from "../threads/serve.js";
import { type Incoming, ingest } from "./pipeline.js";
import { openPreparer, type Preparer } from "./prepare.js";
import type { ReadNotice } from "./read.js";
import type { ScanOptions } from "./scan.js";

export type IngestWorkerData = {
  library: string;
  model: BiEncoderModel;
  chunking: { maxTokens: number; overlapTokens: number };
  /** Threads of the encoder's session; undefined: as the model wants. */
  encoderThreads: number | undefined;
};

/** A document handed in by a caller. */
export type DocumentInput = {
  id: string;
  text: string;
  title?: string | undefined;
  /** How to read `text`: text/plain (default), text/markdown or text/html. */
  type?: "text/plain" | "text/markdown" | "text/html" | undefined;
  metadata?: Record<string, unknown> | undefined;
  /** ISO 8601 date or milliseconds since 1970. */
  modifiedAt?: string | number | undefined;
};

export type PathOptions = Partial<ScanOptions> & {
  /** Keep documents whose files are gone. Default false. */
  keepMissing?: boolean;
};

export type IngestEvent =
  | { kind: "scanning"; files: number }
  | { kind: "scanned"; files: number; bytes: number; unchanged: number }
  | { kind: "reading"; files: number; bytes: number }
  | { kind: "written"; written: BatchWritten }
  | { kind: "removed"; removed: Removed };

export type IngestReport = {
  files: { read: number; unchanged: number; gone: number };
  documents: { written: number; unchanged: number; removed: number };
  chunks: number;
  /** Passages that went through the encoder. */
  embedded: number;
  tokens: number;
  bytes: number;
  skips: Skip[];
  /** What readers had to leave out or guess of files that were read. */
  notices: ReadNotice[];
  ms: number;
};

export type PutReport = { written: number; unchanged: number; chunks: number; embedded: number };

export type IngestVerbs = {
  ingestPaths(argument: { targets: string[]; options: PathOptions }, context: CallContext): Promise<IngestReport>;
  put(argument: { documents: DocumentInput[] }, context: CallContext): Promise<PutReport>;
  remove(argument: { ids: string[] }): Removed;
};

const { library, model, chunking, encoderThreads } = workerData as IngestWorkerData;

await serve<IngestVerbs>(async () => {
  const writer = openWriter(library);
  const generation = writer.generation({
    modelName: model.manifest.name,
    modelVersion: model.version,
    dimensions: model.dimensions,
    ...chunking,
  });
  // Readers, tokenizer and encoder are loaded with the first document: a library that is only searched does without them.
  let preparer: Preparer | undefined;
  let encoder: Promise<BiEncoder> | undefined;
  const openEncoder = () => {
    encoder ??= openBiEncoder(model, encoderThreads === undefined ? {} : { threads: encoderThreads });
    return encoder;
  };
  const preparerOpened = () => {
    preparer ??= openPreparer(writer.db, generation, openTokenizer(model));
    return preparer;
  };
  const openParts = (context: CallContext) => ({
    generation,
    preparer: preparerOpened(),
    encoder: openEncoder,
    write: writer.write,
    signal: context.signal,
    onWritten(written: BatchWritten) {
      const { vectors, documentKeys, removedRows } = written;
      const buffers = [vectors.buffer, documentKeys.buffer, removedRows.buffer];
      context.progress(transferring({ kind: "written", written } satisfies IngestEvent, buffers));
    },
  });

  return {
    verbs: {
      async ingestPaths({ targets, options }, context) {
        const started = performance.now();
        const [{ scanTargets }, { readFiles }] = await Promise.all([import("./scan.js"), import("./read.js")]);
        const emit = (event: IngestEvent) => context.progress(event);
        const { force = false, keepMissing = false, ...scanOptions } = options;
        const scan = await scanTargets(
          targets,
          { ...scanOptions, force },
          {
            db: writer.db,
            sourceOf: writer.source,
            signal: context.signal,
            onFound: (files) => emit({ kind: "scanning", files }),
          },
        );
        const bytes = scan.changed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        emit({ kind: "scanned", files: scan.changed.length, bytes, unchanged: scan.unchanged });
        const skips = [...scan.skips];
        const notices: ReadNotice[] = [];
        const incoming = readFiles(scan.changed, {
          force,
          ...(options.maxFileBytes === undefined ? {} : { maxFileBytes: options.maxFileBytes }),
          onSkip: (skip) => skips.push(skip),
          onNotice: (notice) => notices.push(notice),
          onProgress: (progress) => emit({ kind: "reading", ...progress }),
        });
        const totals = await ingest(
          incoming,
          { force },
          {
            ...openParts(context),
            onRefused: (document, error) =>
              skips.push({
                path: document.file ?? document.id,
                reason: error.message,
                hint: "Correct the record and index the file again.",
              }),
          },
        );
        let removed = 0;
        if (scan.gone.length > 0 && !keepMissing) {
          const result = writer.removeFiles(scan.gone);
          removed = result.removed.length;
          emit({ kind: "removed", removed: result });
        }
        return {
          files: { read: scan.changed.length, unchanged: scan.unchanged, gone: scan.gone.length },
          documents: { written: totals.documents, unchanged: totals.unchanged, removed },
          chunks: totals.chunks,
          embedded: totals.embedded,
          tokens: totals.tokens,
          bytes,
          skips,
          notices,
          ms: performance.now() - started,
        };
      },

      async put({ documents }, context) {
        const { incomingDocument } = await import("./incoming-document.js");
        const incoming = documents.map((input): Incoming => ({ kind: "document", document: incomingDocument(input) }));
        const totals = await ingest(
          incoming,
          { force: false },
          {
            ...openParts(context),
            onRefused(_document, error) {
              throw error;
            },
          },
        );
        return {
          written: totals.documents,
          unchanged: totals.unchanged,
          chunks: totals.chunks,
          embedded: totals.embedded,
        };
      },

      remove: ({ ids }) => writer.remove(ids),
    },
    async close() {
      await (await encoder)?.close();
      writer.close();
    },
  };
});
