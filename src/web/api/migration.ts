// /v1/migration: the change to another model, chunking or length of vectors. There is one at a time.
import type { Send } from "./request.js";

/** Of a hundred queries so many can be given to the new index. */
export const shares = [0, 10, 25, 50, 100] as const;

export type MigrationRequest = {
  model?: string;
  /** null: none. */
  sparseEncoder?: string | null;
  dimensions?: number;
  maxTokens?: number;
  overlapTokens?: number;
};

/** What the searches of one index were like. Shares are 0..1; null is where nothing is known. */
export type ArmFigures = {
  searches: number;
  errorRate: number;
  confidence: number | null;
  lowConfidenceRate: number | null;
  latency: { p50Ms: number; p95Ms: number } | null;
  clickRate: number | null;
  clicks: number;
  ndcg: number | null;
  graded: number;
};

export type MigrationSide = {
  generation: number;
  model: string;
  /** null: none. */
  sparseEncoder: string | null;
  dimensions: number;
  chunking: { maxTokens: number; overlapTokens: number };
  /** Whether it answers all queries but the share of the other. */
  isActive: boolean;
  figures: ArmFigures;
};

export type MigrationStatus = {
  id: number;
  state: "filling" | "ready" | "split" | "promoted" | "ended";
  share: number;
  documents: { done: number; total: number };
  /** Documents a second. */
  rate: number | null;
  remainingMs: number | null;
  failing: { documents: number; error: string } | null;
  /** The index that there was and the new one; null once it is dropped. */
  source: MigrationSide | null;
  target: MigrationSide | null;
  reason: string | null;
  startedAt: string;
  endedAt: string | null;
};

/** The one under way, or else the last one; null where there was none. */
export async function fetchMigration(send: Send, signal: AbortSignal): Promise<MigrationStatus | null> {
  return ((await send("/v1/migration", { signal })) as { migration: MigrationStatus | null }).migration;
}

export async function startMigration(send: Send, request: MigrationRequest): Promise<MigrationStatus> {
  return (await send("/v1/migration", { body: request })) as MigrationStatus;
}

export async function splitMigration(send: Send, share: number): Promise<MigrationStatus> {
  return (await send("/v1/migration/split", { body: { share } })) as MigrationStatus;
}

export async function promoteMigration(send: Send): Promise<MigrationStatus> {
  return (await send("/v1/migration/promote", { method: "POST" })) as MigrationStatus;
}

export async function rollBackMigration(send: Send): Promise<MigrationStatus> {
  return (await send("/v1/migration/rollback", { method: "POST" })) as MigrationStatus;
}

/** Drops the index that is not active. */
export async function finishMigration(send: Send): Promise<MigrationStatus> {
  return (await send("/v1/migration/finish", { method: "POST" })) as MigrationStatus;
}
