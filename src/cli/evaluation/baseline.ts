// A baseline that is no stage: a run file, or a mistake.

import { existsSync } from "node:fs";
import { LodestoneError } from "../../errors.js";
import type { Measure, Qrels } from "../../evaluation/index.js";
import { nearestName } from "../../input/nearest-name.js";
import type { Baseline } from "./figures.js";
import { readBaselineRuns } from "./run-files.js";

export async function readBaseline(
  asked: string,
  stages: readonly string[],
  collections: readonly { name: string; qrels: Qrels }[],
  measures: readonly Measure[],
): Promise<Baseline> {
  const looksLikePath = /[/\\.]/.test(asked) || existsSync(asked);
  if (looksLikePath) return { kind: "run", ...(await readBaselineRuns(asked, collections, measures)) };
  const near = nearestName(asked, stages);
  throw new LodestoneError(
    "INVALID_INPUT",
    `The baseline "${asked}" is none of the stages that run (${stages.join(", ")}), and no file.` +
      (near ? ` Did you mean "${near}"?` : ""),
  );
}
