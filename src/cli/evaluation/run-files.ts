// Runs, judgements and single queries' values as files.

import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { LodestoneError, messageOf } from "../../errors.js";
import {
  formatPerQuery,
  formatRun,
  type Measure,
  parseQrels,
  parseRun,
  type Qrels,
  type RunSummary,
  summariseRun,
} from "../../evaluation/index.js";
import type { Evaluated } from "./evaluate.js";

/** Stands for the collection's name in the path of a run file. */
const COLLECTION = "{collection}";

/** Writes lines to a file; the folder is made where there is none. */
export async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(Readable.from(lines), createWriteStream(path));
}

/** A TREC run file a stage: FOLDER/COLLECTION.STAGE.run */
export async function writeRuns({ name, stages }: Evaluated, folder: string): Promise<void> {
  for (const { name: stage, run } of stages) {
    await writeLines(join(folder, `${name}.${stage}.run`), formatRun(run, `lodestone-${stage}`));
  }
}

/** Columns collection, stage, measure, query and value under a header, with tabs between them; means have "all" as query. */
export function* perQueryLines(evaluated: readonly Evaluated[]): Generator<string> {
  yield "collection\tstage\tmeasure\tquery\tvalue\n";
  for (const { name, stages } of evaluated) {
    for (const stage of stages) {
      for (const line of formatPerQuery(stage.summary)) yield `${name}\t${stage.name}\t${line}`;
    }
  }
}

export async function readRunFile(path: string, qrels: Qrels, measures: readonly Measure[]): Promise<RunSummary> {
  return summariseRun(parseRun(await linesOf(path, "run file"), path), qrels, measures);
}

export async function readQrelsFile(path: string): Promise<Qrels> {
  const qrels = parseQrels(await linesOf(path, "qrels file"), path);
  if (qrels.size > 0) return qrels;
  throw new LodestoneError("INVALID_INPUT", `${path} has no judgements.`, { detail: { path } });
}

/** The runs that `path` names for collections: with several, it has {collection} in it. */
export async function readBaselineRuns(
  path: string,
  collections: readonly { name: string; qrels: Qrels }[],
  measures: readonly Measure[],
): Promise<{ name: string; summaryOf(collection: string): RunSummary }> {
  if (collections.length > 1 && !path.includes(COLLECTION)) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `A run is of one collection. For several, write ${COLLECTION} in the path: --baseline runs/${COLLECTION}.bm25.run`,
    );
  }
  const summaries = new Map<string, RunSummary>();
  for (const { name, qrels } of collections) {
    summaries.set(name, await readRunFile(path.replaceAll(COLLECTION, name), qrels, measures));
  }
  return {
    name: basename(path).replaceAll(`${COLLECTION}.`, ""),
    summaryOf: (collection) => summaries.get(collection)!,
  };
}

async function linesOf(path: string, what: string): Promise<string[]> {
  try {
    return (await readFile(path, "utf8")).replace(/^\ufeff/, "").split("\n");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new LodestoneError(
      isMissing ? "PATH_NOT_FOUND" : "FILE_UNREADABLE",
      isMissing ? `The ${what} ${path} does not exist.` : `The ${what} ${path} cannot be read: ${messageOf(error)}.`,
      { cause: error, detail: { path } },
    );
  }
}
