// How the time of a search divides among its stages, as parts of a bar. Stages can run at the same time, so the parts are shares
// of the summed work and not of the time on the clock.
import type { StageTime } from "../api/search.js";

export type StageShare = StageTime & { start: number; share: number };

/** `start` and `share` are 0..1 of the bar. Stages that took no time keep their place with share 0. */
export function stageShares(stages: readonly StageTime[]): StageShare[] {
  const total = stages.reduce((sum, { ms }) => sum + ms, 0);
  let start = 0;
  return stages.map((stage) => {
    const share = total === 0 ? 0 : stage.ms / total;
    const part = { ...stage, start, share };
    start += share;
    return part;
  });
}
