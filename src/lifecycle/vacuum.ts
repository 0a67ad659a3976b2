// Vacuum: takes out for good what deletes and changes have left behind. It runs on the thread that writes, in steps of some
// milliseconds, each a transaction of its own, so that searches and writes go on in between. What it has done stays done:
// cut off at any moment, it goes on from there the next time.

import { statSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { passageOf } from "../documents/index.js";
import { LodestoneError } from "../errors.js";
import {
  cachePath,
  checkpoint,
  databasePath,
  dropGenerationPart,
  type EmbeddingCache,
  freePages,
  guarded,
  prepareCompaction,
  retiredGenerations,
  shrinkFile,
} from "../store/index.js";

export type VacuumPhase = "generations" | "rows" | "cache" | "file" | "words";

/** `done` of `total` in units of the phase; a total of 0 is not known. */
export type VacuumProgress = { phase: VacuumPhase; done: number; total: number };

export type VacuumReport = {
  /** Of the database and the cache of embeddings. */
  bytesBefore: number;
  bytesAfter: number;
  /** Dead rows that are forgotten now. */
  rows: number;
  /** Blocks of rows that were rewritten, and into how many. */
  blocks: { before: number; after: number };
  /** Generations that another one had replaced. */
  generations: number;
  /** Embeddings in the cache that belong to no text of the library any more; 0 unless that was asked for. */
  cacheEntries: number;
  ms: number;
};

export type VacuumOptions = {
  /** Also forgets the embeddings of texts that are not in the library any more. Default false. */
  cache?: boolean;
};

export type VacuumParts = {
  library: string;
  /** The writing connection. */
  db: Database;
  cache: EmbeddingCache | undefined;
  signal: AbortSignal;
  onProgress(progress: VacuumProgress): void;
};

const SHRUNK_PAGES = 512;
const READ_CHUNKS = 500;

/** Throws ABORTED, DISK_FULL or LIBRARY_DAMAGED; what was done before stays. */
export async function vacuum(options: VacuumOptions, parts: VacuumParts): Promise<VacuumReport> {
  const { library, db, signal, onProgress } = parts;
  const startedMs = performance.now();
  const report = { rows: 0, blocks: { before: 0, after: 0 }, generations: 0, cacheEntries: 0 };
  const bytesBefore = bytesOf(library);

  const step = async <T>(phase: VacuumPhase, done: number, total: number, work: () => T): Promise<T> => {
    if (signal.aborted) {
      throw new LodestoneError("ABORTED", "The vacuum was stopped. What it has done stays done; the next one goes on.");
    }
    const result = guarded(library, work);
    onProgress({ phase, done, total });
    // Writes and whoever asks this thread get their turn.
    await new Promise((resolve) => setImmediate(resolve));
    return result;
  };
  const inTransaction = <T>(work: () => T) => db.transaction(work).immediate();

  for (const generation of retiredGenerations(db)) {
    let part = 0;
    while (await step("generations", ++part, 0, () => inTransaction(() => dropGenerationPart(db, generation))));
    report.generations++;
  }

  const generations = db
    .prepare<[], { id: number; nextRow: number; modelVersion: string }>(
      "SELECT id, next_row AS nextRow, model_version AS modelVersion FROM generations ORDER BY id",
    )
    .all();
  const totalRows = generations.reduce((sum, { nextRow }) => sum + nextRow, 0);
  let rowsBefore = 0;
  for (const { id, nextRow } of generations) {
    const compact = prepareCompaction(db, id);
    for (let next: number | undefined = 0; next !== undefined; ) {
      const from: number = next;
      const result = await step("rows", rowsBefore + from, totalRows, () => inTransaction(() => compact(from)));
      report.rows += result.rows;
      report.blocks.before += result.blocksBefore;
      report.blocks.after += result.blocksAfter;
      next = result.nextRow;
    }
    rowsBefore += nextRow;
  }

  if (options.cache && parts.cache) {
    report.cacheEntries = await sweepCache(parts.cache, generations, { db, signal, step });
  }

  const free = freePages(db);
  for (let left = free; left > 0; ) {
    const before = left;
    left = await step("file", free - left, free, () => shrinkFile(db, SHRUNK_PAGES));
    // New pages may have come free meanwhile; those that cannot be given back are used again.
    if (left >= before) break;
  }
  await step("file", free, free, () => checkpoint(db));
  return { bytesBefore, bytesAfter: bytesOf(library), ...report, ms: performance.now() - startedMs };
}

type Step = <T>(phase: VacuumPhase, done: number, total: number, work: () => T) => Promise<T>;

/** Keeps the embeddings of the passages that the library holds now, in any of its generations, and of no other. */
async function sweepCache(
  cache: EmbeddingCache,
  generations: readonly { id: number; modelVersion: string }[],
  { db, signal, step }: { db: Database; signal: AbortSignal; step: Step },
): Promise<number> {
  const modelOf = new Map(generations.map(({ id, modelVersion }) => [id, modelVersion]));
  const total = db.prepare<[], number>("SELECT count(*) FROM chunks").pluck().get()!;
  const slice = db.prepare<
    [number, number],
    { key: number; generation: number; tenant: string; title: string; headingPath: string; text: string }
  >(
    `SELECT c.key, c.key >> 32 AS generation, d.tenant, d.title, c.heading_path AS headingPath, t.text
     FROM chunks c JOIN documents d ON d.key = c.document_key JOIN chunk_texts t ON t.chunk_key = c.key
     WHERE c.key > ? ORDER BY c.key LIMIT ?`,
  );
  const wanted: number[] = [];
  for (let after = -1, last = 0; after !== last; ) {
    last = after;
    after = await step("cache", wanted.length, total, () => {
      const chunks = slice.all(last, READ_CHUNKS);
      for (const { generation, tenant, title, headingPath, text } of chunks) {
        const space = { tenant, modelVersion: modelOf.get(generation) ?? "", kind: "passage" } as const;
        const passage = passageOf(title, JSON.parse(headingPath) as string[], text);
        wanted.push(...cache.tagsOf(cache.keysOf(space, [passage])));
      }
      return chunks.at(-1)?.key ?? last;
    });
  }
  return cache.retain(Float64Array.from(wanted), signal);
}

function bytesOf(library: string): number {
  const database = databasePath(library);
  const files = [database, `${database}-wal`, cachePath(library), `${cachePath(library)}-wal`];
  return files.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}
