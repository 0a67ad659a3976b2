// Getting documents into a library: the client of the thread that reads, embeds and writes.

import { startWorker, type WorkerClient } from "../threads/worker-client.js";
import type { IngestVerbs, IngestWorkerData } from "./ingest-worker.js";

export type { DocumentInput, IngestEvent, IngestReport, PathOptions, PutReport } from "./ingest-worker.js";

export type IngestClient = WorkerClient<IngestVerbs>;

/** Takes the library's writing lock and opens it, creating it where it does not exist. Throws LIBRARY_LOCKED. */
export function startIngest(data: IngestWorkerData): Promise<IngestClient> {
  return startWorker<IngestVerbs>(new URL("./ingest-worker.js", import.meta.url), data, "ingest");
}
