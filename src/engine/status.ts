// What `status` tells of an open library.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { packageVersion } from "../package-root.js";
import { formatVersion, type Generation, type StoreReader } from "../store/index.js";
import type { VectorIndex, VectorStatus } from "../vectors/index.js";
import type { ChosenModels } from "./choose-models.js";

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
    /** All files of the folder. */
    bytes: number;
  };
  generation: {
    id: number;
    model: string;
    dimensions: number;
    chunking: { maxTokens: number; overlapTokens: number };
    createdAt: string;
  };
  models: { biEncoder: string; crossEncoder: string | null };
  vectors: VectorStatus;
  /** Files of the runs in progress. */
  ingest: { running: boolean; done: number; total: number };
};

export async function collectStatus(parts: {
  library: string;
  readOnly: boolean;
  reader: StoreReader;
  generation: Generation;
  models: ChosenModels;
  vectors: VectorIndex;
  progress: { running: number; done: number; total: number };
}): Promise<Status> {
  const { library, readOnly, reader, generation, models, vectors, progress } = parts;
  const [counts, bytes, vectorStatus] = await Promise.all([
    reader.call("counts", null),
    folderBytes(library),
    vectors.status(),
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
    models: { biEncoder: models.biEncoder.version, crossEncoder: models.crossEncoder?.version ?? null },
    vectors: vectorStatus,
    ingest: { running: progress.running > 0, done: progress.done, total: progress.total },
  };
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // A file may vanish between listing and looking: SQLite's own side files do.
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
