// Values of single queries: as trec_eval -q prints them, and as a table of all stages, in which the queries that a change helps
// and hurts are found.

import type { BeirQuery } from "./beir.js";
import type { RunSummary } from "./summary.js";

/** Lines "measure<TAB>query<TAB>value" with four decimals, query by query, and the means under "all" at the end. */
export function* formatPerQuery({ queryIds, values, means }: RunSummary): Generator<string> {
  for (const [i, id] of queryIds.entries()) {
    for (const measure of Object.keys(values)) yield `${measure}\t${id}\t${values[measure]![i]!.toFixed(4)}\n`;
  }
  for (const measure of Object.keys(means)) yield `${measure}\tall\t${means[measure]!.toFixed(4)}\n`;
}

export type QueryRow = {
  queryId: string;
  text: string;
  /** Value of each stage, in their order. */
  values: number[];
  /** Last stage less first. */
  change: number;
};

/**
 * One row a query with the values of one measure in every stage, the largest gain from the first stage to the last on
 * top. The stages are over the same queries.
 */
export function perQueryRows(
  stages: readonly { summary: RunSummary }[],
  queries: readonly BeirQuery[],
  measure: string,
): QueryRow[] {
  const texts = new Map(queries.map(({ id, text }) => [id, text]));
  const columns = stages.map(({ summary: { queryIds, values } }) => {
    return new Map(queryIds.map((id, i) => [id, values[measure]?.[i] ?? 0]));
  });
  return (stages[0]?.summary.queryIds ?? [])
    .map((queryId): QueryRow => {
      const values = columns.map((column) => column.get(queryId) ?? 0);
      const change = (values.at(-1) ?? 0) - (values[0] ?? 0);
      return { queryId, text: texts.get(queryId) ?? "", values, change };
    })
    .sort((a, b) => b.change - a.change);
}
