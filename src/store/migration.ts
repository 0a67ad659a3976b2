// The change from one generation to another, as it is stored: which documents the other side, the shadow, holds by now, and how many of
// a hundred queries it answers. Who answers queries alone is changed in one transaction, and only where the shadow holds every document.

import type { Database } from "better-sqlite3";
import { LodestoneError } from "../errors.js";
import type { ChunkDeleter } from "./delete-chunks.js";
import {
  activeGeneration,
  type Generation,
  type GenerationRecipe,
  generationOf,
  insertGeneration,
  sameRecipe,
} from "./generation.js";
import { checkSparse, type SparseWrite, type StoredModels } from "./sparse-model.js";
import { type ChunkWrite, ChunkWriter, prepareChunkStatements, type RowsWritten } from "./write-chunks.js";

/** Of a hundred queries so many are answered by the target. */
export const migrationShares = [0, 10, 25, 50, 100] as const;
export type MigrationShare = (typeof migrationShares)[number];

export type Migration = {
  id: number;
  /** Generations: the one that was active at the start, and the new one. */
  source: number;
  target: number;
  share: MigrationShare;
  reason: string | null;
  startedAtMs: number;
  endedAtMs: number | null;
  /** JSON, as it was noted. */
  figures: string;
};

export type MigrationState = {
  migration: Migration;
  /** Its generations; undefined for one that is dropped. */
  source: Generation | undefined;
  target: Generation | undefined;
  /** The generation that is active now. */
  active: number;
  /** Documents, and those that the shadow lacks or holds as they were before. */
  documents: number;
  lacking: number;
};

/** A document for the shadow, made of what is stored. */
export type ShadowDocument = {
  key: number;
  id: string;
  title: string;
  /** As it was when the chunks were made of it. */
  contentHash: Uint8Array;
  chunks: ChunkWrite[];
};

export type ShadowBatch = {
  generation: number;
  modelVersion: string;
  documents: ShadowDocument[];
  /** Row-major float32 vectors that the chunks refer to. */
  vectors: Float32Array;
  /** Weighted terms beside each of the vectors, where the shadow has a sparse encoder. */
  sparse?: SparseWrite | undefined;
};

export type MigrationStore = {
  /** The one that has not ended. */
  open(): Migration | undefined;
  /** Throws MIGRATION_RUNNING while another one has not ended, INVALID_INPUT where nothing would change. */
  start(recipe: GenerationRecipe, nowMs: number): Migration;
  /** `reason`: why the target is taken off the queries. Throws MIGRATION_INCOMPLETE where the shadow lacks documents. */
  setShare(share: MigrationShare, reason: string | null): void;
  /** Ids of documents that the shadow lacks, the most used ones first. */
  lacking(limit: number): string[];
  countLacking(): number;
  /**
   * Writes documents into the shadow; those that have changed or gone since are passed over. Throws MODEL_VERSION_MISMATCH for vectors of
   * another model than the shadow's.
   */
  fill(batch: ShadowBatch): RowsWritten;
  /** Makes the shadow active and the active generation its shadow. Throws MIGRATION_INCOMPLETE where documents are lacking. */
  swap(reason: string | null): void;
  /** Ends the migration: the shadow is retired. */
  finish(nowMs: number): Migration;
  noteFigures(figures: string): void;
  /** Adds up how often documents were found. */
  noteUses(uses: readonly { id: string; uses: number }[]): void;
};

const SELECT_MIGRATION = `SELECT id, source, target, share, reason, started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs, figures
  FROM migrations`;

/** The migration that runs, or else the last one that ended. */
export function readMigration(db: Database): MigrationState | undefined {
  return db.transaction(() => {
    const select = `${SELECT_MIGRATION} ORDER BY ended_at_ms IS NULL DESC, id DESC LIMIT 1`;
    const migration = db.prepare<[], Migration>(select).get();
    const active = activeGeneration(db);
    if (!migration || !active) return undefined;
    const documents = db.prepare<[], number>("SELECT count(*) FROM documents").pluck().get()!;
    const lacking = migration.endedAtMs === null ? countLacking(db) : 0;
    const source = generationOf(db, migration.source);
    const target = generationOf(db, migration.target);
    return { migration, source, target, active: active.id, documents, lacking };
  })();
}

const COUNT_LACKING = "SELECT (SELECT count(*) FROM documents) - (SELECT count(*) FROM shadow_documents)";

function countLacking(db: Database): number {
  return db.prepare<[], number>(COUNT_LACKING).pluck().get()!;
}

/** `deleterOf` gives the deleter of a generation. */
export function openMigrationStore(
  db: Database,
  inTransaction: <T>(work: () => T) => T,
  deleterOf: (generation: number) => ChunkDeleter,
): MigrationStore {
  const select = db.prepare<[], Migration>(`${SELECT_MIGRATION} WHERE ended_at_ms IS NULL`);
  const lacking = db.prepare<[], number>(COUNT_LACKING).pluck();
  const lackingIds = db
    .prepare<[number], string>(
      `SELECT d.id FROM documents d LEFT JOIN document_uses u ON u.document_key = d.key
       WHERE NOT EXISTS (SELECT 1 FROM shadow_documents s WHERE s.document_key = d.key)
       ORDER BY u.uses DESC NULLS LAST, d.key LIMIT ?`,
    )
    .pluck();
  const generation = db.prepare<[number], StoredModels & { state: string; dimensions: number; next_row: number }>(
    "SELECT state, model_version, sparse_model_version, dimensions, next_row FROM generations WHERE id = ?",
  );
  const setState = db.prepare("UPDATE generations SET state = ? WHERE id = ?");
  const stored = db.prepare<[number], { id: string; contentHash: Buffer }>(
    "SELECT id, content_hash AS contentHash FROM documents WHERE key = ?",
  );
  const mark = db.prepare("INSERT OR IGNORE INTO shadow_documents (document_key) VALUES (?)");
  const use = db.prepare(
    `INSERT INTO document_uses (document_key, uses) SELECT key, ? FROM documents WHERE id = ?
     ON CONFLICT (document_key) DO UPDATE SET uses = uses + excluded.uses`,
  );
  let prepared: ReturnType<typeof prepareChunkStatements> | undefined;

  const opened = (): Migration => {
    const migration = select.get();
    if (migration) return migration;
    throw new LodestoneError("NO_MIGRATION", "No migration is under way. Start one first.");
  };
  const checkComplete = (what: string) => {
    const missing = lacking.get()!;
    if (missing === 0) return;
    throw new LodestoneError(
      "MIGRATION_INCOMPLETE",
      `${what} takes an index that holds every document; this one lacks ${missing}. They are being brought in: wait for them.`,
      { detail: { lacking: missing } },
    );
  };

  return {
    open: () => select.get(),

    start: (recipe, nowMs) =>
      inTransaction(() => {
        const running = select.get();
        if (running) {
          throw new LodestoneError(
            "MIGRATION_RUNNING",
            "A migration is under way. Finish it, which drops the index that does not answer queries alone, and start anew.",
          );
        }
        const active = activeGeneration(db);
        if (!active) throw new LodestoneError("LIBRARY_NOT_FOUND", "There is no index yet to migrate from.");
        if (sameRecipe(active, recipe)) {
          throw new LodestoneError(
            "INVALID_INPUT",
            `The library's index is made with ${recipe.modelVersion}, ${recipe.dimensions} dimensions, ` +
              `${recipe.sparseModelVersion ?? "no sparse encoder"} and chunks of ${recipe.maxTokens} tokens with ` +
              `${recipe.overlapTokens} of overlap already. Name another model, length of vectors or chunking.`,
          );
        }
        const target = insertGeneration(db, "shadow", recipe, nowMs);
        db.prepare("INSERT INTO migrations (source, target, started_at_ms) VALUES (?, ?, ?)").run(
          active.id,
          target,
          nowMs,
        );
        return opened();
      }),

    setShare: (share, reason) =>
      inTransaction(() => {
        const { id } = opened();
        if (share > 0) checkComplete("Answering queries");
        db.prepare("UPDATE migrations SET share = ?, reason = ? WHERE id = ?").run(share, reason, id);
      }),

    lacking: (limit) => lackingIds.all(limit),
    countLacking: () => lacking.get()!,

    fill: (batch) =>
      inTransaction(() => {
        const shadow = generation.get(batch.generation);
        if (shadow?.state !== "shadow" || shadow.model_version !== batch.modelVersion) {
          throw new LodestoneError(
            "MODEL_VERSION_MISMATCH",
            `The other index holds vectors of ${shadow?.model_version ?? "no model"}; these are of ${batch.modelVersion}.`,
          );
        }
        checkSparse(shadow, batch.sparse);
        if (prepared?.generation !== batch.generation) prepared = prepareChunkStatements(db, batch.generation);
        const chunks = new ChunkWriter(prepared, deleterOf(batch.generation), shadow.next_row, batch.sparse);
        for (const document of batch.documents) {
          const found = stored.get(document.key);
          if (found?.id !== document.id || !found.contentHash.equals(document.contentHash)) continue;
          const known = chunks.keptChunks(document.chunks, document.key);
          if (!known) continue;
          chunks.write(document, document.chunks, known);
          mark.run(document.key);
        }
        return chunks.finish(batch.vectors, shadow.dimensions);
      }),

    swap: (reason) =>
      inTransaction(() => {
        const { id, source, target } = opened();
        checkComplete("Answering all queries");
        const active = activeGeneration(db)!.id;
        const next = active === source ? target : source;
        // In between none is active: two may never be.
        setState.run("retired", active);
        setState.run("active", next);
        setState.run("shadow", active);
        db.prepare("UPDATE migrations SET share = 0, reason = ? WHERE id = ?").run(reason, id);
      }),

    finish: (nowMs) =>
      inTransaction(() => {
        const migration = opened();
        db.prepare("UPDATE generations SET state = 'retired' WHERE state = 'shadow'").run();
        db.prepare("DELETE FROM shadow_documents").run();
        db.prepare("UPDATE migrations SET share = 0, ended_at_ms = ? WHERE id = ?").run(nowMs, migration.id);
        return { ...migration, share: 0, endedAtMs: nowMs };
      }),

    noteFigures(figures) {
      inTransaction(() => db.prepare("UPDATE migrations SET figures = ? WHERE ended_at_ms IS NULL").run(figures));
    },

    noteUses(uses) {
      inTransaction(() => {
        for (const { id, uses: count } of uses) use.run(count, id);
      });
    },
  };
}
