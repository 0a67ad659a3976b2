// lodestone eval: how well, and how fast, each stage answers the queries of collections in BEIR layout.

import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { LodestoneError } from "../../errors.js";
import type { ScoredRun } from "../../evaluation/index.js";
import { DEPTH, type Evaluated, evaluateCollection, type StageName, stageNames } from "../evaluate.js";
import { describe, type Face } from "../face.js";
import { listenForInterrupt } from "../interrupt.js";
import { listOf, wholeNumber } from "../option-values.js";
import { openProgressBar } from "../progress/progress-bar.js";
import { addVectorOptions, type VectorOptions, vectorsOf } from "../vector-options.js";

type Options = VectorOptions & {
  stages: StageName[];
  k: number;
  split: string;
  maxTokens?: number;
  model?: string;
  out?: string;
};

export function addEvalCommand(program: Command, face: Face): void {
  const command = program
    .command("eval <folders...>")
    .description("Measure the quality and the speed of search on collections in BEIR layout.")
    .option("--stages <list>", "which of bm25, dense, hybrid, hybrid+rerank and default", listOf(stageNames), [
      ...stageNames,
    ])
    .option("-k, --k <n>", "cutoff of nDCG and MRR", wholeNumber(1, DEPTH), 10)
    .option("--split <name>", "judgements in qrels/<name>.tsv", "test")
    .option("--max-tokens <n>", "longest chunk, in tokens", wholeNumber(16, 8192))
    .option("--model <name>", "bi-encoder, see: lodestone models list")
    .option("--out <dir>", "write a TREC run file for each collection and stage")
    .action((folders: string[], options: Options) => run(folders, options, face));
  addVectorOptions(command);
  for (const option of command.options) if (option.attributeName() === "stages") option.defaultValueDescription = "all";
  describe(command, {
    examples: ["eval data/scifact", "eval data/scifact data/medline --stages bm25,hybrid --out runs"],
    notes: [
      "A collection has corpus.jsonl, queries.jsonl and qrels/test.tsv. Its library is built in a temporary folder; with\n" +
        "--library DIR it is built in DIR/<collection> and kept, and a later run goes on from it.",
      `Each stage ranks ${DEPTH} documents a query. p is the two-sided p-value of a paired randomisation test of nDCG against the\n` +
        "line above. p50 and p95 are times of whole searches, one at a time, query embedding included.",
    ],
    json:
      '{"collections": [{name, documents, chunks, queries, indexMs, degraded, "stages": [{stage, measures: {"ndcg@10", ...},\n' +
      'p50Ms, p95Ms, pValue}]}], "mean": [{stage, measures}] or null}',
  });
}

// An interrupt leaves this long for the engine to close and its temporary library to go.
const CLEANUP_MS = 3_000;

async function run(folders: string[], options: Options, face: Face): Promise<void> {
  const { terminal, shared, exitWith } = face;
  const { library, json } = shared();
  const { measureOf, openBeirCollection } = await import("../../evaluation/index.js");
  const measures = [`ndcg@${options.k}`, "recall@100", `mrr@${options.k}`, "map"].map(measureOf);
  // All are opened first: a mistake in the last should not show after the first has run for minutes.
  const collections = await Promise.all(folders.map((folder) => openBeirCollection(folder, options.split)));
  expectDistinct(collections.map(({ name }) => name));
  const folder = library === undefined ? await mkdtemp(join(tmpdir(), "lodestone-eval-")) : resolve(library);
  const bar = openProgressBar(terminal.stderr);
  const interrupt = listenForInterrupt(() => bar.stop(), CLEANUP_MS);
  const engine = {
    vectors: vectorsOf(options),
    ...(options.model === undefined ? {} : { biEncoder: options.model }),
    ...(options.maxTokens === undefined ? {} : { chunking: { maxTokens: options.maxTokens } }),
  };
  const evaluated: Evaluated[] = [];
  try {
    for (const collection of collections) {
      const { stages } = options;
      const result = await evaluateCollection(collection, {
        folder,
        engine,
        stages,
        measures,
        bar,
        signal: interrupt.signal,
      });
      bar.stop();
      if (result.degraded > 0)
        terminal.warn(`${result.degraded} answers of ${result.name} were degraded; its figures are too low.`);
      if (options.out !== undefined) await writeRuns(result, options.out);
      evaluated.push(result);
    }
    const { figuresOf, renderEvaluation } = await import("../render/evaluation.js");
    const report = figuresOf(evaluated);
    if (json) terminal.printJson(report);
    else terminal.print(renderEvaluation(report, terminal.stdout.style));
  } catch (error) {
    const code = interrupt.exitCode();
    if (code === undefined) throw error;
    exitWith(code);
  } finally {
    bar.stop();
    if (library === undefined) await rm(folder, { recursive: true, force: true });
    interrupt.release();
  }
}

function expectDistinct(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    `Two of the collections are called "${twice}". Give the folders names of their own, or evaluate them in two runs.`,
  );
}

async function writeRuns({ name, stages }: Evaluated, folder: string): Promise<void> {
  const { formatRun } = await import("../../evaluation/index.js");
  await mkdir(folder, { recursive: true });
  const write = (stage: string, scored: ScoredRun) =>
    pipeline(
      Readable.from(formatRun(scored, `lodestone-${stage}`)),
      createWriteStream(join(folder, `${name}.${stage}.run`)),
    );
  for (const { name: stage, run: scored } of stages) await write(stage, scored);
}
