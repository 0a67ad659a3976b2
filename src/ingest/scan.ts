// Finds out what changed: walks the targets, compares each file's size and time with the registry, and lists what has to
// be read. A file whose time changed but whose bytes did not is recognised by its hash when it is read.

import { stat } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";
import type { Database } from "better-sqlite3";
import { isSkip, pipelineVersion, type Skip } from "../documents/index.js";
import { type FoundFile, findFiles } from "../readers/index.js";
import type { Source } from "../store/index.js";

export type ScanOptions = {
  /** Read every file again, also those that look unchanged. */
  force: boolean;
  include?: string[];
  exclude?: string[];
  defaultExcludes?: boolean;
  maxFileBytes?: number;
};

export type ScannedFile = FoundFile & { source: Source; known: KnownFile | undefined };

export type KnownFile = {
  sizeBytes: number | null;
  modifiedAtMs: number | null;
  contentHash: Buffer | null;
  pipeline: string;
};

export type Scan = {
  /** Files to read. */
  changed: ScannedFile[];
  /** Files that look as they did. */
  unchanged: number;
  /** Indexed files below the targets that are not there any more. */
  gone: string[];
  skips: Skip[];
};

export type ScanContext = {
  db: Database;
  sourceOf(folder: string): Source;
  signal: AbortSignal;
  onFound(files: number): void;
};

/** Walks `targets` (files, folders, globs). Throws PATH_NOT_FOUND for a target that does not exist. */
export async function scanTargets(
  targets: readonly string[],
  options: ScanOptions,
  context: ScanContext,
): Promise<Scan> {
  const { db, signal } = context;
  const scan: Scan = { changed: [], unchanged: 0, gone: [], skips: [] };
  const knownFile = db.prepare<[string], KnownFile>(
    `SELECT size_bytes AS sizeBytes, modified_at_ms AS modifiedAtMs, content_hash AS contentHash, pipeline
     FROM files WHERE path = ?`,
  );
  const seen = new Set<string>();
  for (const target of targets) {
    const absolute = resolve(target);
    const isFolder = (await stat(absolute).catch(() => undefined))?.isDirectory() ?? false;
    const sources = new Map<string, Source>();
    const sourceFor = (file: FoundFile) => {
      // A folder is a source as a whole; of a single file or a glob, the folder that its relative path starts in.
      const folder = isFolder ? absolute : baseOf(file);
      let source = sources.get(folder);
      if (!source) {
        source = context.sourceOf(folder);
        sources.set(folder, source);
      }
      return source;
    };
    for await (const found of findFiles(target, options)) {
      signal.throwIfAborted();
      if (isSkip(found)) {
        scan.skips.push(found);
        continue;
      }
      if (seen.has(found.path)) continue;
      seen.add(found.path);
      const known = knownFile.get(found.path);
      const same =
        known !== undefined &&
        known.sizeBytes === found.sizeBytes &&
        known.modifiedAtMs === found.modifiedAtMs &&
        known.pipeline === pipelineVersion;
      if (same && !options.force) scan.unchanged++;
      else scan.changed.push({ ...found, source: sourceFor(found), known });
      if (seen.size % 500 === 0) context.onFound(seen.size);
    }
    if (isFolder) {
      // What lies below a folder that could not be read is unknown, not gone.
      const unread = scan.skips.map(({ path }) => path);
      const isUnknown = (path: string) => unread.some((skipped) => path === skipped || path.startsWith(skipped + sep));
      scan.gone.push(...goneBelow(db, absolute, seen).filter((path) => !isUnknown(path)));
    }
  }
  return scan;
}

/** The id and shown path of a file: its source's name and the path below it, with forward slashes. */
export function shownPath(file: { path: string; source: Source }): string {
  return [file.source.name, ...relative(file.source.path, file.path).split(sep)].join("/");
}

function baseOf(file: FoundFile): string {
  const below = file.relativePath.split("/").length;
  let folder = file.path;
  for (let i = 0; i < below; i++) folder = dirname(folder);
  return folder;
}

function goneBelow(db: Database, folder: string, seen: ReadonlySet<string>): string[] {
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  // "0" is the character after "/": the range holds every path that begins with the prefix.
  const end = prefix.slice(0, -1) + String.fromCharCode(sep.charCodeAt(0) + 1);
  return db
    .prepare<[string, string], string>("SELECT path FROM files WHERE path >= ? AND path < ?")
    .pluck()
    .all(prefix, end)
    .filter((path) => !seen.has(path));
}
