// Vectors under row numbers, and the search for the nearest. Knows nothing of documents, models or SQLite.

export type { CalibrationStatus } from "./calibration.js";
export { type Plan, type PlanRequest, planRequests } from "./choose-plan.js";
export { type CodeOptions, defaultCodes } from "./code-upkeep.js";
export { type CopiedIndexFiles, copyIndexFiles } from "./copy-index-files.js";
export type { DiskOptions } from "./disk-mending.js";
export type { GraphBuildProgress } from "./graph-build.js";
export type { GraphCalibrationStatus } from "./graph-calibration.js";
export type { GraphPlace, GraphStatus } from "./graph-search.js";
export { RowBitmap } from "./row-bitmap.js";
export type { FoundVectors } from "./vector-file.js";
export { type VectorFormat, vectorFormats } from "./vector-format.js";
export {
  type BuildGraphOptions,
  openVectorIndex,
  type SavedCodesPlace,
  type SearchOptions,
  type SearchResult,
  type VectorIndex,
  type VectorIndexOptions,
  type VectorStatus,
} from "./vector-index.js";
export type { CodeStatus } from "./vector-searcher.js";
