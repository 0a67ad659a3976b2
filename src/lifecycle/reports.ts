// The caller's side of the thread for reports.

import { startWorker, type WorkerClient } from "../threads/worker-client.js";
import type { ReportVerbs } from "./report-worker.js";

export type ReportClient = WorkerClient<ReportVerbs>;

/** Opens an existing library for reports on a thread of its own. */
export function startReports(library: string): Promise<ReportClient> {
  return startWorker<ReportVerbs>(new URL("./report-worker.js", import.meta.url), { library }, "reports");
}
