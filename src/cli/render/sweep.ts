// A sweep as a table: the settings as they are, each point, and which is best.

import type { SweepReport } from "../evaluation/sweep-report.js";
import { stageTable } from "./evaluation.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";

export function renderSweep({ collection, default: asItIs, points, best }: SweepReport, style: Style): string {
  const lines = stageTable([asItIs, ...points], style);
  return `${style.bold(oneLine(collection))}\n${lines.join("\n")}\n\nbest: ${style.bold(best.stage)}\n`;
}
