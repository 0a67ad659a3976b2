// A run as Markdown: for the terminal, and beside the figures.

import { figure, tableMarkdown } from "../../src/report/index.js";
import type { BenchResult } from "../vectors/result.js";
import { summaryTable } from "./summary.js";
import { tablesOf } from "./tables.js";

export function resultMarkdown({ machine, scenarios, command }: BenchResult): string {
  const { cpu, cores, memoryBytes, node, date, commit, system, loadAverage } = machine;
  const lines = [
    "# Vector search, measured",
    "",
    `${cores} cores of ${cpu}, ${figure.bytes(memoryBytes)}, ${system}, Node ${node}; ${date.slice(0, 10)}, commit ${commit}, ` +
      `load ${figure.digits(loadAverage)} at the start. \`${command}\``,
    "",
  ];
  for (const scenario of scenarios) {
    const { title, vectors, skipped, rounds } = scenario;
    lines.push(
      `## ${title}`,
      "",
      `${vectors.rows.toLocaleString("en-US")} rows x ${vectors.dimensions}; ${vectors.label}; ${vectors.queries} queries, ` +
        `${rounds} rounds.`,
      "",
      ...skipped.map(({ title: name, reason }) => `- ${name} is missing: ${reason}`),
      ...(skipped.length > 0 ? [""] : []),
      ...[summaryTable(scenario), ...tablesOf(scenario)].map(tableMarkdown),
    );
  }
  return `${lines.join("\n").trimEnd()}\n`;
}
