// lodestone eval ablation: what each feature of a search request adds, over several collections, in one table.

import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { LodestoneError, messageOf } from "../../errors.js";
import { type Evaluated, evaluateCollection } from "../evaluation/evaluate.js";
import { addRunOptions, type RunOptions, warnOfDegraded, withCollections } from "../evaluation/session.js";
import { describe, type Face } from "../face.js";
import { gathered } from "../option-values.js";

type Options = RunOptions & { variants?: string; variant: string[]; base?: string; markdown?: boolean };

export function addEvalAblationCommand(parent: Command, face: Face): void {
  const command = parent
    .command("ablation <folders...>")
    .description("Measure what changes of the search request add, over all collections together.")
    .option("--variants <file>", 'JSON: {"base": {...}, "variants": [{"name": "...", "request": {...}}]}')
    .option("--variant <name=json>", "one more, as a patch of the base; may be given several times", gathered, [])
    .option("--base <json>", "the request that all are compared with, over the engine's defaults")
    .option("--markdown", "print the table as Markdown")
    .action((folders: string[], options: Options) => run(folders, options, face));
  addRunOptions(command);
  for (const option of command.options)
    if (option.attributeName() === "variant") option.defaultValueDescription = "none";
  describe(command, {
    examples: [
      `eval ablation data/scifact data/medline --variant 'no rerank={"rerank":false}' --variant 'bm25={"mode":"lexical","rerank":false}'`,
      "eval ablation data/* --variants features.json --markdown",
    ],
    notes: [
      "A variant is a JSON merge patch of the base request (null takes a field away); any field of the search request may be named.\n" +
        "Mean and change are of the first measure, unweighted over collections; p is two-sided, of a paired randomisation test\n" +
        "over all queries of all collections, raised for the number of variants (Holm). p50 is over all queries.",
    ],
    json: "{measure, collections, queries, rows: [{variant, values, mean, difference, pValue, pHolm, p50Ms}]}",
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
  await withCollections(folders, options, face, async ({ collections, ...session }) => {
    const evaluated: Evaluated[] = [];
    for (const collection of collections) {
      const result = await evaluateCollection(collection, { ...session, variants });
      session.bar.stop();
      warnOfDegraded(result, face);
      evaluated.push(result);
    }
    const report = ablation.ablationReport(evaluated, variants);
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
