// Reads scanned files into documents, each followed by the news that its file is complete. A file that cannot be read is
// reported and leaves what the library holds of it untouched.

import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { isSkip, pipelineVersion, type Skip } from "../documents/index.js";
import { LodestoneError, messageOf } from "../errors.js";
import { defaultMaxFileBytes, mediaTypeOf, readFileDocuments, recordMediaTypes } from "../readers/index.js";
import type { Incoming } from "./batcher.js";
import { type ScannedFile, shownPath } from "./scan.js";

/** What a reader had to leave out or guess of a file that was read all the same. */
export type ReadNotice = { path: string; line?: number; notice: string };

export type ReadProgress = { files: number; bytes: number };

export type ReadOptions = {
  force: boolean;
  maxFileBytes?: number;
  onSkip(skip: Skip): void;
  onNotice(notice: ReadNotice): void;
  onProgress(progress: ReadProgress): void;
};

const REPORT_EVERY_MS = 50;

/** Yields the documents of `files` in order. */
export async function* readFiles(files: readonly ScannedFile[], options: ReadOptions): AsyncGenerator<Incoming> {
  const idsOfRecords = new Set<string>();
  let bytes = 0;
  let reportedAt = 0;
  const report = (progress: ReadProgress) => {
    const now = performance.now();
    if (now - reportedAt < REPORT_EVERY_MS && progress.files < files.length) return;
    reportedAt = now;
    options.onProgress(progress);
  };
  for (const [index, file] of files.entries()) {
    let read = 0;
    for await (const incoming of readOne(file, idsOfRecords, options)) {
      yield incoming;
      if (incoming.kind !== "document") continue;
      // How far a file of many records is, from what its records say: enough for a progress bar.
      read = Math.min(file.sizeBytes, read + incoming.document.text.length);
      report({ files: index, bytes: bytes + read });
    }
    bytes += file.sizeBytes;
    report({ files: index + 1, bytes });
  }
}

async function* readOne(file: ScannedFile, idsOfRecords: Set<string>, options: ReadOptions): AsyncGenerator<Incoming> {
  const contentHash = await hashIfReadable(file, options);
  const documentIds: string[] = [];
  let complete = true;
  const { known } = file;
  const unchanged =
    known?.pipeline === pipelineVersion && contentHash !== null && known.contentHash?.equals(contentHash);
  if (unchanged && !options.force) {
    yield { kind: "file", file: { ...fileFacts(file), contentHash, documentIds: null } };
    return;
  }
  const path = shownPath(file);
  const limits = options.maxFileBytes === undefined ? {} : { maxFileBytes: options.maxFileBytes };
  try {
    for await (const item of readFileDocuments(file.path, limits)) {
      if (isSkip(item)) {
        options.onSkip(item);
        complete &&= item.line !== undefined;
        continue;
      }
      const { line, notices = [] } = item;
      for (const notice of notices)
        options.onNotice({ path: file.path, ...(line === undefined ? {} : { line }), notice });
      const id = item.id ?? (item.line === undefined ? path : `${path}#${item.line}`);
      if (item.id !== undefined && idsOfRecords.has(id)) {
        options.onSkip({
          path: file.path,
          reason: `the id "${id.slice(0, 80)}" was already used by an earlier record of this run`,
          hint: "Give each record an id of its own.",
        });
        continue;
      }
      if (item.id !== undefined) idsOfRecords.add(id);
      documentIds.push(id);
      yield {
        kind: "document",
        document: { ...item, id, path, file: file.path, modifiedAtMs: Math.round(file.modifiedAtMs) },
      };
    }
  } catch (error) {
    if (error instanceof LodestoneError && error.code === "ABORTED") throw error;
    options.onSkip({ path: file.path, reason: messageOf(error), hint: "Check the file and index it again." });
    complete = false;
  }
  if (complete) yield { kind: "file", file: { ...fileFacts(file), contentHash, documentIds } };
}

function fileFacts({ path, sizeBytes, modifiedAtMs }: ScannedFile) {
  return { path, sizeBytes, modifiedAtMs };
}

// Small files in one go: this thread may block, and a stream costs ten times what the bytes do.
const STREAMED_BYTES = 1 << 22;

/** SHA-256 of the file's bytes. */
export async function hashFile({ path, sizeBytes }: ScannedFile): Promise<Buffer> {
  const hash = createHash("sha256");
  if (sizeBytes <= STREAMED_BYTES) return hash.update(readFileSync(path)).digest();
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Buffer);
  return hash.digest();
}

// A file that its reader will refuse for its size need not be read to the end first.
async function hashIfReadable(
  file: ScannedFile,
  { maxFileBytes = defaultMaxFileBytes }: ReadOptions,
): Promise<Buffer | null> {
  const mediaType = mediaTypeOf(file.path);
  const streams = recordMediaTypes.some((records) => records === mediaType);
  if (file.sizeBytes > maxFileBytes && !streams) return null;
  return hashFile(file).catch(() => null);
}
