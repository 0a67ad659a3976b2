// What a job over files, folders and globs brings: scans them, has moved files take their documents along, and reads what is
// new or changed.

import type { Skip } from "../documents/index.js";
import type { FilesMoved, Writer } from "../store/index.js";
import type { Incoming } from "./batcher.js";
import type { OnDuplicate } from "./duplicate-guard.js";
import { recogniseMoves } from "./moves.js";
import { type ReadNotice, readFiles } from "./read.js";
import { type ScanOptions, scanTargets } from "./scan.js";

export type PathOptions = Partial<ScanOptions> & {
  /** Keep documents whose files are gone. Default false. */
  keepMissing?: boolean;
  /** What becomes of a new document whose text, or nearly so, the library holds already. Default "keep". */
  onDuplicate?: OnDuplicate;
};

/** How far a job over paths is. */
export type PathProgress =
  | { kind: "scanning"; files: number }
  | { kind: "scanned"; files: number; bytes: number; unchanged: number }
  | { kind: "reading"; files: number; bytes: number };

export type PathItemParts = {
  writer: Writer;
  job: number;
  /** Sequence of the earliest job that is not finished. */
  earliestJob(): number;
  signal: AbortSignal;
  onProgress(progress: PathProgress): void;
  onMoved(moved: FilesMoved, files: number): void;
  onGone(files: number): void;
  onSkip(skip: Skip): void;
  onNotice(notice: ReadNotice): void;
};

/** Throws PATH_NOT_FOUND for a target that does not exist. */
export async function* pathItems(
  targets: readonly string[],
  options: PathOptions,
  { writer, job, earliestJob, signal, ...on }: PathItemParts,
): AsyncGenerator<Incoming> {
  const { force = false, keepMissing = false, onDuplicate: _, ...scanOptions } = options;
  const scan = await scanTargets(
    targets,
    { ...scanOptions, force },
    {
      db: writer.db,
      sourceOf: writer.source,
      signal,
      onFound: (files) => on.onProgress({ kind: "scanning", files }),
    },
  );
  const { moves, reread, changed, gone } =
    force || keepMissing
      ? { moves: [], reread: [], changed: scan.changed, gone: keepMissing ? [] : scan.gone }
      : await recogniseMoves(writer.db, scan, signal);
  if (moves.length > 0) on.onMoved(writer.moveFiles(moves, { job, earliestJob: earliestJob() }), moves.length);
  const files = [...changed, ...reread];
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  on.onProgress({ kind: "scanned", files: files.length, bytes, unchanged: scan.unchanged });
  for (const skip of scan.skips) on.onSkip(skip);
  yield* readFiles(files, {
    force,
    ...(options.maxFileBytes === undefined ? {} : { maxFileBytes: options.maxFileBytes }),
    onSkip: on.onSkip,
    onNotice: on.onNotice,
    onProgress: (progress) => on.onProgress({ kind: "reading", ...progress }),
  });
  on.onGone(scan.gone.length - moves.length);
  for (const path of gone) yield { kind: "gone", path };
}
