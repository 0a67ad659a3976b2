// What an evaluation found: one table a collection, and one of the means.

import { comparePaired, percentile } from "../../evaluation/index.js";
import type { Evaluated } from "../evaluate.js";
import { countOf, formatMs } from "./numbers.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";
import { renderTable } from "./table.js";

/** The figures of a stage, as --json prints them. */
export type StageFigures = {
  stage: string;
  measures: Record<string, number>;
  p50Ms: number;
  p95Ms: number;
  /** Of the first measure against the stage before; null for the first. */
  pValue: number | null;
};
export type CollectionFigures = Omit<Evaluated, "stages"> & { stages: StageFigures[] };
export type EvaluationReport = {
  collections: CollectionFigures[];
  /** Unweighted means over the collections, where there are several. */
  mean: { stage: string; measures: Record<string, number> }[] | null;
};

export function figuresOf(evaluated: readonly Evaluated[]): EvaluationReport {
  const collections = evaluated.map(
    (collection): CollectionFigures => ({ ...collection, stages: stageFigures(collection) }),
  );
  return { collections, mean: collections.length > 1 ? meanFigures(collections) : null };
}

function stageFigures({ stages }: Evaluated): StageFigures[] {
  return stages.map(({ name, summary, latenciesMs }, i) => {
    const [measure = ""] = Object.keys(summary.values);
    const before = stages[i - 1]?.summary.values[measure];
    return {
      stage: name,
      measures: summary.means,
      p50Ms: percentile(latenciesMs, 0.5),
      p95Ms: percentile(latenciesMs, 0.95),
      pValue: before ? comparePaired(before, summary.values[measure] ?? []).pValue : null,
    };
  });
}

function meanFigures(collections: readonly CollectionFigures[]): NonNullable<EvaluationReport["mean"]> {
  return (collections[0]?.stages ?? []).map(({ stage, measures }, i) => ({
    stage,
    measures: Object.fromEntries(
      Object.keys(measures).map((name) => {
        const values = collections.map(({ stages }) => stages[i]?.measures[name] ?? 0);
        return [name, values.reduce((sum, value) => sum + value, 0) / values.length];
      }),
    ),
  }));
}

export function renderEvaluation({ collections, mean }: EvaluationReport, style: Style): string {
  const blocks = collections.map((collection) => {
    const { name, documents, chunks, queries, indexMs, stages } = collection;
    const title = `${countOf(documents, "document")}, ${countOf(chunks, "chunk")} (indexed in ${formatMs(indexMs)}), ${countOf(queries, "query", "queries")}`;
    return [`${style.bold(oneLine(name))}  ${style.dim(title)}`, ...stageTable(stages, style)];
  });
  if (mean) blocks.push([style.bold(`mean of ${collections.length} collections`), ...stageTable(mean, style)]);
  return blocks.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function stageTable(
  stages: readonly (Pick<StageFigures, "stage" | "measures"> & Partial<StageFigures>)[],
  style: Style,
): string[] {
  const measures = Object.keys(stages[0]?.measures ?? {});
  const timed = stages.some(({ p50Ms }) => p50Ms !== undefined);
  const columns = [
    { title: "stage" },
    ...measures.map((name) => ({ title: measureTitle(name), align: "right" as const })),
    ...(timed ? ["p", "p50", "p95"].map((title) => ({ title, align: "right" as const })) : []),
  ];
  const rows = stages.map(({ stage, measures: values, p50Ms = 0, p95Ms = 0, pValue }) => [
    stage,
    ...measures.map((name) => (values[name] ?? 0).toFixed(3)),
    ...(timed ? [formatPValue(pValue), formatMs(p50Ms), formatMs(p95Ms)] : []),
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

function formatPValue(pValue: number | null | undefined): string {
  if (pValue === null || pValue === undefined) return "";
  return pValue < 0.001 ? "<0.001" : pValue.toFixed(3);
}

/** "ndcg@10" -> "nDCG@10" */
function measureTitle(name: string): string {
  const titles: Record<string, string> = { ndcg: "nDCG", recall: "Recall", mrr: "MRR", map: "MAP" };
  const [kind = "", cutoff] = name.split("@");
  return (titles[kind] ?? kind) + (cutoff === undefined ? "" : `@${cutoff}`);
}
