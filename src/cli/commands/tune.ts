// lodestone tune: learns from judged queries how a library's lists of words and vectors are best fused.

import type { Command } from "commander";
import type { JudgedQuery, TuneReport } from "../../engine/index.js";
import { LodestoneError } from "../../errors.js";
import { describe, type Face } from "../face.js";
import { interruptible } from "../interruptible.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine } from "../open-library.js";
import { countOf } from "../render/numbers.js";
import type { Style } from "../render/style.js";
import { renderTable } from "../render/table.js";

type Options = { split: string; knownItems?: boolean; dryRun?: boolean; clear?: boolean };

export function addTuneCommand(program: Command, face: Face): void {
  const command = program
    .command("tune [folder]")
    .description("Learn from judged queries how words and vectors are best fused in this library.")
    .option("--split <name>", "judgements in qrels/<name>.tsv", "test")
    .option("--known-items", "take titles, headings and questions of the documents for queries instead")
    .option("--dry-run", "try and tell, keep nothing")
    .option("--clear", "forget what was learned: the model's recommendation holds again")
    .action((folder: string | undefined, options: Options) => run(folder, options, face));
  describe(command, {
    examples: ["tune judged/", "tune --known-items --dry-run", "tune --clear"],
    notes: [
      "The folder has queries.jsonl and qrels/test.tsv in BEIR layout; its document ids are those of the library. Weights and feedback\n" +
        "are tried on all queries. The best are kept only where five-fold cross-validation finds them better than the default on queries\n" +
        "held out (paired randomisation test of nDCG@10, p < 0.05), and hold for all searches then; --fusion default leaves them out.",
      "Known items stand in their documents word for word and make words look better than people's own queries would.",
    ],
    json: "{queries, kept, reason, defaultNdcg, heldOutNdcg, pValue, best: {lexicalWeight, sparseWeight, feedback} or null, settings: [{lexicalWeight, sparseWeight, feedback, ndcg}]}",
  });
}

async function run(folder: string | undefined, options: Options, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { library, json } = shared();
  if ([folder !== undefined, options.knownItems, options.clear].filter(Boolean).length !== 1) {
    throw new LodestoneError("INVALID_INPUT", "Expected one of: a folder of judged queries, --known-items, --clear.");
  }
  const engineOptions = { library: libraryFolder(library), readOnly: options.dryRun ?? false };
  if (options.clear) {
    await withEngine(engineOptions, (engine) => engine.ranking.clear());
    if (json) return terminal.printJson({ cleared: true });
    return terminal.note("What was learned is forgotten.");
  }
  await interruptible(face, async ({ bar, signal }) => {
    const report = await withEngine(engineOptions, async (engine) => {
      const judged = folder === undefined ? "known-items" : await judgedQueries(folder, options.split);
      return engine.ranking.tune(judged, {
        dryRun: options.dryRun ?? false,
        signal,
        onProgress: ({ done, total }) => bar.show("trying settings", done / total, `${done}/${total} searches`),
      });
    });
    bar.stop();
    if (json) terminal.printJson(report);
    else terminal.print(renderTuning(report, terminal.stdout.style));
  });
}

async function judgedQueries(folder: string, split: string): Promise<JudgedQuery[]> {
  const { openBeirCollection } = await import("../../evaluation/index.js");
  const { queries, qrels } = await openBeirCollection(folder, split);
  return queries.map(({ id, text }) => ({ text, judgements: Object.fromEntries(qrels.get(id) ?? []) }));
}

function renderTuning({ queries, kept, reason, settings, best, defaultNdcg }: TuneReport, style: Style): string {
  const hasSparse = settings.some(({ sparseWeight }) => sparseWeight !== undefined);
  const rows = settings.map(({ lexicalWeight, sparseWeight, feedback, ndcg }) => [
    lexicalWeight.toFixed(2),
    ...(hasSparse ? [sparseWeight?.toFixed(2) ?? ""] : []),
    feedback,
    ndcg.toFixed(4),
    lexicalWeight === best?.lexicalWeight && sparseWeight === best.sparseWeight && feedback === best.feedback
      ? "best"
      : "",
  ]);
  const columns = [
    { title: "words", align: "right" },
    ...(hasSparse ? [{ title: "sparse", align: "right" } as const] : []),
    { title: "feedback" },
    { title: "nDCG@10", align: "right" },
    { title: "" },
  ] as const;
  return [
    ...renderTable(
      columns,
      [...rows, ["", ...(hasSparse ? [""] : []), "default", defaultNdcg.toFixed(4), best ? "" : "best"]],
      { style },
    ),
    "",
    `${style.bold(kept ? "Kept" : "Not kept")} (${countOf(queries, "query", "queries")}): ${reason}.`,
  ].join("\n");
}
