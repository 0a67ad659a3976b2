// An ablation as one table, for the terminal or as Markdown.

import { number, tableMarkdown, text } from "../../report/index.js";
import type { AblationReport } from "../evaluation/ablation.js";
import type { HeldOut } from "../evaluation/held-out.js";
import { changeText, measureTitle, pText } from "./evaluation.js";
import { countOf, formatMs } from "./numbers.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";
import { renderTable } from "./table.js";

export function renderAblation(report: AblationReport, style: Style): string {
  const columns = titlesOf(report).map((title, i) => ({
    title,
    align: i === 0 ? ("left" as const) : ("right" as const),
  }));
  const choices = report.heldOut.map((held) => `  ${choicesOf(held)}`);
  return [
    style.bold(titleOf(report)),
    ...renderTable(columns, rowsOf(report), { style, indent: "  " }),
    ...(choices.length > 0 ? ["", ...choices] : []),
    "",
  ].join("\n");
}

export function ablationMarkdown(report: AblationReport): string {
  const [first = "", ...others] = titlesOf(report);
  const table = tableMarkdown({
    title: titleOf(report),
    columns: [text(first), ...others.map(number)],
    rows: rowsOf(report).map((cells) => ({ kind: "peer", cells })),
  });
  return [table, ...report.heldOut.map(choicesOf)].join("\n\n");
}

function titleOf({ measure, queries, collections }: AblationReport): string {
  return `${measureTitle(measure)}, ${countOf(queries, "query", "queries")} of ${countOf(collections.length, "collection")}`;
}

function titlesOf({ collections }: AblationReport): string[] {
  return ["variant", ...collections, "mean", "change", "p", "p50"];
}

function rowsOf({ rows, heldOut }: AblationReport): string[][] {
  const held = heldOut.map((way) => [
    wayOf(way),
    ...way.values.map((value) => value.toFixed(3)),
    way.mean.toFixed(3),
    changeText(way),
    pText({ pHolm: way.pValue }),
    "",
  ]);
  const measured = rows.map(({ variant, values, mean, difference, pHolm, p50Ms }) => [
    oneLine(variant),
    ...values.map((value) => value.toFixed(3)),
    mean.toFixed(3),
    difference === null ? "" : changeText({ difference }),
    pHolm === null ? "" : pText({ pHolm }),
    formatMs(p50Ms),
  ]);
  return [...measured, ...held];
}

function wayOf({ by, choices }: HeldOut): string {
  return by === "queries" ? `best of ${choices.length - 1} folds, on the other` : "best of the other collections";
}

/** What was chosen, and how often. */
function choicesOf(way: HeldOut): string {
  const times = new Map<string, number>();
  for (const { variant } of way.choices) times.set(variant, (times.get(variant) ?? 0) + 1);
  const told = [...times].map(([variant, count]) => `${oneLine(variant)} (${count})`);
  return `${wayOf(way)}: ${told.join(", ")}`;
}
