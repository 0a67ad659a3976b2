// What an evaluation found: one table a collection, and one of the means.

import type { QualityCheck } from "../../evaluation/index.js";
import type { EvaluationReport, StageComparison, StageFigures } from "../evaluation/figures.js";
import { countOf, formatMs } from "./numbers.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";
import { renderTable } from "./table.js";

export function renderEvaluation({ collections, mean }: EvaluationReport, style: Style): string {
  const blocks = collections.map((collection) => {
    const { name, documents, chunks, queries, indexMs, stages } = collection;
    const size = `${countOf(documents, "document")}, ${countOf(chunks, "chunk")}`;
    const title = `${size}${indexMs === null ? "" : ` (indexed in ${formatMs(indexMs)})`}, ${countOf(queries, "query", "queries")}`;
    return [`${style.bold(oneLine(name))}  ${style.dim(title)}`, ...stageTable(stages, style)];
  });
  if (mean) blocks.push([style.bold(`mean of ${collections.length} collections`), ...stageTable(mean, style)]);
  return blocks.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/** Rows of stages: measures, the interval of the first, how it compares, and times where there are any. */
export function stageTable(
  stages: readonly (Pick<StageFigures, "stage" | "measures"> & Partial<StageFigures>)[],
  style: Style,
): string[] {
  const [first = "", ...others] = Object.keys(stages[0]?.measures ?? {});
  const measures = first === "" ? [] : [first, ...others];
  const whole = stages.some(({ intervals }) => intervals !== undefined);
  const timed = stages.some(({ p50Ms }) => typeof p50Ms === "number");
  const right = (title: string) => ({ title, align: "right" as const });
  const columns = [
    { title: "stage" },
    ...measures.map((name) => right(measureTitle(name))),
    ...(whole ? ["95 %", "change", "p"].map(right) : []),
    ...(timed ? ["p50", "p95"].map(right) : []),
  ];
  const rows = stages.map(({ stage, measures: values, intervals, comparison, p50Ms, p95Ms }) => [
    oneLine(stage),
    ...measures.map((name) => (values[name] ?? 0).toFixed(3)),
    ...(whole ? [intervalText(intervals?.[first]), changeText(comparison), pText(comparison)] : []),
    ...(timed ? [formatMs(p50Ms ?? 0), formatMs(p95Ms ?? 0)] : []),
  ]);
  const best = measures.map((name) => Math.max(...stages.map(({ measures: values }) => values[name] ?? 0)).toFixed(3));
  const isBest = (row: number, column: number) =>
    column > 0 && best[column - 1] !== undefined && rows[row]?.[column] === best[column - 1];
  return renderTable(columns, rows, {
    style,
    indent: "  ",
    styleCell: (cell, row, column) => (isBest(row, column) ? style.bold(cell) : cell),
  });
}

export function intervalText(interval: { low: number; high: number } | undefined): string {
  return interval === undefined ? "" : `${interval.low.toFixed(3)}-${interval.high.toFixed(3)}`;
}

/** "+0.012", with a sign always. */
export function changeText(comparison: { difference: number } | null | undefined): string {
  if (!comparison) return "";
  const text = comparison.difference.toFixed(3);
  return comparison.difference >= 0 ? `+${text.replace("-", "")}` : text;
}

/** p after Holm's correction. */
export function pText(comparison: Pick<StageComparison, "pHolm"> | null | undefined): string {
  if (!comparison) return "";
  return comparison.pHolm < 0.001 ? "<0.001" : comparison.pHolm.toFixed(3);
}

/** "ndcg@10" -> "nDCG@10" */
export function measureTitle(name: string): string {
  const titles: Record<string, string> = {
    ndcg: "nDCG",
    "ndcg-exp": "nDCG (exp)",
    recall: "Recall",
    mrr: "MRR",
    map: "MAP",
    p: "P",
  };
  const [kind = "", cutoff] = name.split("@");
  return (titles[kind] ?? kind) + (cutoff === undefined ? "" : `@${cutoff}`);
}

/** What was expected: every figure that is off, or one line that none is. */
export function renderChecks(checks: readonly QualityCheck[], style: Style): string {
  const off = checks.filter(({ verdict }) => verdict !== "met");
  if (off.length === 0) return `${countOf(checks.length, "figure")} as expected\n`;
  const columns = ["collection", "stage", "measure", "expected", "measured", ""].map((title, i) => ({
    title,
    align: i === 3 || i === 4 ? ("right" as const) : ("left" as const),
  }));
  const rows = off.map(({ collection, stage, measure, expected, actual, verdict }) => [
    collection,
    stage,
    measureTitle(measure),
    expected.toFixed(4),
    actual?.toFixed(4) ?? "",
    verdict,
  ]);
  return `${renderTable(columns, rows, { style }).join("\n")}\n`;
}
