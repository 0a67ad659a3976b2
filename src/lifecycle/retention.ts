// Which snapshots are kept. A policy chooses by time, and none of it ever removes the only snapshot that is whole.

import { join } from "node:path";
import { z } from "zod";
import { diskOperations, type FileOperations } from "../files/index.js";
import { parseInput } from "../input/parse-input.js";
import {
  type ListedSnapshot,
  listSnapshotFolders,
  readManifest,
  removeFolder,
  whileLocked,
} from "./snapshot-folder.js";
import { checkFiles, type VerifyContext } from "./verify-snapshot.js";

const periods = z.int().min(1).max(10_000).optional();

const policySchema = z
  .strictObject({
    /** The newest so many. */
    last: periods,
    /** The newest of each of the last so many days (UTC) that have any. */
    daily: periods,
    /** The newest of each of the last so many weeks (Monday to Sunday, UTC) that have any. */
    weekly: periods,
  })
  .refine((policy) => Object.values(policy).some((count) => count !== undefined), "nothing would be kept");

/** A snapshot that any of these names is kept. At least one of them is given. */
export type RetentionPolicy = z.input<typeof policySchema>;

/** Throws INVALID_INPUT or UNKNOWN_FIELD. */
export function checkRetention(policy: RetentionPolicy): RetentionPolicy {
  return parseInput(policySchema, policy, "The retention of snapshots (last, daily, weekly)");
}

export type PruneReport = {
  /** Names of snapshots. */
  removed: string[];
  kept: string[];
  /** Snapshots that cannot be read, which a policy knows no time of. They are left for a person to look at. */
  damaged: string[];
};

export type PruneRequest = {
  directory: string;
  policy: RetentionPolicy;
  /** Only snapshots of this library. Default: each library's, by themselves. */
  libraryId?: string | undefined;
};

type Dated = { name: string; createdAt: string };

const DAY_MS = 86_400_000;
// 1970-01-01 was a Thursday: weeks begin three days earlier.
const MONDAY_OFFSET_DAYS = 3;

/** The names that `policy` keeps of `snapshots`, whatever their order. */
export function keptBy(policy: RetentionPolicy, snapshots: readonly Dated[]): Set<string> {
  const newestFirst = [...snapshots].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  const day = ({ createdAt }: Dated) => Math.floor(Date.parse(createdAt) / DAY_MS);
  const week = (snapshot: Dated) => Math.floor((day(snapshot) + MONDAY_OFFSET_DAYS) / 7);
  return new Set([
    ...newestFirst.slice(0, policy.last ?? 0).map(({ name }) => name),
    ...newestOfEach(newestFirst, day, policy.daily ?? 0),
    ...newestOfEach(newestFirst, week, policy.weekly ?? 0),
  ]);
}

function newestOfEach(newestFirst: readonly Dated[], periodOf: (snapshot: Dated) => number, periods: number): string[] {
  const newest = new Map<number, string>();
  for (const snapshot of newestFirst) {
    const period = periodOf(snapshot);
    if (!newest.has(period)) newest.set(period, snapshot.name);
  }
  return [...newest.values()].slice(0, periods);
}

/**
 * Removes the snapshots in `directory` that `policy` does not keep. Each library's snapshots are judged by themselves, and
 * where none of those to be kept is whole, the newest whole one is kept too.
 */
export function prune(
  { directory, policy, libraryId }: PruneRequest,
  { files = diskOperations, ...context }: VerifyContext & { files?: FileOperations | undefined },
): Promise<PruneReport> {
  return whileLocked(directory, files, async () => {
    const listed = await listSnapshotFolders(directory);
    const complete = listed.filter((snapshot) => snapshot.state === "complete");
    const report: PruneReport = {
      removed: [],
      kept: [],
      damaged: namesOf(listed.filter(({ state }) => state === "damaged")),
    };
    const libraries = libraryId === undefined ? complete.map((snapshot) => snapshot.libraryId) : [libraryId];
    for (const id of new Set(libraries)) {
      const own = complete.filter((snapshot) => snapshot.libraryId === id);
      const kept = keptBy(policy, own);
      const newestFirst = [...own].reverse();
      const saved = await firstWhole(
        directory,
        [...newestFirst.filter(({ name }) => kept.has(name)), ...newestFirst.filter(({ name }) => !kept.has(name))],
        context,
      );
      if (saved !== undefined) kept.add(saved);
      for (const { name } of own) {
        if (kept.has(name)) report.kept.push(name);
        // Where nothing is whole, nothing is removed: what is left may still be worth something to somebody.
        else if (saved === undefined) report.kept.push(name);
        else {
          await removeFolder(directory, name, files);
          report.removed.push(name);
        }
      }
    }
    return report;
  });
}

async function firstWhole(
  directory: string,
  snapshots: readonly Dated[],
  context: VerifyContext,
): Promise<string | undefined> {
  for (const { name } of snapshots) {
    const path = join(directory, name);
    if ((await checkFiles(path, await readManifest(path), context)).length === 0) return name;
  }
  return undefined;
}

const namesOf = (snapshots: readonly ListedSnapshot[]) => snapshots.map(({ name }) => name);
