// What is known of how fresh each document is: what its policy is decided by, and when it was last compared with where it
// comes from.

import type { Database } from "better-sqlite3";
import type { Metadata } from "../documents/index.js";

export type Freshness = {
  id: string;
  title: string;
  /** Media type. */
  type: string;
  path?: string;
  metadata: Metadata;
  modifiedAtMs?: number;
  /** The policy that came with it. */
  staleness: string | null;
  pipeline: string;
  addedAtMs: number;
  /** How often its content was another one since. */
  changes: number;
  checkedAtMs: number;
  /** The file that it comes from, as it was when it was last read; null size and time: not to its end. */
  file?: { path: string; sizeBytes: number | null; modifiedAtMs: number | null };
};

type Row = {
  id: string;
  title: string;
  type: string;
  path: string | null;
  metadata: string;
  modifiedAtMs: number | null;
  staleness: string | null;
  pipeline: string;
  addedAtMs: number;
  changes: number;
  checkedAtMs: number;
  filePath: string | null;
  sizeBytes: number | null;
  fileModifiedAtMs: number | null;
};

/** All documents of no tenant, by id. */
export function* readFreshness(db: Database): Generator<Freshness> {
  const rows = db.prepare<[], Row>(
    `SELECT d.id, d.title, d.media_type AS type, d.path, d.metadata, d.modified_at_ms AS modifiedAtMs, d.staleness, d.pipeline,
       d.added_at_ms AS addedAtMs, d.changes, d.checked_at_ms AS checkedAtMs, f.path AS filePath, f.size_bytes AS sizeBytes,
       f.modified_at_ms AS fileModifiedAtMs
     FROM documents d LEFT JOIN files f ON f.key = d.file_key WHERE d.tenant = '' ORDER BY d.id`,
  );
  for (const { path, metadata, modifiedAtMs, filePath, sizeBytes, fileModifiedAtMs, ...row } of rows.iterate()) {
    yield {
      ...row,
      metadata: JSON.parse(metadata) as Metadata,
      ...(path === null ? {} : { path }),
      ...(modifiedAtMs === null ? {} : { modifiedAtMs }),
      ...(filePath === null ? {} : { file: { path: filePath, sizeBytes, modifiedAtMs: fileModifiedAtMs } }),
    };
  }
}
