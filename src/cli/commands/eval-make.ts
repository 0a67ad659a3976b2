// lodestone eval make: a judged set from nothing but the documents of the user's own library.

import { resolve } from "node:path";
import type { Command } from "commander";
import { LodestoneError } from "../../errors.js";
import type { KnownItemKind } from "../../evaluation/index.js";
import { describe, type Face } from "../face.js";
import { listOf, numberBetween, wholeNumber } from "../option-values.js";

type Options = {
  out: string;
  kinds: KnownItemKind[];
  maxQueries: number;
  maxPerDocument: number;
  devShare: number;
  seed: number;
  tenant?: string;
};

const kinds = ["title", "link", "question", "heading"] as const satisfies readonly KnownItemKind[];

export function addEvalMakeCommand(parent: Command, face: Face): void {
  const command = parent
    .command("make")
    .description("Make a judged set from your own library: queries that are known to ask for one document.")
    .requiredOption("--out <dir>", "folder for the set, new or empty")
    .option("--kinds <list>", "which of title, link, question and heading", listOf(kinds), [...kinds])
    .option("--max-queries <n>", "at most so many, drawn at random", wholeNumber(1, 100_000), 500)
    .option("--max-per-document <n>", "at most so many of one document", wholeNumber(1, 1000), 3)
    .option(
      "--dev-share <share>",
      "share of the documents whose queries are for choosing settings",
      numberBetween(0, 1),
      0.5,
    )
    .option("--seed <n>", "the same seed draws the same queries", wholeNumber(0, 2 ** 31), 1)
    .option("--tenant <name>", "whose documents (default: those of no tenant)")
    .action((options: Options) => run(options, face));
  for (const option of command.options) if (option.attributeName() === "kinds") option.defaultValueDescription = "all";
  describe(command, {
    examples: [
      "eval make --library ~/library --out judged",
      "eval judged --library ~/library",
      "eval judged --model bge-small-en-v1.5",
    ],
    notes: [
      "Queries are titles, headings, questions in the text, and what other documents call a document where they link to it. Those that\n" +
        "two documents could answer are left out. The queries of one document are all in qrels/dev.tsv or all in qrels/test.tsv.",
      "The set is for comparing models and settings: titles, headings and questions stand in their document word for word, so\n" +
        "figures are higher than people's queries would give, most of all for BM25. --kinds link has none of that.",
      "The folder holds the texts of the documents, so that other models can be measured on them.",
    ],
    json: "{folder, documents, queries: {dev, test}, kinds: {title, link, question, heading}, dropped}",
  });
}

async function run(options: Options, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { claimFolder, writeCorpus, writeJudgements } = await import("../evaluation/write-collection.js");
  const { makeKnownItems } = await import("../../evaluation/index.js");
  const { fileOf, knownItemSource, resolveLinks } = await import("../evaluation/own-documents.js");
  const { documentsOf, withOwnLibrary } = await import("../evaluation/own-library.js");
  const folder = resolve(options.out);
  await withOwnLibrary(face, options.tenant, async (library) => {
    await claimFolder(folder);
    const sources: Awaited<ReturnType<typeof knownItemSource>>[] = [];
    const places = new Map<string, string>();
    const corpus = documentsOf(library, async (document) => {
      const file = fileOf(document, library.sources);
      sources.push(await knownItemSource(document, file));
      if (file !== undefined) places.set(file, document.id);
    });
    await writeCorpus(folder, corpus);
    const set = makeKnownItems(resolveLinks(sources, places), options);
    if (set.items.length === 0) {
      throw new LodestoneError(
        "NOT_FOUND",
        "No queries could be made: the library has no titles, headings, questions or links that ask for one document alone. " +
          "Collect feedback and use: lodestone eval log",
      );
    }
    const [dev, test] = [set.of("dev"), set.of("test")];
    await writeJudgements(folder, [...dev.queries, ...test.queries], { dev: dev.qrels, test: test.qrels });
    const counts = Object.fromEntries(
      options.kinds.map((kind) => [kind, set.items.filter((item) => item.kind === kind).length]),
    );
    const queries = { dev: dev.queries.length, test: test.queries.length };
    const report = { folder, documents: sources.length, queries, kinds: counts, dropped: set.dropped };
    if (shared().json) return terminal.printJson(report);
    const { renderMade } = await import("../render/judged-sets.js");
    terminal.print(renderMade(report, terminal.stdout.style));
  });
}
