// The report of a run: one HTML file that needs nothing else. Plots are drawn here, so that it works without any script; the
// figures it was made from travel inside it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/package-root.js";
import {
  dataBlock,
  element,
  figure,
  type Markup,
  pageOf,
  type Table,
  tableDetails,
  tableMarkup,
} from "../../src/report/index.js";
import type { BenchResult, ScenarioResult } from "../vectors/result.js";
import { buildPlot, filterPlot, memoryPlot, recallPlot, throughputPlot } from "./plots.js";
import { summaryOf } from "./summary.js";
import * as tables from "./tables.js";

export function reportPage(result: BenchResult): string {
  const { machine, scenarios, command } = result;
  const header = [
    element("h1", {}, "Vector search, measured"),
    element(
      "p",
      {},
      "Lodestone's vector index beside other embedded ones: the same vectors, the same queries, one run, each system in a " +
        "process of its own. Half of the queries choose each system's setting; the figures are of the other half.",
    ),
    element(
      "p",
      { class: "facts" },
      `${machine.cores} cores of ${machine.cpu}, ${figure.bytes(machine.memoryBytes)}, ${machine.system}, Node ${machine.node}. ` +
        `${machine.date.slice(0, 10)}, commit ${machine.commit}, load ${figure.digits(machine.loadAverage)} at the start. `,
      element("code", {}, command),
    ),
    scenarios.length > 1 &&
      element(
        "nav",
        { "aria-label": "Scenarios" },
        element(
          "ul",
          {},
          scenarios.map(({ name, title }) => element("li", {}, element("a", { href: `#${idOf(name)}` }, title))),
        ),
      ),
  ];
  const footer = [
    "Percentiles are medians over rounds of each round's own; in every round all systems take their turn. Recall counts a row " +
      "that is exactly as near as the last of the true nearest as found. The figures of this page lie in it as JSON.",
    dataBlock(result, kept),
  ];
  const main = scenarios.map(scenarioSection);
  const icon = readFileSync(join(packageRoot, "src", "web", "public", "favicon.svg"), "utf8");
  return pageOf({ title: "Lodestone: vector search, measured", icon, header, main, footer });
}

function scenarioSection(scenario: ScenarioResult): Markup {
  const { name, title, vectors, skipped, rounds } = scenario;
  const plot = (heading: string, words: string, drawn: Markup | Markup[], ...below: Table[]) =>
    element(
      "section",
      {},
      element("h3", {}, heading),
      element("p", {}, words),
      element("figure", {}, drawn),
      below.filter(({ rows }) => rows.length > 0).map(tableDetails),
    );
  const table = (heading: string, shown: Table) =>
    shown.rows.length > 0 && element("section", {}, element("h3", {}, heading), tableMarkup(shown));
  return element(
    "section",
    { id: idOf(name) },
    element("h2", {}, title),
    element(
      "p",
      {},
      `${vectors.rows.toLocaleString("en-US")} rows of ${vectors.dimensions} dimensions; ${vectors.label}. ` +
        `${vectors.queries} queries, ${rounds} rounds.`,
    ),
    skipped.length > 0 &&
      element(
        "ul",
        { class: "missing" },
        skipped.map((missing) => element("li", {}, `${missing.title} is missing: ${missing.reason}`)),
      ),
    short(scenario),
    plot(
      "Recall and latency, ten results",
      "Each curve is one way to search, each mark one setting of it. Recall is drawn by what is missing: from 0.9 to 0.99 is as far as from 0.99 to 0.999.",
      recallPlot(scenario, 10),
      tables.matchedRecall(scenario, 10),
      tables.settingsTable(scenario, 10),
    ),
    plot(
      "Recall and latency, a hundred results",
      "The same for k = 100.",
      recallPlot(scenario, 100),
      tables.matchedRecall(scenario, 100),
      tables.settingsTable(scenario, 100),
    ),
    plot(
      "Queries per second",
      "At the cheapest setting with recall@10 of 0.99. Eight clients share one process, as the requests of one server do.",
      throughputPlot(scenario),
      tables.throughput(scenario),
    ),
    plot(
      "Filters",
      "Latency by the share of rows that a filter allows, each system at its cheapest setting with recall@10 of 0.99 for that filter.",
      filterPlot(scenario),
      tables.filters(scenario),
    ),
    plot(
      "Build time",
      "From embedded rows to the state that is searched above.",
      buildPlot(scenario),
      tables.builds(scenario),
    ),
    plot(
      "Memory",
      "The structure that a search reads, and resident memory over that of an empty process.",
      memoryPlot(scenario),
      tables.builds(scenario),
    ),
    table("After deletes", tables.deletes(scenario)),
    table("Recall asked for and found", tables.promises(scenario)),
    table("The caller's event loop", tables.eventLoop(scenario)),
  );
}

function short(scenario: ScenarioResult): Markup {
  return element(
    "dl",
    { class: "short" },
    summaryOf(scenario).map((line) =>
      element(
        "div",
        {},
        element("dt", {}, line.what),
        element("dd", { class: "figure" }, line.figure),
        element("dd", { class: "beside" }, line.detail),
        element("dd", { class: "beside" }, line.beside),
      ),
    ),
  );
}

function kept(key: string, value: unknown): unknown {
  // Single rounds and what systems say of themselves are in the JSON file of the run.
  if (key === "rounds" || key === "status") return undefined;
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}

function idOf(name: string): string {
  return `s-${name}`;
}
