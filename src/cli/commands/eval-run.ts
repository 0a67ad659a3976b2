// lodestone eval run, or eval alone: how well, and how fast, each stage answers the queries of collections in BEIR layout.

import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { BeirCollection, Measure } from "../../evaluation/index.js";
import type { Evaluated } from "../evaluation/evaluate.js";
import type { Baseline } from "../evaluation/figures.js";
import { addRunOptions, type RunOptions, warnOfDegraded, withCollections } from "../evaluation/session.js";
import { DEPTH, type StageName, stageNames, stageVariants } from "../evaluation/stages.js";
import { EXIT_FAILURE } from "../exit-code.js";
import { describe, type Face } from "../face.js";
import { listOf } from "../option-values.js";

type Options = RunOptions & {
  stages: StageName[];
  baseline?: string;
  out?: string;
  perQuery?: string;
  report?: string;
  expect?: string;
  writeExpected?: string;
};

export function addEvalRunCommand(parent: Command, face: Face): void {
  const command = parent
    .command("run <folders...>", { isDefault: true })
    .description("Measure the stages of search on collections; the word run may be left out.")
    .option("--stages <list>", "which of bm25, dense, hybrid, hybrid+rerank and default", listOf(stageNames), [
      ...stageNames,
    ])
    .option(
      "--baseline <stage|file>",
      "what stages are compared with: a stage, or a TREC run (default: the line above)",
    )
    .option("--out <dir>", "write a TREC run file for each collection and stage")
    .option("--per-query <file>", "write the measures of every single query, as columns with tabs between them")
    .option("--report <file>", "write a page with plots (HTML)")
    .option("--expect <file>", "fail where quality is worse than this file of expected quality says")
    .option("--write-expected <file>", "write such a file from what is measured")
    .action((folders: string[], options: Options) => run(folders, options, face));
  addRunOptions(command);
  for (const option of command.options) if (option.attributeName() === "stages") option.defaultValueDescription = "all";
  describe(command, {
    examples: [
      "eval data/scifact",
      "eval data/scifact data/medline --stages bm25,hybrid --baseline bm25 --report quality.html",
      "eval run judged --library ~/library --expect quality.json",
    ],
    notes: [
      "A collection has corpus.jsonl, queries.jsonl and qrels/test.tsv. Its library is built in a temporary folder; with\n" +
        "--library DIR it is built in DIR/<collection> and kept, and a later run goes on from it. Where DIR is a library\n" +
        "itself, that one is searched as it is, and only read.",
      `Each stage ranks ${DEPTH} documents a query. The columns after the measures are of the first: the interval that holds 95\n` +
        "of 100 bootstrapped means, the change against the baseline, and its two-sided p-value by a paired randomisation test,\n" +
        "raised for the number of comparisons (Holm). p50 and p95 are times of whole searches, one at a time, query\n" +
        "embedding included.",
      "--baseline takes the file of a TREC run, too; with several collections its path has {collection} in it:\n" +
        "--baseline 'runs/{collection}.bm25.run'.",
      "Exit code 1 where --expect finds something worse.",
    ],
    json:
      '{"collections": [{name, model, documents, chunks, queries, indexMs, degraded, "stages": [{stage, measures: {"ndcg@10", ...},\n' +
      "intervals, p50Ms, p95Ms, comparison: {baseline, measure, difference, low, high, pValue, pHolm, wins, losses, ties}}]}],\n" +
      '"mean": [{stage, measures}] or null, "expected": {passes, checks} or null}',
  });
}

async function run(folders: string[], options: Options, face: Face): Promise<void> {
  const { terminal, shared, exitWith } = face;
  const expected = await import("../evaluation/expected.js");
  const files = await import("../evaluation/run-files.js");
  const expectation = options.expect === undefined ? undefined : await expected.readExpected(options.expect);
  await withCollections(folders, options, face, async ({ collections, ...session }) => {
    const baseline = await baselineOf(options, collections, session.measures);
    const { evaluateCollection } = await import("../evaluation/evaluate.js");
    const variants = stageVariants(options.stages);
    const evaluated: Evaluated[] = [];
    for (const collection of collections) {
      const result = await evaluateCollection(collection, { ...session, variants });
      session.bar.stop();
      warnOfDegraded(result, face);
      if (options.out !== undefined) await files.writeRuns(result, options.out);
      evaluated.push(result);
    }
    if (options.perQuery !== undefined) await files.writeLines(options.perQuery, files.perQueryLines(evaluated));
    if (options.writeExpected !== undefined) {
      await writeFile(options.writeExpected, `${JSON.stringify(expected.expectedOf(evaluated), null, 2)}\n`);
    }
    const { figuresOf } = await import("../evaluation/figures.js");
    const report = figuresOf(evaluated, baseline);
    if (options.report !== undefined) {
      const { evaluationPage } = await import("../render/evaluation-page.js");
      const details = evaluated.map((result, i) => ({
        queries: collections[i]?.queries ?? [],
        duel: duelOf(result, baseline),
      }));
      const command = commandLine(folders, options);
      const page = { title: "Search quality, measured", command, date: new Date(), report, details };
      await writeFile(options.report, evaluationPage(page));
    }
    const check = expectation && expected.checkExpected(expectation, evaluated);
    const { renderChecks, renderEvaluation } = await import("../render/evaluation.js");
    const { style } = terminal.stdout;
    if (shared().json) terminal.printJson({ ...report, expected: check ?? null });
    else terminal.print(renderEvaluation(report, style) + (check ? `\n${renderChecks(check.checks, style)}` : ""));
    if (check && !check.passes) exitWith(EXIT_FAILURE);
  });
}

async function baselineOf(
  { baseline, stages }: Options,
  collections: readonly BeirCollection[],
  measures: readonly Measure[],
): Promise<Baseline> {
  if (baseline === undefined) return { kind: "before" };
  if (stages.some((name) => name === baseline)) return { kind: "stage", name: baseline };
  const { readBaseline } = await import("../evaluation/baseline.js");
  return readBaseline(baseline, stages, collections, measures);
}

/** The last stage and what it is compared with; with no baseline, the first stage. */
function duelOf({ name, stages }: Evaluated, baseline: Baseline) {
  const second = stages.at(-1);
  const first =
    baseline.kind === "run"
      ? { name: baseline.name, summary: baseline.summaryOf(name) }
      : baseline.kind === "stage"
        ? stages.find((stage) => stage.name === baseline.name)
        : stages[0];
  return first && second && first !== second ? { first, second } : undefined;
}

function commandLine(folders: readonly string[], { stages, baseline, measure }: Options): string {
  const parts = ["lodestone eval", ...folders, `--stages ${stages.join(",")}`];
  if (baseline !== undefined) parts.push(`--baseline ${baseline}`);
  if (measure !== undefined) parts.push(`--measure ${measure.join(",")}`);
  return parts.join(" ");
}
