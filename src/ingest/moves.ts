// Recognises files that lie elsewhere now: of those that are new and those that are gone in one scan, the pairs with the same
// bytes. Their documents are moved in the registry and need no reading, but where the file's name says what they are.

import { basename } from "node:path";
import type { Database } from "better-sqlite3";
import { pipelineVersion } from "../documents/index.js";
import { fallbackTitle, mediaTypeOf } from "../readers/index.js";
import type { FileMove } from "../store/index.js";
import { hashFile } from "./read.js";
import { type KnownFile, type Scan, type ScannedFile, shownPath } from "./scan.js";

export type Moves = {
  moves: FileMove[];
  /** Moved files that have to be read all the same. */
  reread: ScannedFile[];
  /** What is left of the scan's lists. */
  changed: ScannedFile[];
  gone: string[];
};

type GoneFile = KnownFile & { path: string };

/** Pairs new files with gone ones. Reads only new files that have the size of one that is gone. */
export async function recogniseMoves(db: Database, { changed, gone }: Scan, signal: AbortSignal): Promise<Moves> {
  const departed = departedBySize(db, gone);
  const moves: FileMove[] = [];
  const reread: ScannedFile[] = [];
  const left: ScannedFile[] = [];
  for (const file of changed) {
    signal.throwIfAborted();
    const from = file.known === undefined ? await originOf(file, departed.get(file.sizeBytes) ?? []) : undefined;
    if (from === undefined) {
      left.push(file);
      continue;
    }
    const { path: to, sizeBytes, modifiedAtMs } = file;
    moves.push({ from: from.path, to, shownPath: shownPath(file), sizeBytes, modifiedAtMs });
    // Known as changed: only what its new name makes of it will differ.
    if (namesItsDocuments(db, from.path, to)) reread.push({ ...file, known: { ...from, contentHash: null } });
  }
  const found = new Set(moves.map(({ from }) => from));
  return { moves, reread, changed: left, gone: gone.filter((path) => !found.has(path)) };
}

function departedBySize(db: Database, gone: readonly string[]): Map<number, GoneFile[]> {
  const select = db.prepare<[string, string], GoneFile>(
    `SELECT path, size_bytes AS sizeBytes, modified_at_ms AS modifiedAtMs, content_hash AS contentHash, pipeline
     FROM files WHERE path = ? AND pipeline = ? AND content_hash IS NOT NULL`,
  );
  const bySize = new Map<number, GoneFile[]>();
  for (const path of [...gone].sort()) {
    const file = select.get(path, pipelineVersion);
    if (file?.sizeBytes != null) bySize.set(file.sizeBytes, [...(bySize.get(file.sizeBytes) ?? []), file]);
  }
  return bySize;
}

/** Takes the file that `file` was out of `candidates`: of several with its bytes one of the same name, else the first. */
async function originOf(file: ScannedFile, candidates: GoneFile[]): Promise<GoneFile | undefined> {
  if (candidates.length === 0) return undefined;
  const hash = await hashFile(file).catch(() => undefined);
  const same = candidates.filter(({ contentHash }) => hash !== undefined && contentHash?.equals(hash));
  const origin = same.find(({ path }) => basename(path) === basename(file.path)) ?? same[0];
  if (origin !== undefined) candidates.splice(candidates.indexOf(origin), 1);
  return origin;
}

/** Whether the documents of a file would be others under its new name: read by another reader, or titled after the file. */
function namesItsDocuments(db: Database, from: string, to: string): boolean {
  if (mediaTypeOf(from) !== mediaTypeOf(to)) return true;
  if (fallbackTitle(from) === fallbackTitle(to)) return false;
  return (
    db
      .prepare("SELECT 1 FROM documents WHERE file_key = (SELECT key FROM files WHERE path = ?) AND title = ? LIMIT 1")
      .get(from, fallbackTitle(from)) !== undefined
  );
}
