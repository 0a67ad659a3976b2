// lodestone eval compare: two TREC runs over the same judgements, of this engine or of any other.

import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import type { RunSummary } from "../../evaluation/index.js";
import { measuresOf } from "../evaluation/session.js";
import { describe, type Face } from "../face.js";
import { words } from "../option-values.js";

type Options = { qrels: string; measure: string[]; report?: string };

export function addEvalCompareCommand(parent: Command, face: Face): void {
  const command = parent
    .command("compare <run-a> <run-b>")
    .description("Compare two TREC run files over the same judgements.")
    .requiredOption("--qrels <file>", "judgements: TREC's four columns, or BEIR's three with tabs between them")
    .option("--measure <list>", "measures to compare", words, ["ndcg@10", "recall@100", "mrr@10", "map"])
    .option("--report <file>", "write a page with plots (HTML)")
    .action((first: string, second: string, options: Options) => run([first, second], options, face));
  describe(command, {
    examples: ["eval compare runs/scifact.bm25.run runs/scifact.hybrid.run --qrels data/scifact/qrels/test.tsv"],
    notes: [
      "Every judged query counts; one that a run lacks counts 0. The interval is of the change (bootstrap, 95 %); p is two-sided, of\n" +
        "a paired randomisation test, raised for the number of measures (Holm).",
    ],
    json: '{queries, "measures": [{measure, first, second, difference: {mean, low, high}, pValue, pHolm, wins, losses, ties}]}',
  });
}

async function run([first, second]: [string, string], options: Options, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { readQrelsFile, readRunFile } = await import("../evaluation/run-files.js");
  const { adjustHolm, compareRuns } = await import("../../evaluation/index.js");
  const measures = await measuresOf(options.measure);
  const qrels = await readQrelsFile(options.qrels);
  const runs: [RunSummary, RunSummary] = [
    await readRunFile(first, qrels, measures),
    await readRunFile(second, qrels, measures),
  ];
  const compared = compareRuns(...runs);
  const adjusted = adjustHolm(compared.map(({ test }) => test.pValue));
  const figures = compared.map(({ measure, first, second, difference, test }, i) => {
    const { pValue, wins, losses, ties } = test;
    return { measure, first, second, difference, pValue, pHolm: adjusted[i]!, wins, losses, ties };
  });
  if (options.report !== undefined) await writeFile(options.report, await page([first, second], runs, options));
  if (shared().json) return terminal.printJson({ queries: qrels.size, measures: figures });
  const { renderComparison } = await import("../render/comparison.js");
  terminal.print(renderComparison([first, second], figures, terminal.stdout.style));
}

async function page([a, b]: [string, string], [first, second]: [RunSummary, RunSummary], { qrels }: Options) {
  const { stageFigures } = await import("../evaluation/figures.js");
  const { evaluationPage } = await import("../render/evaluation-page.js");
  const runs = [
    { name: basename(a), summary: first },
    { name: basename(b), summary: second },
  ] as const;
  const stages = stageFigures(runs, [undefined, runs[0]]);
  const size = { model: "", documents: 0, chunks: 0, queries: first.queryIds.length, indexMs: null, degraded: 0 };
  return evaluationPage({
    title: "Two runs compared",
    command: `lodestone eval compare ${a} ${b} --qrels ${qrels}`,
    date: new Date(),
    report: { collections: [{ name: basename(qrels), ...size, stages }], mean: null },
    details: [{ queries: [], duel: { first: runs[0], second: runs[1] } }],
  });
}
