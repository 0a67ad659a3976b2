// What can be asked of a migration, and what it answers.

import { z } from "zod";
import type { BiEncoderModel } from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import { migrationShares } from "../store/index.js";
import type { ArmFigures } from "./arm-figures.js";
import { defaultGuardRails, type GuardRails } from "./guard-rails.js";

export const migrationRequestSchema = z.strictObject({
  /** Name of the bi-encoder to migrate to. Default: the one in use, for another chunking or length of vectors. */
  model: z.string().min(1).optional(),
  /** Name of the sparse encoder to migrate to; null for none. Default: the one in use, if any. */
  sparseEncoder: z.string().min(1).nullable().optional(),
  /** Length of vectors, one of the model's Matryoshka dimensions. Default: the model's own. */
  dimensions: z.int().positive().optional(),
  /** Tokens of a chunk, and how many of them it shares with the next. Default: as they are. */
  maxTokens: z.int().min(32).max(8192).optional(),
  overlapTokens: z.int().min(0).max(4096).optional(),
});
export type MigrationRequest = z.input<typeof migrationRequestSchema>;

const share = z.union(migrationShares.map((value) => z.literal(value)));
export const splitSchema = z.strictObject({ share });

const rate = z.number().min(0).max(1);

/** EngineOptions.migration */
export const migrationOptionsSchema = z
  .strictObject({
    /** Share of the time that the background work takes, above 0 up to 1. Default 0.5. */
    load: z.number().gt(0).max(1).default(0.5),
    /**
     * A best hit with less confidence than this, 0..1, counts as a search of low confidence. Default 0.3. Where confidence is
     * calibrated on the library, 0.65 is what counts instead.
     */
    lowConfidence: rate.default(0.3),
    /** When the new index is taken off the queries by itself; false: never. */
    guardRails: z
      .union([
        z.literal(false),
        z.strictObject({
          minSearches: z.int().min(1).default(defaultGuardRails.minSearches),
          maxLowConfidenceIncrease: rate.default(defaultGuardRails.maxLowConfidenceIncrease),
          maxLatencyRatio: z.number().min(1).default(defaultGuardRails.maxLatencyRatio),
          maxClickDrop: rate.default(defaultGuardRails.maxClickDrop),
          maxErrorRate: rate.default(defaultGuardRails.maxErrorRate),
        }),
      ])
      .default(defaultGuardRails satisfies GuardRails),
  })
  .prefault({});

export type MigrationSide = {
  generation: number;
  model: string;
  /** Version of its sparse encoder; null where it has none. */
  sparseEncoder: string | null;
  dimensions: number;
  chunking: { maxTokens: number; overlapTokens: number };
  /** Whether it answers all queries but the share of the other. */
  isActive: boolean;
  figures: ArmFigures;
};

export type MigrationStatus = {
  id: number;
  /**
   * filling: the new index does not hold every document yet. ready: it does, and answers no query. split: it answers a share of them.
   * promoted: it answers all, and the old one is kept up for a way back. ended: one of the two was dropped.
   */
  state: "filling" | "ready" | "split" | "promoted" | "ended";
  /** Of a hundred queries so many are answered by the new index while it is not promoted. */
  share: number;
  documents: { done: number; total: number };
  /** Documents a second, and milliseconds until all are done, while it is filling. */
  rate: number | null;
  remainingMs: number | null;
  /** Documents that cannot be brought into the other index, and why. */
  failing: { documents: number; error: string } | null;
  source: MigrationSide | null;
  target: MigrationSide | null;
  /** Why the new index was taken off the queries. */
  reason: string | null;
  startedAt: string;
  endedAt: string | null;
};

export type MigrationVerbs = {
  /** The one under way, or else the last one; undefined where there was none. */
  status(): Promise<MigrationStatus | undefined>;
  /**
   * Begins to build an index of another model, chunking or length of vectors beside the one in use, in the background. Throws
   * MIGRATION_RUNNING, MODEL_NOT_FOUND, INVALID_INPUT where nothing would change.
   */
  start(request: MigrationRequest): Promise<MigrationStatus>;
  /** Has the new index answer a share of the queries. Throws MIGRATION_INCOMPLETE, NO_MIGRATION. */
  split(share: number): Promise<MigrationStatus>;
  /** Has the new index answer all queries. The old one is kept up, for `rollback`. Throws MIGRATION_INCOMPLETE, NO_MIGRATION. */
  promote(): Promise<MigrationStatus>;
  /** Has the old index answer all queries again. The new one is kept, and filled, until `finish`. */
  rollback(reason?: string): Promise<MigrationStatus>;
  /** Ends the migration: the index that is not active is dropped. */
  finish(): Promise<MigrationStatus>;
};

/** Throws INVALID_INPUT for chunks that the model cannot read whole, or of which more than half is shared. */
export function checkMigratedChunking(
  { maxTokens, overlapTokens }: { maxTokens: number; overlapTokens: number },
  model: BiEncoderModel,
): void {
  const most = model.manifest.maxTokens;
  if (maxTokens <= most && overlapTokens * 2 <= maxTokens) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    maxTokens > most
      ? `Chunks of ${maxTokens} tokens are longer than the ${most} that ${model.manifest.name} reads.`
      : `An overlap of ${overlapTokens} tokens is more than half of a chunk of ${maxTokens}.`,
  );
}
