// Reads scanned files into documents, each followed by the news that its file is complete. A file that cannot be read is
// reported and leaves what the library holds of it untouched.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { isSkip, pipelineVersion, readFileDocuments, type Skip } from "../documents/index.js";
import { LodestoneError, messageOf } from "../errors.js";
import type { Incoming } from "./pipeline.js";
import { type ScannedFile, shownPath } from "./scan.js";

export type ReadProgress = { files: number; bytes: number };

export type ReadOptions = {
  force: boolean;
  maxFileBytes?: number;
  onSkip(skip: Skip): void;
  onFile(progress: ReadProgress): void;
};

/** Yields the documents of `files` in order. */
export async function* readFiles(files: readonly ScannedFile[], options: ReadOptions): AsyncGenerator<Incoming> {
  const idsOfRecords = new Set<string>();
  let bytes = 0;
  for (const [index, file] of files.entries()) {
    yield* readOne(file, idsOfRecords, options);
    bytes += file.sizeBytes;
    options.onFile({ files: index + 1, bytes });
  }
}

async function* readOne(file: ScannedFile, idsOfRecords: Set<string>, options: ReadOptions): AsyncGenerator<Incoming> {
  const contentHash = await hashFile(file.path).catch(() => null);
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

async function hashFile(path: string): Promise<Buffer> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Buffer);
  return hash.digest();
}
