// The thread that computes what watching needs: it comes and goes with each look, reads the library and writes nothing.

import { workerData } from "node:worker_threads";
import type { JudgedHealth } from "../ingest/index.js";
import { openReader } from "../store/index.js";
import { serve } from "../threads/serve.js";
import { type JudgeRequest, judgeHealth } from "./judge-health.js";
import { type KnownQuery, knownQueries } from "./known-queries.js";
import { nearestRows, type StoredFacts, storedFacts } from "./stored-facts.js";

export type HealthVerbs = {
  judge(argument: JudgeRequest): JudgedHealth;
  knownQueries(argument: { count: number }): KnownQuery[];
  facts(argument: { run: number | undefined }): StoredFacts;
  /** For each query, the rows that are truly nearest. */
  nearest(argument: { queries: Float32Array; k: number }): Uint32Array[];
};

const { library, generation } = workerData as { library: string; generation: number };

await serve<HealthVerbs>(async () => {
  const reader = openReader(library, generation);
  return {
    verbs: {
      judge: (request) => judgeHealth(reader, request, Math.random),
      knownQueries: ({ count }) => knownQueries(reader, count, Math.random),
      facts: ({ run }) => storedFacts(library, reader, run, Math.random),
      nearest: ({ queries, k }) => nearestRows(reader, queries, k),
    },
    close: () => reader.close(),
  };
});
