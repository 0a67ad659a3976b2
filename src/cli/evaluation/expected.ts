// What was measured against a file of expected quality, and such a file from what was measured.

import { readFile } from "node:fs/promises";
import { LodestoneError, messageOf } from "../../errors.js";
import { checkQuality, type ExpectedQuality, parseExpectedQuality, type QualityCheck } from "../../evaluation/index.js";
import type { Evaluated } from "./evaluate.js";

export async function readExpected(path: string): Promise<ExpectedQuality> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new LodestoneError(
      "PATH_NOT_FOUND",
      `The file of expected quality ${path} cannot be read: ${messageOf(error)}.`,
      {
        cause: error,
        detail: { path },
      },
    );
  }
  try {
    return parseExpectedQuality(JSON.parse(text), path);
  } catch (error) {
    if (error instanceof LodestoneError) throw error;
    throw new LodestoneError("INVALID_INPUT", `${path} is no JSON: ${messageOf(error)}.`, { cause: error });
  }
}

/** Holds the collections and stages that were measured against what the file says of them; throws INVALID_INPUT where it says nothing. */
export function checkExpected(
  { entries, ...expected }: ExpectedQuality,
  evaluated: readonly Evaluated[],
): { passes: boolean; checks: QualityCheck[] } {
  const measured = measuredQuality(evaluated);
  const own = entries.filter(({ collection, stage }) =>
    measured.some((each) => each.collection === collection && each.stage === stage),
  );
  if (own.length > 0) return checkQuality({ ...expected, entries: own }, measured);
  throw new LodestoneError(
    "INVALID_INPUT",
    "The file of expected quality says nothing of these collections and stages.",
  );
}

/** A file that expects just what was measured, to four decimals. */
export function expectedOf(evaluated: readonly Evaluated[]): ExpectedQuality {
  const rounded = (measures: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(measures).map(([name, value]) => [name, Number(value.toFixed(4))]));
  const entries = measuredQuality(evaluated).map((entry) => ({ ...entry, measures: rounded(entry.measures) }));
  return { format: 1, tolerance: 0.005, entries };
}

function measuredQuality(evaluated: readonly Evaluated[]) {
  return evaluated.flatMap(({ name, model, stages }) =>
    stages.map((stage) => ({ collection: name, model, stage: stage.name, measures: stage.summary.means })),
  );
}
