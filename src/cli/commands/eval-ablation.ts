// lodestone eval ablation: what each feature of a search request adds, over several collections, in one table.

import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { LodestoneError, messageOf } from "../../errors.js";
import { type Evaluated, evaluateCollection } from "../evaluation/evaluate.js";
import type { HeldOutWay } from "../evaluation/held-out.js";
import { addRunOptions, type RunOptions, warnOfDegraded, withCollections } from "../evaluation/session.js";
import { describe, type Face } from "../face.js";
import { gathered, listOf, wholeNumber } from "../option-values.js";

type Options = RunOptions & {
  variants?: string;
  variant: string[];
  base?: string;
  heldOut?: HeldOutWay[];
  folds: number;
  markdown?: boolean;
};

export function addEvalAblationCommand(parent: Command, face: Face): void {
  const command = parent
    .command("ablation <folders...>")
    .description("Measure what changes of the search request add, over all collections together.")
    .option("--variants <file>", 'JSON: {"base": {...}, "variants": [{"name": "...", "request": {...}}]}')
    .option("--variant <name=json>", "one more, as a patch of the base; may be given several times", gathered, [])
    .option("--base <json>", "the request that all are compared with, over the engine's defaults")
    .option(
      "--held-out <list>",
      "what the best variant is worth where it was not chosen: on other queries, collections",
      listOf<HeldOutWay>(["queries", "collections"]),
    )
    .option("--folds <n>", "parts into which --held-out queries divides them", wholeNumber(2, 100), 5)
    .option("--markdown", "print the table as Markdown")
    .action((folders: string[], options: Options) => run(folders, options, face));
  addRunOptions(command);
  for (const option of command.options)
    if (option.attributeName() === "variant") option.defaultValueDescription = "none";
  describe(command, {
    examples: [
      `eval ablation data/scifact data/medline --variant 'no rerank={"rerank":false}' --variant 'bm25={"mode":"lexical","rerank":false}'`,
      "eval ablation data/* --variants features.json --markdown",
      "eval ablation data/* --variants weights.json --held-out queries,collections --folds 2",
    ],
    notes: [
      "A variant is a JSON merge patch of the base request (null takes a field away); any field of the search request may be named.\n" +
        "Mean and change are of the first measure, unweighted over collections; p is two-sided, of a paired randomisation test\n" +
        "over all queries of all collections, raised for the number of variants (Holm). p50 is over all queries.",
      "Whoever shows the best of several variants on the queries that it was chosen by shows too much. --held-out chooses among them,\n" +
        "the base included, on all folds of the queries but one, or on all collections but one, and measures on the one that was left out.",
    ],
    json: "{measure, collections, queries, rows: [{variant, values, mean, difference, pValue, pHolm, p50Ms}], heldOut: [{by, values, mean, difference, pValue, choices: [{leftOut, variant}]}]}",
  });
}

async function run(folders: string[], options: Options, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const ablation = await import("../evaluation/ablation.js");
  const { checkVariants } = await import("../evaluation/check-variants.js");
  const { variants: path, base } = options;
  const stored =
    path === undefined ? ablation.parseAblation("{}", "") : ablation.parseAblation(await textOf(path), path);
  const variants = ablation.ablationVariants({
    base: base === undefined ? stored.base : ablation.parseRequest(base),
    variants: [...stored.variants, ...options.variant.map(ablation.parseVariant)],
  });
  checkVariants(variants);
  const ways = (options.heldOut ?? []).map((by) => ({ by, folds: options.folds }));
  await withCollections(folders, options, face, async ({ collections, ...session }) => {
    const evaluated: Evaluated[] = [];
    for (const collection of collections) {
      const result = await evaluateCollection(collection, { ...session, variants });
      session.bar.stop();
      warnOfDegraded(result, face);
      evaluated.push(result);
    }
    const report = ablation.ablationReport(evaluated, variants, ways);
    const { ablationMarkdown, renderAblation } = await import("../render/ablation.js");
    if (shared().json) terminal.printJson(report);
    else if (options.markdown) terminal.print(ablationMarkdown(report));
    else terminal.print(renderAblation(report, terminal.stdout.style));
  });
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new LodestoneError("PATH_NOT_FOUND", `The variants ${path} cannot be read: ${messageOf(error)}.`, {
      cause: error,
      detail: { path },
    });
  }
}
