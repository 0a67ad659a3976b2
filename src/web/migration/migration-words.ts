// A migration in words, and what its form asks for.
import type { MigrationRequest, MigrationSide, MigrationStatus } from "../api/migration.js";
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
export function sideWords({ model, dimensions, chunking: { maxTokens, overlapTokens } }: MigrationSide): string[] {
  return [
    modelName(model),
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

export type StartFields = Readonly<Record<"model" | "dimensions" | "maxTokens" | "overlapTokens", string>>;

export const noFields: StartFields = { model: "", dimensions: "", maxTokens: "", overlapTokens: "" };

/** What the form asks for; undefined where it says nothing. Fields that are empty stay as they are. */
export function requestOf(fields: StartFields): MigrationRequest | undefined {
  const model = fields.model.trim();
  const numbers = (["dimensions", "maxTokens", "overlapTokens"] as const)
    .filter((name) => fields[name].trim() !== "")
    .map((name) => [name, Number(fields[name])] as const);
  if (model === "" && numbers.length === 0) return undefined;
  return { ...(model === "" ? {} : { model }), ...Object.fromEntries(numbers) };
}
