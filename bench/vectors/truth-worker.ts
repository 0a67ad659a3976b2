// A thread that scans its share of the rows for the ground truth.

import { open } from "node:fs/promises";
import { workerData } from "node:worker_threads";
import type { CallContext } from "../../src/threads/protocol.js";
import { serve } from "../../src/threads/serve.js";
import { NearestLists, scanSlice, truthSets } from "./exact-scan.js";
import { readAll, readRows, type VectorSet } from "./vector-file.js";

export type TruthWorkerData = { vectors: VectorSet; from: number; to: number; depth: number };

const rowsPerSlice = 512;

const { vectors, from, to, depth } = workerData as TruthWorkerData;

async function scan(_: undefined, { progress }: CallContext): Promise<Map<string, NearestLists>> {
  const { dimensions, path } = vectors.rows;
  const queries = await readAll(vectors.queries);
  const lists = new Map(truthSets.map((name) => [name, new NearestLists(vectors.queries.rows, depth)]));
  const file = await open(path);
  try {
    for (let first = from; first < to; first += rowsPerSlice) {
      const last = Math.min(first + rowsPerSlice, to);
      scanSlice(await readRows(file, dimensions, first, last), first, queries, dimensions, lists);
      progress(last - from);
    }
  } finally {
    await file.close();
  }
  return lists;
}

const verbs = { scan };
export type TruthVerbs = typeof verbs;

await serve(async () => ({ verbs }));
