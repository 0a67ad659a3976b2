// What a check finds, and the causes that findings speak for.

import type { Remedy } from "../remedies.js";
import { remedies } from "../remedies.js";

export type Cause =
  | "failed-ingest"
  | "mixed-versions"
  | "stale-documents"
  | "poisoned-cache"
  | "foreign-domain"
  | "altered-preprocessing"
  | "swapped-prefixes"
  | "truncated-input"
  | "altered-model"
  | "query-domain"
  | "coarse-quantization"
  | "overload";

export const causes: Readonly<Record<Cause, { title: string; remedy: Remedy }>> = {
  "failed-ingest": { title: "Part of the newest batch could not be read", remedy: remedies.refresh },
  "mixed-versions": {
    title: "Vectors of different models or text pipelines stand side by side",
    remedy: remedies.migrate,
  },
  "stale-documents": { title: "Documents have changed since they were indexed", remedy: remedies.refresh },
  "poisoned-cache": {
    title: "The cache gives vectors that the model does not",
    remedy: remedies.clearCache,
  },
  "foreign-domain": {
    title: "The newest batch is about something else than the library",
    remedy: remedies.ownLibrary,
  },
  "altered-preprocessing": {
    title: "The texts of the newest batch were prepared differently",
    remedy: remedies.reindexBatch,
  },
  "swapped-prefixes": {
    title: "Queries and passages were embedded with each other's prefix",
    remedy: remedies.importModel,
  },
  "truncated-input": { title: "The model does not read texts to their end", remedy: remedies.shorterChunks },
  "altered-model": {
    title: "Stored vectors are not what the model gives for their texts",
    remedy: remedies.reindexAll,
  },
  "query-domain": { title: "People ask for what the library does not hold", remedy: remedies.addDocuments },
  "coarse-quantization": {
    title: "The search over quantized vectors misses what is nearest",
    remedy: remedies.higherRecall,
  },
  overload: { title: "Stages of search are left out because they are late", remedy: remedies.status },
};

/** How far a finding alone speaks for a cause: 0 not at all, 1 beyond doubt. A negative weight speaks against it. */
export type Hint = { cause: Cause; weight: number };

export type Figure = { name: string; value: number | string; limit?: number | string };

/** `fine`: looked and found nothing. `notice`: worth knowing, no fault. `unknown`: facts are missing. */
export type FindingStatus = "fine" | "notice" | "suspicious" | "unknown";

export type Finding = {
  check: string;
  title: string;
  status: FindingStatus;
  sentence: string;
  figures: Figure[];
  hints: Hint[];
};
