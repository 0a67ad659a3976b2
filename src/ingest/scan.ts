// Finds out what changed: walks the targets, compares each file's size and time with the registry, and lists what has to
// be read. A file whose time changed but whose bytes did not is recognised by its hash when it is read.

import { stat } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import type { Database } from "better-sqlite3";
import { isSkip, pipelineVersion, type Skip } from "../documents/index.js";
import { type FoundFile, findFiles, isWithin, placeOfTarget, type TargetPlace } from "../readers/index.js";
import type { Source } from "../store/index.js";

export type ScanOptions = {
  /** Read every file again, also those that look unchanged. */
  force: boolean;
  include?: string[];
  exclude?: string[];
  defaultExcludes?: boolean;
  maxFileBytes?: number;
  /**
   * Absolute paths that may have changed: only they and what lies below them are looked at, and a file that is named here is
   * read whatever its size and time say. A target that is missing is then no error. Default: everything.
   */
  within?: string[];
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

/**
 * Walks `targets` (files, folders, globs). Throws PATH_NOT_FOUND for a target that does not exist, but for a scan `within`
 * some paths.
 */
export async function scanTargets(
  targets: readonly string[],
  options: ScanOptions,
  context: ScanContext,
): Promise<Scan> {
  const scanner = new Scanner(options, context);
  for (const target of targets) await scanner.scanTarget(target);
  return scanner.scan;
}

class Scanner {
  readonly scan: Scan = { changed: [], unchanged: 0, gone: [], skips: [] };
  readonly #options: ScanOptions;
  readonly #context: ScanContext;
  readonly #knownFile;
  readonly #seen = new Set<string>();
  readonly #suspects: ReadonlySet<string>;

  constructor(options: ScanOptions, context: ScanContext) {
    this.#options = options;
    this.#context = context;
    this.#suspects = new Set(options.within);
    this.#knownFile = context.db.prepare<[string], KnownFile>(
      `SELECT size_bytes AS sizeBytes, modified_at_ms AS modifiedAtMs, content_hash AS contentHash, pipeline
       FROM files WHERE path = ?`,
    );
  }

  async scanTarget(target: string): Promise<void> {
    const { within } = this.#options;
    const place = await placeOfTarget(target);
    const isMeant = (path: string) => isWithin(path, place.path) || isWithin(place.path, path);
    if (within && !within.some(isMeant)) return;
    if (!within || place.kind !== "missing") await this.#look(target, place);
    this.scan.gone.push(...(await this.#gone(place)));
  }

  async #look(target: string, place: TargetPlace): Promise<void> {
    const { sourceOf, signal, onFound } = this.#context;
    const sources = new Map<string, Source>();
    const sourceFor = (file: FoundFile) => {
      // A folder is a source as a whole; of a single file or a glob, the folder that its relative path starts in.
      const folder = place.kind === "folder" ? place.path : baseOf(file);
      const source = sources.get(folder) ?? sourceOf(folder);
      sources.set(folder, source);
      return source;
    };
    for await (const found of findFiles(target, this.#options)) {
      signal.throwIfAborted();
      if (isSkip(found)) {
        this.scan.skips.push(found);
        continue;
      }
      if (this.#seen.has(found.path)) continue;
      this.#seen.add(found.path);
      const known = this.#knownFile.get(found.path);
      if (this.#looksUnchanged(found, known)) this.scan.unchanged++;
      else this.scan.changed.push({ ...found, source: sourceFor(found), known });
      if (this.#seen.size % 500 === 0) onFound(this.#seen.size);
    }
  }

  #looksUnchanged(found: FoundFile, known: KnownFile | undefined): boolean {
    return (
      known !== undefined &&
      known.sizeBytes === found.sizeBytes &&
      known.modifiedAtMs === found.modifiedAtMs &&
      known.pipeline === pipelineVersion &&
      !this.#options.force &&
      !this.#suspects.has(found.path)
    );
  }

  async #gone({ kind, path }: TargetPlace): Promise<string[]> {
    const { db } = this.#context;
    const { within } = this.#options;
    if (!within && kind !== "folder") return [];
    // Of a folder that is not there nothing is known, as of one that cannot be read; a file that is not there is gone.
    const parts = kind === "missing" ? [] : (within ?? [path]);
    const meant = parts.flatMap((part) => (isWithin(part, path) ? [part] : isWithin(path, part) ? [path] : []));
    const known = new Set(meant.flatMap((part) => [...knownBelow(db, part), part]).concat(path));
    const unread = this.scan.skips.map((skip) => skip.path);
    const isUnknown = (file: string) => unread.some((skipped) => file === skipped || file.startsWith(skipped + sep));
    const unseen = [...known].filter(
      (file) => !this.#seen.has(file) && !isUnknown(file) && this.#knownFile.get(file) !== undefined,
    );
    // A folder stands for all that is in it. Beside a file or a glob there may be files that are indexed for other reasons.
    return kind === "folder" ? unseen : (await Promise.all(unseen.map(ifMissing))).filter((file) => file !== undefined);
  }
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

function knownBelow(db: Database, folder: string): string[] {
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  // "0" is the character after "/": the range holds every path that begins with the prefix.
  const end = prefix.slice(0, -1) + String.fromCharCode(sep.charCodeAt(0) + 1);
  return db
    .prepare<[string, string], string>("SELECT path FROM files WHERE path >= ? AND path < ?")
    .pluck()
    .all(prefix, end);
}

async function ifMissing(path: string): Promise<string | undefined> {
  return stat(path).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => (error.code === "ENOENT" || error.code === "ENOTDIR" ? path : undefined),
  );
}
