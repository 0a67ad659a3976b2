// The engine's public face: everything that the command line, the HTTP server and the library offer comes through here.

export {
  type DuplicateGroup,
  type DuplicatePage,
  type DuplicateQuery,
  type ListedSnapshot,
  listSnapshots,
  type PruneReport,
  type RetentionPolicy,
  removeSnapshot,
  restoreSnapshot,
  type SnapshotInfo,
  type SnapshotMade,
  type StaleDocument,
  type StalenessPolicy,
  type StalePage,
  snapshotPath,
  stalenessPolicies,
  type VacuumProgress,
  type VacuumReport,
  type VerifyReport,
  verifySnapshot,
} from "../lifecycle/index.js";
export type {
  Alert,
  AlertNews,
  CostGrouping,
  CostReport,
  Diagnosis,
  HealthOverview,
  Metric,
  MinutePoint,
  MonitorVerbs,
  WatchedRun,
} from "../monitoring/index.js";
export type { ArmFigures } from "./arm-figures.js";
export type { CacheStatus, CacheVerbs } from "./cache.js";
export { documentInputSchema } from "./document-input.js";
export type { DocumentPage, Engine, IngestOptions, PutOptions } from "./engine-verbs.js";
export type { InstalledModel } from "./installed-models.js";
export type { JobRequest, SubmitOptions } from "./job-order.js";
export type { IngestProgress, JobPage, JobVerbs } from "./jobs.js";
export { type JudgedQuery, judgedQuerySchema } from "./judged-query.js";
export {
  type MigrationRequest,
  type MigrationSide,
  type MigrationStatus,
  type MigrationVerbs,
  migrationRequestSchema,
  splitSchema,
} from "./migration-options.js";
export { modelDirectories, userFolder } from "./model-directories.js";
export { openEngine } from "./open-engine.js";
export type { Chunking, EngineOptions } from "./options.js";
export type { JudgedSource, RankingLearned, RankingVerbs } from "./ranking.js";
export { duplicateQuerySchema } from "./reports.js";
export { type Feedback, feedbackSchema } from "./search-memory.js";
export { type SnapshotScheduleOptions, scheduleSnapshots } from "./snapshot-schedule.js";
export {
  pruneLibrarySnapshots,
  type SnapshotOptions,
  type SnapshotVerbs,
  snapshotDirectory,
  snapshotLibrary,
} from "./snapshots.js";
export { type StaleQuery, type StaleReport, type StaleVerbs, staleQuerySchema } from "./stale.js";
export type { Status } from "./status.js";
export { type Suggestion, type SuggestQuery, suggestQuerySchema } from "./suggest.js";
export type { Tenant, TenantDropped, TenantSummary } from "./tenants.js";
export type { TuneOptions, TuneReport } from "./tune.js";
export type { TuningStatus } from "./tuning-runs.js";
export type { VacuumRunOptions, VacuumStatus } from "./vacuums.js";
export type { WatchOptions } from "./watching.js";
