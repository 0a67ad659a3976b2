// Reading what watching quality keeps. A library of an earlier format that is open for reading only has none of it.

import type { Database } from "better-sqlite3";
import { chunkKeyRange, rowOfChunkKey } from "./chunk-key.js";
import type { BaselineRow, IngestRun, SampledRow, StoredAlertEvent, StoredCost } from "./quality-store.js";

export type Baseline = { rows: BaselineRow[]; vectors: Float32Array<ArrayBuffer> };

/** All that is kept but for samples and costs. */
export type QualityNotes = {
  /** The newest first; of all generations. */
  runs: IngestRun[];
  baselineRows: number;
  /** Of the generation that is read, JSON by name. */
  states: Record<string, string>;
  minutes: string[];
  /** JSON by rule. */
  alertStates: Record<string, string>;
  /** The newest first. */
  alertEvents: StoredAlertEvent[];
  /** Those whose index is still there, the newest first. */
  migrations: BegunMigration[];
};

/** `generation`: the index that it made or makes. */
export type BegunMigration = { generation: number; model: string; startedMs: number };

export type QualityReader = {
  /** `generation`: whose baseline and states; default: the one that is read. */
  notes(generation?: number): QualityNotes;
  state(name: string): string | undefined;
  /** Living rows of a run's sample, ascending; of run 0: of the whole index. */
  sampled(run: number): SampledRow[];
  /** Random living rows, each of another document, ascending. */
  drawRows(count: number, random: () => number): number[];
  documentKeys(rows: readonly number[]): number[];
  baseline(): Baseline;
  costs(): StoredCost[];
  /** Chunks of the generation by the text pipeline that cut them. */
  chunksByPipeline(): Record<string, number>;
  /** Scoped id of each document. */
  idsOf(documentKeys: readonly number[]): string[];
  /** Some chunk of each document that has one. */
  chunkOfEach(documentKeys: readonly number[]): number[];
  /** Files as they were when they were read to their end, at random. */
  files(count: number): { path: string; sizeBytes: number; modifiedAtMs: number }[];
};

export function openQualityReader(db: Database, generationId: () => number): QualityReader {
  const exists = () => db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'ingest_runs'").get() !== undefined;
  const normOf = (norm: number | null) => norm ?? Number.NaN;
  const range = () => chunkKeyRange(generationId());
  const object = (rows: { name: string; value: string }[]) =>
    Object.fromEntries(rows.map(({ name, value }) => [name, value]));

  return {
    notes(generation = generationId()) {
      if (!exists()) {
        return { runs: [], baselineRows: 0, states: {}, minutes: [], alertStates: {}, alertEvents: [], migrations: [] };
      }
      return db.transaction(() => ({
        migrations: db
          .prepare<[], BegunMigration>(
            `SELECT m.target AS generation, g.model_version AS model, m.started_at_ms AS startedMs
             FROM migrations m JOIN generations g ON g.id = m.target ORDER BY m.id DESC`,
          )
          .all(),
        runs: db
          .prepare<[], IngestRun>(
            `SELECT id, generation, model_version AS modelVersion, started_ms AS startedMs, finished_ms AS finishedMs, jobs,
               documents, failed, chunks, embedded, truncated, tokens, health FROM ingest_runs ORDER BY id DESC`,
          )
          .all(),
        baselineRows: db
          .prepare<[number], number>("SELECT count(*) FROM baseline_vectors WHERE generation = ?")
          .pluck()
          .get(generation)!,
        states: object(
          db
            .prepare<[number], { name: string; value: string }>(
              "SELECT name, value FROM quality_states WHERE generation = ?",
            )
            .all(generation),
        ),
        minutes: db.prepare<[], string>("SELECT record FROM query_minutes ORDER BY minute").pluck().all(),
        alertStates: object(
          db
            .prepare<[], { name: string; value: string }>("SELECT rule AS name, state AS value FROM alert_states")
            .all(),
        ),
        alertEvents: db
          .prepare<[], StoredAlertEvent>("SELECT at_ms AS atMs, event FROM alert_events ORDER BY id DESC LIMIT 50")
          .all(),
      }))();
    },
    state(name) {
      if (!exists()) return undefined;
      return db
        .prepare<[number, string], string>("SELECT value FROM quality_states WHERE generation = ? AND name = ?")
        .pluck()
        .get(generationId(), name);
    },
    sampled(run) {
      if (!exists()) return [];
      const { first, last } = range();
      return db
        .prepare<[number, number, number], { key: number; norm: number | null }>(
          "SELECT chunk_key AS key, norm FROM sampled_chunks WHERE run = ? AND chunk_key BETWEEN ? AND ? ORDER BY chunk_key",
        )
        .all(run, first, last)
        .map(({ key, norm }) => ({ row: rowOfChunkKey(key), norm: normOf(norm) }));
    },
    drawRows(count, random) {
      const { first, last } = range();
      const end = db
        .prepare<[number, number], number | null>("SELECT max(key) FROM chunks WHERE key BETWEEN ? AND ?")
        .pluck()
        .get(first, last);
      if (end === null || end === undefined) return [];
      const at = db.prepare<[number, number], { key: number; documentKey: number }>(
        "SELECT key, document_key AS documentKey FROM chunks WHERE key BETWEEN ? AND ? ORDER BY key LIMIT 1",
      );
      const rows = new Map<number, number>();
      for (let tries = 0; tries < 6 * count && rows.size < count; tries++) {
        const found = at.get(first + Math.floor(random() * (end - first + 1)), end);
        if (found && !rows.has(found.documentKey)) rows.set(found.documentKey, rowOfChunkKey(found.key));
      }
      return [...rows.values()].sort((a, b) => a - b);
    },
    documentKeys(rows) {
      const { first } = range();
      const key = db.prepare<[number], number>("SELECT document_key FROM chunks WHERE key = ?").pluck();
      return rows.flatMap((row) => key.get(first + row) ?? []);
    },
    baseline() {
      if (!exists()) return { rows: [], vectors: new Float32Array(0) };
      const stored = db
        .prepare<[number], { documentKey: number; norm: number | null; vector: Buffer }>(
          "SELECT document_key AS documentKey, norm, vector FROM baseline_vectors WHERE generation = ? ORDER BY rowid",
        )
        .all(generationId());
      const bytes = Uint8Array.from(Buffer.concat(stored.map(({ vector }) => vector)));
      return {
        rows: stored.map(({ documentKey, norm }) => ({ documentKey, norm: normOf(norm) })),
        vectors: new Float32Array(bytes.buffer),
      };
    },
    costs() {
      if (!exists()) return [];
      return db
        .prepare<[], StoredCost>(
          `SELECT day, tenant, model, texts, tokens, cpu_ms AS cpuMs, saved_texts AS savedTexts, saved_tokens AS savedTokens
           FROM embedding_costs ORDER BY day, tenant, model`,
        )
        .all();
    },
    chunksByPipeline() {
      const { first, last } = range();
      const counts = db
        .prepare<[number, number], { pipeline: string; chunks: number }>(
          `SELECT d.pipeline, count(*) AS chunks FROM chunks c JOIN documents d ON d.key = c.document_key
           WHERE c.key BETWEEN ? AND ? GROUP BY d.pipeline`,
        )
        .all(first, last);
      return Object.fromEntries(counts.map(({ pipeline, chunks }) => [pipeline, chunks]));
    },
    idsOf(documentKeys) {
      const id = db.prepare<[number], string>("SELECT id FROM documents WHERE key = ?").pluck();
      return documentKeys.flatMap((key) => id.get(key) ?? []);
    },
    chunkOfEach(documentKeys) {
      const { first, last } = range();
      const any = db
        .prepare<[number, number, number], number | null>(
          "SELECT min(key) FROM chunks WHERE document_key = ? AND key BETWEEN ? AND ?",
        )
        .pluck();
      return documentKeys
        .flatMap((key) => any.get(key, first, last) ?? [])
        .map(rowOfChunkKey)
        .sort((a, b) => a - b);
    },
    files: (count) =>
      db
        .prepare<[number], { path: string; sizeBytes: number; modifiedAtMs: number }>(
          `SELECT path, size_bytes AS sizeBytes, modified_at_ms AS modifiedAtMs FROM files WHERE size_bytes IS NOT NULL
           ORDER BY random() LIMIT ?`,
        )
        .all(count),
  };
}
