// Two runs side by side: a line a measure.

import type { RunComparison } from "../../evaluation/index.js";
import { changeText, measureTitle, pText } from "./evaluation.js";
import { countOf } from "./numbers.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";
import { renderTable } from "./table.js";

type Compared = Pick<RunComparison, "measure" | "first" | "second" | "difference"> & {
  pHolm: number;
  wins: number;
  losses: number;
  ties: number;
};

export function renderComparison(names: readonly [string, string], figures: readonly Compared[], style: Style): string {
  const titles = ["measure", "A", "B", "change", "95 %", "p", "better", "worse", "equal"];
  const columns = titles.map((title, i) => ({ title, align: i === 0 ? ("left" as const) : ("right" as const) }));
  const rows = figures.map(({ measure, first, second, difference, wins, losses, ties, ...rest }) => [
    measureTitle(measure),
    first.mean.toFixed(3),
    second.mean.toFixed(3),
    changeText({ difference: difference.mean }),
    `${changeText({ difference: difference.low })} to ${changeText({ difference: difference.high })}`,
    pText(rest),
    ...[wins, losses, ties].map(String),
  ]);
  const queries = figures[0] ? figures[0].wins + figures[0].losses + figures[0].ties : 0;
  const heads = names.map((name, i) => `${style.bold(i === 0 ? "A" : "B")} ${oneLine(name)}`);
  return [...heads, style.dim(countOf(queries, "query", "queries")), ...renderTable(columns, rows, { style }), ""].join(
    "\n",
  );
}
