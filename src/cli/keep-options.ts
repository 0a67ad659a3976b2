// The options that say which snapshots are kept, for the command that prunes and for the server that does so by the clock.

import type { Command } from "commander";
import type { RetentionPolicy } from "../engine/index.js";
import { wholeNumber } from "./option-values.js";

export type KeepOptions = { keepLast?: number; keepDaily?: number; keepWeekly?: number };

export function addKeepOptions(command: Command): Command {
  const periods = wholeNumber(1, 10_000);
  return command
    .option("--keep-last <n>", "keep the newest n snapshots", periods)
    .option("--keep-daily <n>", "keep the newest snapshot of each of the last n days that have any", periods)
    .option("--keep-weekly <n>", "keep the newest snapshot of each of the last n weeks that have any", periods);
}

export function retentionOf({ keepLast, keepDaily, keepWeekly }: KeepOptions): RetentionPolicy {
  return { last: keepLast, daily: keepDaily, weekly: keepWeekly };
}
