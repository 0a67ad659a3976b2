// An ablation as one table, for the terminal or as Markdown.

import { number, tableMarkdown, text } from "../../report/index.js";
import type { AblationReport } from "../evaluation/ablation.js";
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
  return [style.bold(titleOf(report)), ...renderTable(columns, rowsOf(report), { style, indent: "  " }), ""].join("\n");
}

export function ablationMarkdown(report: AblationReport): string {
  const [first = "", ...others] = titlesOf(report);
  return tableMarkdown({
    title: titleOf(report),
    columns: [text(first), ...others.map(number)],
    rows: rowsOf(report).map((cells) => ({ kind: "peer", cells })),
  });
}

function titleOf({ measure, queries, collections }: AblationReport): string {
  return `${measureTitle(measure)}, ${countOf(queries, "query", "queries")} of ${countOf(collections.length, "collection")}`;
}

function titlesOf({ collections }: AblationReport): string[] {
  return ["variant", ...collections, "mean", "change", "p", "p50"];
}

function rowsOf({ rows }: AblationReport): string[][] {
  return rows.map(({ variant, values, mean, difference, pHolm, p50Ms }) => [
    oneLine(variant),
    ...values.map((value) => value.toFixed(3)),
    mean.toFixed(3),
    difference === null ? "" : changeText({ difference }),
    pHolm === null ? "" : pText({ pHolm }),
    formatMs(p50Ms),
  ]);
}
