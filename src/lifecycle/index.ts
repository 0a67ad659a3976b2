// The life of a library beyond indexing and searching: snapshots, what is kept of them, and what happens by the clock.

export type { DuplicateGroup, DuplicatePage, DuplicateQuery } from "./duplicates.js";
export type { ReportVerbs } from "./report-worker.js";
export { type ReportClient, startReports } from "./reports.js";
export type { Restored, RestoreProgress } from "./restore.js";
export { checkRetention, type PruneReport, type RetentionPolicy } from "./retention.js";
export { type Schedule, type ScheduleOptions, startSchedule } from "./schedule.js";
export type { SnapshotMade, SnapshotModel, SnapshotProgress } from "./snapshot.js";
export type { ListedSnapshot, SnapshotInfo } from "./snapshot-folder.js";
export {
  listSnapshots,
  pruneSnapshots,
  removeSnapshot,
  restoreSnapshot,
  snapshotPath,
  takeSnapshot,
  verifySnapshot,
} from "./snapshots.js";
export type {
  StaleDocument,
  StalePage,
  StaleWork,
} from "./stale-documents.js";
export { type StalenessPolicy, stalenessPolicies } from "./staleness.js";
export {
  type VacuumOptions,
  type VacuumPhase,
  type VacuumProgress,
  type VacuumReport,
  vacuum,
} from "./vacuum.js";
export type { SnapshotFault, VerifyReport } from "./verify-snapshot.js";
