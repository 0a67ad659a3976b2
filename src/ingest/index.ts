// Getting documents into a library: the client of the thread that reads, embeds and writes.

import { startWorker, type WorkerClient } from "../threads/worker-client.js";
import type { IngestVerbs, IngestWorkerData } from "./ingest-worker.js";

export { type OnDuplicate, onDuplicateChoices } from "./duplicate-guard.js";
export type { IndexModels } from "./index-models.js";
export type { DocumentInput } from "./ingest-worker.js";
export { type IngestReport, type PutReport, type RemoveReport, reportOf } from "./job-outcome.js";
export type { JobPayloadInput } from "./job-payload.js";
export type { PathOptions, PathProgress } from "./path-items.js";
export type { JudgedHealth, WatchedMinute } from "./quality-verbs.js";
export type { JobOutcome, QueueEvent, Submission } from "./queue-event.js";
export type { FillProgress } from "./shadow-filler.js";
export { startWatcher, type WatchEvent, type Watcher } from "./watcher.js";

export type IngestClient = WorkerClient<IngestVerbs>;

/** Takes the library's writing lock and opens it, creating it where it does not exist. Throws LIBRARY_LOCKED. */
export function startIngest(data: IngestWorkerData): Promise<IngestClient> {
  return startWorker<IngestVerbs>(new URL("./ingest-worker.js", import.meta.url), data, "ingest");
}
