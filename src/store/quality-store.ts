// Writing what watching quality keeps: runs with their samples, the baseline, what is known of a generation, minutes, alerts, costs.
// None of it is worth waiting for the disk: what a crash of the machine takes is watched anew.

import type { Database } from "better-sqlite3";
import { chunkKey, chunkKeyRange } from "./chunk-key.js";

export type IngestRun = {
  id: number;
  generation: number;
  modelVersion: string;
  startedMs: number;
  finishedMs: number;
  jobs: number;
  /** Documents that were written, and documents and files that could not be. */
  documents: number;
  failed: number;
  chunks: number;
  /** Passages that went through the encoder, and those of them that it did not read to their end. */
  embedded: number;
  truncated: number;
  tokens: number;
  /** JSON; null: not judged yet. */
  health: string | null;
};

/** A chunk's row, and the length of its vector before it was normalised; NaN where that is not known. */
export type SampledRow = { row: number; norm: number };

export type StoredCost = {
  /** UTC, YYYY-MM-DD. */
  day: string;
  tenant: string;
  model: string;
  texts: number;
  tokens: number;
  cpuMs: number;
  savedTexts: number;
  savedTokens: number;
};

export type StoredAlertEvent = { atMs: number; event: string };

/** A vector of the baseline; `norm` NaN: not known. */
export type BaselineRow = { documentKey: number; norm: number };

export type QualityStore = {
  /** Stores a run with a sample of it; forgets the oldest ones. Rows that are gone by now are left out. */
  endRun(run: Omit<IngestRun, "id" | "health">, sample: readonly SampledRow[]): number;
  /** Replaces the sample of a whole generation; `state` is what goes on with it. Returns those of its rows that are alive. */
  keepIndexSample(generation: number, sample: readonly SampledRow[], state: string): Set<number>;
  judgeRun(id: number, health: string): void;
  /** Replaces the baseline. Documents that are gone by now are left out. */
  keepBaseline(generation: number, rows: readonly BaselineRow[], vectors: Float32Array): void;
  /** Keeps what is known of a generation; null forgets it. Of a generation that is gone nothing is kept. */
  keepState(generation: number, name: string, value: string | null): void;
  /** Replaces minutes by their number, and forgets those before `firstKept`. */
  keepMinutes(minutes: readonly { minute: number; record: string }[], firstKept: number): void;
  keepAlerts(states: Readonly<Record<string, string>>, events: readonly StoredAlertEvent[]): void;
  /** Adds to what is stored of the same day, tenant and model. Of a tenant without documents nothing is kept: it may have been dropped. */
  addCosts(costs: readonly StoredCost[]): void;
  /** Forgets what a tenant has cost, whose documents are gone. */
  forgetTenant(tenant: string): void;
};

const KEPT_RUNS = 20;
const KEPT_EVENTS = 200;

/** `lightly` does its work as one transaction, without waiting for the disk. */
export function openQualityStore(db: Database, lightly: <T>(work: () => T) => T): QualityStore {
  const insertRun = db.prepare(
    `INSERT INTO ingest_runs (generation, model_version, started_ms, finished_ms, jobs, documents, failed, chunks, embedded,
       truncated, tokens)
     VALUES ($generation, $modelVersion, $startedMs, $finishedMs, $jobs, $documents, $failed, $chunks, $embedded, $truncated,
       $tokens)`,
  );
  const oldRuns = "SELECT id FROM ingest_runs ORDER BY id DESC LIMIT -1 OFFSET ?";
  const forgetSamples = db.prepare(`DELETE FROM sampled_chunks WHERE run IN (${oldRuns})`);
  const forgetRuns = db.prepare(`DELETE FROM ingest_runs WHERE id IN (${oldRuns})`);
  const sampleChunk = db.prepare(
    "INSERT INTO sampled_chunks (run, chunk_key, norm) SELECT ?, key, ? FROM chunks WHERE key = ? ON CONFLICT DO NOTHING",
  );
  const forgetIndexSample = db.prepare("DELETE FROM sampled_chunks WHERE run = 0 AND chunk_key BETWEEN ? AND ?");
  const judge = db.prepare("UPDATE ingest_runs SET health = ? WHERE id = ?");
  const forgetBaseline = db.prepare("DELETE FROM baseline_vectors WHERE generation = ?");
  const insertBaseline = db.prepare(
    `INSERT INTO baseline_vectors (generation, document_key, norm, vector)
     SELECT g.id, d.key, ?, ? FROM generations g, documents d WHERE g.id = ? AND d.key = ?`,
  );
  const keepState = db.prepare(
    `INSERT INTO quality_states (generation, name, value) SELECT id, ?, ? FROM generations WHERE id = ?
     ON CONFLICT DO UPDATE SET value = excluded.value`,
  );
  const forgetState = db.prepare("DELETE FROM quality_states WHERE generation = ? AND name = ?");
  const keepMinute = db.prepare(
    "INSERT INTO query_minutes (minute, record) VALUES (?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
  );
  const forgetMinutes = db.prepare("DELETE FROM query_minutes WHERE minute < ?");
  const forgetAlerts = db.prepare("DELETE FROM alert_states");
  const keepAlert = db.prepare("INSERT INTO alert_states (rule, state) VALUES (?, ?)");
  const insertEvent = db.prepare("INSERT INTO alert_events (at_ms, event) VALUES (?, ?)");
  const forgetEvents = db.prepare(
    "DELETE FROM alert_events WHERE id IN (SELECT id FROM alert_events ORDER BY id DESC LIMIT -1 OFFSET ?)",
  );
  const addCost = db.prepare(
    `INSERT INTO embedding_costs (day, tenant, model, texts, tokens, cpu_ms, saved_texts, saved_tokens)
     SELECT $day, $tenant, $model, $texts, $tokens, $cpuMs, $savedTexts, $savedTokens
     WHERE $tenant = '' OR EXISTS (SELECT 1 FROM documents WHERE tenant = $tenant)
     ON CONFLICT DO UPDATE SET texts = texts + excluded.texts, tokens = tokens + excluded.tokens,
       cpu_ms = cpu_ms + excluded.cpu_ms, saved_texts = saved_texts + excluded.saved_texts,
       saved_tokens = saved_tokens + excluded.saved_tokens`,
  );
  const forgetCosts = db.prepare("DELETE FROM embedding_costs WHERE tenant = ?");

  const sampled = (run: number, generation: number, sample: readonly SampledRow[]): Set<number> => {
    const alive = new Set<number>();
    for (const { row, norm } of sample) {
      const { changes } = sampleChunk.run(run, Number.isFinite(norm) ? norm : null, chunkKey(generation, row));
      if (changes > 0) alive.add(row);
    }
    return alive;
  };

  return {
    endRun: (run, sample) =>
      lightly(() => {
        const id = Number(insertRun.run(run).lastInsertRowid);
        sampled(id, run.generation, sample);
        forgetSamples.run(KEPT_RUNS);
        forgetRuns.run(KEPT_RUNS);
        return id;
      }),
    keepIndexSample: (generation, sample, state) =>
      lightly(() => {
        const { first, last } = chunkKeyRange(generation);
        forgetIndexSample.run(first, last);
        keepState.run("index-sample", state, generation);
        return sampled(0, generation, sample);
      }),
    judgeRun: (id, health) => lightly(() => void judge.run(health, id)),
    keepBaseline: (generation, rows, vectors) =>
      lightly(() => {
        forgetBaseline.run(generation);
        const width = vectors.length / Math.max(1, rows.length);
        rows.forEach(({ documentKey, norm }, i) => {
          const vector = new Uint8Array(vectors.slice(i * width, (i + 1) * width).buffer);
          insertBaseline.run(Number.isFinite(norm) ? norm : null, vector, generation, documentKey);
        });
      }),
    keepState: (generation, name, value) =>
      lightly(() => {
        if (value === null) forgetState.run(generation, name);
        else keepState.run(name, value, generation);
      }),
    keepMinutes: (minutes, firstKept) =>
      lightly(() => {
        for (const { minute, record } of minutes) keepMinute.run(minute, record);
        forgetMinutes.run(firstKept);
      }),
    keepAlerts: (states, events) =>
      lightly(() => {
        forgetAlerts.run();
        for (const [rule, state] of Object.entries(states)) keepAlert.run(rule, state);
        for (const { atMs, event } of events) insertEvent.run(atMs, event);
        forgetEvents.run(KEPT_EVENTS);
      }),
    addCosts: (costs) =>
      lightly(() => {
        for (const cost of costs) addCost.run(cost);
      }),
    forgetTenant: (tenant) => lightly(() => void forgetCosts.run(tenant)),
  };
}
