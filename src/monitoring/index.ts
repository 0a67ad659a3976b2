// Watching an open library: wires the quality room to its searches, its ingestion and its models.

export type { CostReport, Diagnosis, HealthReport } from "../quality/index.js";
export type { Alert, AlertNews } from "./alert-keeper.js";
export { ConfidenceScales } from "./confidence-scales.js";
export type { Metric } from "./metrics.js";
export { type CostGrouping, isLowConfidence, Monitor, type MonitorVerbs } from "./monitor.js";
export { checkMonitoring, type MonitoringOptions, monitoringOptionsSchema } from "./options.js";
export type { HealthOverview, WatchedRun } from "./overview.js";
export type { MinutePoint } from "./query-log.js";
export type { WatchedArm } from "./watched-arm.js";
