// An evaluation as a page of its own: for each collection bars with intervals, which queries gained and lost, and tables.

import { type BeirQuery, perQueryRows, type RunSummary } from "../../evaluation/index.js";
import {
  type Bar,
  barPlot,
  type Child,
  dataBlock,
  differencePlot,
  element,
  type Markup,
  number,
  pageOf,
  type Table,
  tableDetails,
  tableMarkup,
  text,
} from "../../report/index.js";
import type { CollectionFigures, EvaluationReport, StageFigures } from "../evaluation/figures.js";
import { changeText, intervalText, measureTitle, pText } from "./evaluation.js";
import { countOf, formatMs } from "./numbers.js";

/** Two runs whose queries are held against each other. */
export type Duel = { first: { name: string; summary: RunSummary }; second: { name: string; summary: RunSummary } };

export type EvaluationPage = {
  title: string;
  /** The command line that made it, and when. */
  command: string;
  date: Date;
  report: EvaluationReport;
  /** For each collection, in their order. */
  details: readonly { queries: readonly BeirQuery[]; duel: Duel | undefined }[];
};

const LISTED_QUERIES = 10;

export function evaluationPage({ title, command, date, report, details }: EvaluationPage): string {
  const { collections, mean } = report;
  const names = [...collections.map(({ name }) => name), ...(mean ? ["mean"] : [])];
  const header = [
    element("h1", {}, title),
    element(
      "p",
      {},
      "Bars are means over queries; the thin line is the interval that holds 95 of 100 means when queries are drawn anew. " +
        "p is two-sided, of a paired randomisation test, raised for the number of comparisons in its table (Holm).",
    ),
    element("p", { class: "facts" }, `${date.toISOString().slice(0, 10)}. `, element("code", {}, command)),
    names.length > 1 &&
      element(
        "nav",
        { "aria-label": "Collections" },
        element(
          "ul",
          {},
          names.map((name, i) => element("li", {}, element("a", { href: `#c${i}` }, name))),
        ),
      ),
  ];
  const sections = collections.map((collection, i) => collectionSection(collection, `c${i}`, details[i]));
  const meanTable = mean && stagesTable(`Means of ${collections.length} collections`, mean);
  const meanSection =
    meanTable &&
    element(
      "section",
      { id: `c${collections.length}` },
      element("h2", {}, `Mean of ${collections.length} collections`),
      element("figure", {}, stageBars(Object.keys(mean[0]?.measures ?? {})[0] ?? "", mean)),
      tableMarkup(meanTable),
    );
  const footer = ["The figures of this page lie in it as JSON.", dataBlock(report)];
  return pageOf({ title: `Lodestone: ${title}`, header, main: [sections, meanSection ?? false], footer });
}

function collectionSection(
  collection: CollectionFigures,
  id: string,
  detail: EvaluationPage["details"][number] | undefined,
): Markup {
  const { name, documents, chunks, queries, model, stages } = collection;
  const measures = Object.keys(stages[0]?.measures ?? {});
  const facts = [
    ...(documents > 0 ? [countOf(documents, "document"), countOf(chunks, "chunk")] : []),
    countOf(queries, "query", "queries"),
    ...(model === "" ? [] : [model]),
  ];
  return element(
    "section",
    { id },
    element("h2", {}, name),
    element("p", {}, `${facts.join(", ")}.`),
    measures
      .slice(0, 2)
      .map((measure) =>
        element(
          "section",
          {},
          element("h3", {}, measureTitle(measure)),
          element("figure", {}, stageBars(measure, stages)),
        ),
      ),
    element("section", {}, element("h3", {}, "All measures"), tableMarkup(stagesTable(`Stages on ${name}`, stages))),
    detail?.duel && duelSection(detail.duel, detail.queries, measures[0] ?? ""),
  );
}

function stageBars(
  measure: string,
  stages: readonly (Pick<StageFigures, "stage" | "measures"> & Partial<StageFigures>)[],
): Markup {
  return barPlot(
    `${measureTitle(measure)} of each stage`,
    [measureTitle(measure)],
    stages.map(({ stage, measures, intervals }) => {
      const value = measures[measure] ?? 0;
      const interval = intervals?.[measure];
      const bar: Bar = { value, text: value.toFixed(3), ...(interval ? { interval } : {}) };
      return { name: stage, tone: "blue", bars: [bar] };
    }),
  );
}

function stagesTable(
  title: string,
  stages: readonly (Pick<StageFigures, "stage" | "measures"> & Partial<StageFigures>)[],
): Table {
  const measures = Object.keys(stages[0]?.measures ?? {});
  const [first = ""] = measures;
  const whole = stages.some(({ intervals }) => intervals !== undefined);
  const timed = stages.some(({ p50Ms }) => typeof p50Ms === "number");
  const best = Math.max(...stages.map(({ measures: values }) => values[first] ?? 0));
  return {
    title,
    columns: [
      text("stage"),
      ...measures.map((measure) => number(measureTitle(measure))),
      ...(whole
        ? [`95 % of ${measureTitle(first)}`, "change", "against", "p", "better / worse / equal"].map(number)
        : []),
      ...(timed ? ["p50", "p95"].map(number) : []),
    ],
    rows: stages.map(({ stage, measures: values, intervals, comparison, p50Ms, p95Ms }) => ({
      kind: values[first] === best ? "ours" : "peer",
      cells: [
        stage,
        ...measures.map((measure) => (values[measure] ?? 0).toFixed(3)),
        ...(whole
          ? [
              intervalText(intervals?.[first]),
              changeText(comparison),
              comparison?.baseline ?? "",
              pText(comparison),
              comparison ? `${comparison.wins} / ${comparison.losses} / ${comparison.ties}` : "",
            ]
          : []),
        ...(timed ? [formatMs(p50Ms ?? 0), formatMs(p95Ms ?? 0)] : []),
      ],
    })),
  };
}

function duelSection({ first, second }: Duel, queries: readonly BeirQuery[], measure: string): Markup {
  const rows = perQueryRows([first, second], queries, measure);
  const gains = rows.filter(({ change }) => change > 0);
  const losses = rows.filter(({ change }) => change < 0).toReversed();
  const told = `${second.name} is better than ${first.name} in ${gains.length} queries, worse in ${losses.length} and equal in ${rows.length - gains.length - losses.length}.`;
  const bars = rows.map(({ queryId, text: words, values, change }) => ({
    value: change,
    tip: `${shortened(words || queryId)}: ${(values[0] ?? 0).toFixed(3)} to ${(values[1] ?? 0).toFixed(3)}`,
  }));
  const listed = (title: string, chosen: typeof rows): Child =>
    chosen.length > 0 &&
    tableDetails({
      title,
      columns: [text("query"), text("text"), number(first.name), number(second.name), number("change")],
      rows: chosen.slice(0, LISTED_QUERIES).map(({ queryId, text: words, values, change }) => ({
        kind: "peer",
        cells: [
          queryId,
          shortened(words),
          ...values.map((value) => value.toFixed(3)),
          changeText({ difference: change }),
        ],
      })),
    });
  return element(
    "section",
    {},
    element("h3", {}, `Query by query: ${second.name} against ${first.name}`),
    element("p", {}, `${measureTitle(measure)}. ${told}`),
    element("figure", {}, differencePlot(bars, told)),
    listed("largest gains", gains),
    listed("largest losses", losses),
  );
}

function shortened(words: string): string {
  return words.length > 160 ? `${words.slice(0, 159)}…` : words;
}
