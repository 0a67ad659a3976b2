// A migration in words.
import type { MigrationSide, MigrationStatus } from "../api/migration.js";
import { modelName } from "../text/model-name.js";
import { formatCount, formatDuration, formatRate, plural } from "../text/numbers.js";

export const stateNames: Readonly<Record<MigrationStatus["state"], string>> = {
  filling: "Filling",
  ready: "Ready",
  split: "Comparing",
  promoted: "Promoted",
  ended: "Ended",
};

export const steps = [
  { name: "Start", meaning: "Say what is to change" },
  { name: "Fill", meaning: "The new index is built" },
  { name: "Compare", meaning: "Both answer queries" },
  { name: "Promote", meaning: "The new one answers all" },
  { name: "Finish", meaning: "One of the two is dropped" },
] as const;

/** Index of the step that comes next, or is under way. */
export function stepOf(status: MigrationStatus | null): number {
  switch (status?.state) {
    case undefined:
    case "ended":
      return 0;
    case "filling":
      return 1;
    case "ready":
    case "split":
      return 2;
    case "promoted":
      return 4;
    default:
      return (status?.state satisfies undefined) ?? 0;
  }
}

/** "1,204 of 13,000 documents", "35 a second", "6 minutes left": what is known of it. */
export function progressWords({ documents: { done, total }, rate, remainingMs }: MigrationStatus): string[] {
  return [
    `${formatCount(done)} of ${plural(total, "document")}`,
    ...(rate === null ? [] : [formatRate(rate)]),
    ...(remainingMs === null ? [] : [`${formatDuration(remainingMs)} left`]),
  ];
}

/** What an index is made with. */
export function sideWords({ model, sparseEncoder, dimensions, chunking }: MigrationSide): string[] {
  const { maxTokens, overlapTokens } = chunking;
  return [
    modelName(model),
    ...(sparseEncoder === null ? [] : [`and ${modelName(sparseEncoder)}`]),
    `${formatCount(dimensions)} dimensions`,
    `passages of ${formatCount(maxTokens)} tokens, ${formatCount(overlapTokens)} shared`,
  ];
}

/** Of a hundred queries so many are answered by the new index now. */
export function answeredShare({ state, share }: MigrationStatus): number {
  return state === "filling" ? 0 : share;
}

/** What became of one that has ended. */
export function endWords({ target }: MigrationStatus): string {
  return target?.isActive === true
    ? "The new index took over, and the old one was dropped."
    : "The new index was dropped, and everything is as it was.";
}
