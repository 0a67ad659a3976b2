// What comes into the queue, and what it tells: of jobs, to whoever follows them, and of rows, to the index in memory.

import type { BatchWritten, FilesMoved, Job, JobKind, JobPriority, RowsWritten } from "../store/index.js";
import type { WireError } from "../threads/protocol.js";
import type { IngestReport, PutReport, RemoveReport } from "./job-outcome.js";
import type { PathProgress } from "./path-items.js";
import type { FillProgress } from "./shadow-filler.js";

export type Submission = {
  /** Whose job it is; '' for nobody's. Ids in the payload are scoped already. */
  tenant: string;
  kind: JobKind;
  priority: JobPriority;
  subject: string;
  total: number | null;
  /** JSON in UTF-8, as job-payload.ts has it. */
  payload: Uint8Array;
  /**
   * Of a caller that waits: it is told progress and end of the job under this number, and a failure that no try can mend is
   * not kept for anybody else. undefined: nobody waits.
   */
  ticket: number | undefined;
};

export type JobOutcome =
  | { kind: "put"; report: PutReport }
  | { kind: "remove"; report: RemoveReport }
  | { kind: "paths"; report: IngestReport }
  | { kind: "error"; error: WireError };

export type QueueEvent =
  /** A job has changed. */
  | { kind: "job"; job: Job }
  /** For whoever waits: how far the job is, and its end. */
  | { kind: "progress"; ticket: number; progress: PathProgress | { kind: "indexed"; chunks: number } }
  | { kind: "outcome"; ticket: number; outcome: JobOutcome }
  | { kind: "written"; written: BatchWritten }
  | { kind: "removed"; rows: Uint32Array }
  | { kind: "moved"; moved: FilesMoved }
  /** What the shadow generation has gained or lost, how far it is, and that it has become the active one, which is its shadow now. */
  | { kind: "shadow-written"; generation: number; written: RowsWritten }
  | { kind: "shadow-removed"; rows: Uint32Array<ArrayBuffer> }
  | { kind: "shadow-filled"; progress: FillProgress }
  | { kind: "swapped" }
  /** What came in together is over, and its sample is stored. */
  | { kind: "run"; id: number }
  | { kind: "notice"; notice: string };
