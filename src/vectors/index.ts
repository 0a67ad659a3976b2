// Vectors under row numbers, and the search for the nearest. Knows nothing of documents, models or SQLite.

export type { CalibrationStatus } from "./calibration.js";
export type { Plan, PlanRequest } from "./choose-plan.js";
export type { CodeOptions } from "./code-upkeep.js";
export { type CopiedIndexFiles, copyIndexFiles } from "./copy-index-files.js";
export type { GraphBuildProgress } from "./graph-build.js";
export { RowBitmap } from "./row-bitmap.js";
export { type VectorFormat, vectorFormats } from "./vector-format.js";
export {
  type BuildGraphOptions,
  openVectorIndex,
  type SearchOptions,
  type SearchResult,
  type VectorIndex,
  type VectorIndexOptions,
  type VectorStatus,
} from "./vector-index.js";
export type { CodeStatus, GraphPlace, GraphStatus } from "./vector-searcher.js";
