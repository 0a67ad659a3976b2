// Ground truth of a set of vectors: the nearest rows of every query, of all rows, of each filter's and of those that the
// deletes leave. Found by the scan of exact-scan.ts on all cores and kept in the cache folder.

import { createHash } from "node:crypto";
import { open, readFile, rename, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { startWorker } from "../../src/threads/worker-client.js";
import { NearestLists, truthSets } from "./exact-scan.js";
import type { TruthVerbs, TruthWorkerData } from "./truth-worker.js";
import type { VectorSet } from "./vector-file.js";

/** Rows and scores of one query, best first. */
export type Nearest = { rows: Uint32Array; scores: Float64Array };
export type GroundTruth = { depth: number; of(set: string, query: number): Nearest };

type Stored = Map<string, Pick<NearestLists, "rows" | "scores" | "lengths">>;

// Part of the name of cached files: raise it with any change to the sets or to what is kept.
const truthVersion = 1;

export async function groundTruth(
  folder: string,
  vectors: VectorSet,
  depth: number,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<GroundTruth> {
  const path = join(folder, `truth-${await keyOf(vectors, depth)}.bin`);
  const kept = await readFile(path).catch(() => undefined);
  let stored: Stored;
  if (kept) {
    stored = deserialize(kept) as Stored;
  } else {
    stored = await scanOnAllCores(vectors, depth, onProgress);
    await writeFile(`${path}.part`, serialize(stored));
    await rename(`${path}.part`, path);
  }
  return {
    depth,
    of(set, query) {
      const lists = stored.get(set);
      if (!lists) throw new Error(`There is no ground truth of "${set}".`);
      const start = query * depth;
      const end = start + lists.lengths[query]!;
      return { rows: lists.rows.subarray(start, end), scores: lists.scores.subarray(start, end) };
    },
  };
}

async function scanOnAllCores(
  vectors: VectorSet,
  depth: number,
  onProgress: (done: number, total: number) => void,
): Promise<Stored> {
  const { rows } = vectors.rows;
  const threads = Math.max(1, Math.min(availableParallelism(), Math.ceil(rows / 1000)));
  const done = new Array<number>(threads).fill(0);
  const parts = await Promise.all(
    done.map(async (_, thread) => {
      const from = Math.floor((rows * thread) / threads);
      const to = Math.floor((rows * (thread + 1)) / threads);
      const workerData: TruthWorkerData = { vectors, from, to, depth };
      const worker = await startWorker<TruthVerbs>(new URL("./truth-worker.js", import.meta.url), workerData, "truth");
      try {
        return await worker.call("scan", undefined, {
          onProgress: (value) => {
            done[thread] = value as number;
            onProgress(
              done.reduce((sum, part) => sum + part, 0),
              rows,
            );
          },
        });
      } finally {
        await worker.close();
      }
    }),
  );
  return merged(parts, vectors.queries.rows, depth);
}

/** Parts come in the order of their rows, so that equal scores stay in it too. */
function merged(parts: readonly Stored[], queries: number, depth: number): Stored {
  const whole = truthSets.map((name): [string, NearestLists] => {
    const lists = new NearestLists(queries, depth);
    for (const part of parts) {
      const { rows, scores, lengths } = part.get(name)!;
      for (let query = 0; query < queries; query++) {
        for (let i = query * depth; i < query * depth + lengths[query]!; i++) lists.offer(query, rows[i]!, scores[i]!);
      }
    }
    return [name, lists];
  });
  return new Map(whole.map(([name, { rows, scores, lengths }]) => [name, { rows, scores, lengths }]));
}

/** Of the queries' bytes and of where the rows come from: their files are written once and named after what is in them. */
async function keyOf({ rows, queries }: VectorSet, depth: number): Promise<string> {
  const hash = createHash("sha256").update(
    `${truthVersion}\0${depth}\0${rows.rows}\0${rows.dimensions}\0${queries.rows}\0`,
  );
  const file = await open(rows.path);
  try {
    // The first and the last megabyte of the rows.
    const bytes = rows.rows * rows.dimensions * 4;
    for (const start of [0, Math.max(0, bytes - (1 << 20))]) {
      const part = Buffer.alloc(Math.min(1 << 20, bytes));
      await file.read(part, 0, part.length, start);
      hash.update(part);
    }
  } finally {
    await file.close();
  }
  hash.update((await readFile(queries.path)).subarray(0, queries.rows * queries.dimensions * 4));
  return hash.digest("hex").slice(0, 20);
}
