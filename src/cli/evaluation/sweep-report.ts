// What a sweep found, every point against the settings as they are.

import type { Setting, StageResult, SweepPoint } from "../../evaluation/index.js";
import { type StageFigures, stageFigures } from "./figures.js";

export type SweepReport = {
  collection: string;
  /** The measure that decides. */
  measure: string;
  default: StageFigures;
  points: (StageFigures & { settings: Record<string, Setting> })[];
  best: { settings: Record<string, Setting>; stage: string };
};

/** `asItIs`: name of the stage whose settings are not changed. */
export function sweepReport(
  collection: string,
  results: readonly StageResult[],
  points: readonly SweepPoint[],
  asItIs: string,
): SweepReport {
  const reference = results.find(({ name }) => name === asItIs)!;
  const figures = stageFigures(
    results,
    results.map((result) => (result === reference ? undefined : reference)),
  );
  const measure = Object.keys(reference.summary.means)[0]!;
  const settings = new Map(points.map((point) => [point.name, point.settings]));
  const measured = figures
    .filter(({ stage }) => stage !== asItIs)
    .map((each) => ({ settings: settings.get(each.stage) ?? {}, ...each }));
  const best = measured.reduce((a, b) => (b.measures[measure]! > a.measures[measure]! ? b : a));
  return {
    collection,
    measure,
    default: figures.find(({ stage }) => stage === asItIs)!,
    points: measured,
    best: { settings: best.settings, stage: best.stage },
  };
}
