// What `status` tells of an open library.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { packageVersion } from "../package-root.js";
import { formatVersion, type Generation, type QueueDepth, type StoreReader } from "../store/index.js";
import type { VectorIndex, VectorStatus } from "../vectors/index.js";
import type { CacheStatus } from "./cache.js";
import type { ChosenModels } from "./choose-models.js";
import type { RankingLearned } from "./ranking.js";
import { snapshotDirectory } from "./snapshots.js";
import type { VacuumStatus } from "./vacuums.js";

export type Status = {
  /** Version of Lodestone. */
  version: string;
  library: {
    path: string;
    formatVersion: number;
    readOnly: boolean;
    documents: number;
    chunks: number;
    tokens: number;
    characters: number;
    /** All files of the folder but for its snapshots. */
    bytes: number;
  };
  generation: {
    id: number;
    model: string;
    dimensions: number;
    chunking: { maxTokens: number; overlapTokens: number };
    createdAt: string;
  };
  models: { biEncoder: string; sparseEncoder: string | null; crossEncoder: string | null };
  /** How the lists are fused, where that was learned; null: as the bi-encoder's manifest recommends. */
  ranking: RankingLearned | null;
  vectors: VectorStatus;
  cache: CacheStatus;
  vacuum: VacuumStatus;
  /** Files of the runs in progress. */
  ingest: { running: boolean; done: number; total: number };
  /** Jobs that are not done, and the bytes that were submitted with them. */
  queue: QueueDepth;
};

export async function collectStatus(parts: {
  library: string;
  readOnly: boolean;
  reader: StoreReader;
  generation: Generation;
  models: ChosenModels;
  ranking: RankingLearned | undefined;
  vectors: VectorIndex;
  cache: Promise<CacheStatus>;
  vacuum: Promise<VacuumStatus>;
  ingest: Status["ingest"];
}): Promise<Status> {
  const { library, readOnly, reader, generation, models, vectors, ingest } = parts;
  const [counts, bytes, vectorStatus, cache, vacuum, queue] = await Promise.all([
    reader.call("counts", null),
    folderBytes(library),
    vectors.status(),
    parts.cache,
    parts.vacuum,
    reader.call("queueDepth", null),
  ]);
  return {
    version: packageVersion,
    library: { path: library, formatVersion, readOnly, ...counts, bytes },
    generation: {
      id: generation.id,
      model: generation.modelVersion,
      dimensions: generation.dimensions,
      chunking: { maxTokens: generation.maxTokens, overlapTokens: generation.overlapTokens },
      createdAt: new Date(generation.createdAtMs).toISOString(),
    },
    models: {
      biEncoder: models.biEncoder.version,
      sparseEncoder: generation.sparseModelVersion,
      crossEncoder: models.crossEncoder?.version ?? null,
    },
    ranking: parts.ranking ?? null,
    vectors: vectorStatus,
    cache,
    vacuum,
    ingest,
    queue,
  };
}

/** Bytes of a library's files, snapshots aside. */
export async function folderBytes(folder: string): Promise<number> {
  const snapshots = snapshotDirectory(folder);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // A file may vanish between listing and looking: SQLite's own side files do.
  const sizes = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(snapshots))
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
