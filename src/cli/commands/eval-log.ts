// lodestone eval log: a judged set from what people opened and judged.

import { resolve } from "node:path";
import type { Command } from "commander";
import { LodestoneError } from "../../errors.js";
import type { FeedbackEvent, Qrels } from "../../evaluation/index.js";
import type { Searched } from "../evaluation/own-documents.js";
import { describe, type Face } from "../face.js";
import { wholeNumber } from "../option-values.js";

type Options = { out: string; fewestClicks: number; fewestLooks: number; tenant?: string };

export function addEvalLogCommand(parent: Command, face: Face): void {
  const command = parent
    .command("log")
    .description("Make a judged set from feedback: what people opened, passed over and judged.")
    .requiredOption("--out <dir>", "folder for the set, new or empty")
    .option("--fewest-clicks <n>", "clicks that make a document relevant", wholeNumber(1, 1000), 2)
    .option("--fewest-looks <n>", "times that it was passed over to count as not relevant", wholeNumber(1, 1000), 4)
    .option("--tenant <name>", "whose searches (default: those of no tenant)")
    .action((options: Options) => run(options, face));
  describe(command, {
    examples: ["eval log --library ~/library --out asked", "eval asked --library ~/library"],
    notes: [
      "Feedback comes from the search page, POST /v1/feedback and engine.feedback; the library keeps the last 10,000 searches that\n" +
        "got any, for a year. A judgement counts as it is; clicks count by how often a document was opened of the times that\n" +
        "it stood at or above the last click. Of one user's searches for the same words the last counts.",
      "The folder holds the texts of the documents, so that other models can be measured on them.",
    ],
    json: "{folder, documents, searches, queries, judgements}",
  });
}

async function run(options: Options, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { claimFolder, writeCorpus, writeJudgements } = await import("../evaluation/write-collection.js");
  const { judgeByClicks } = await import("../../evaluation/index.js");
  const { documentsOf, withOwnLibrary } = await import("../evaluation/own-library.js");
  const folder = resolve(options.out);
  await withOwnLibrary(face, options.tenant, async (library) => {
    const events = await eventsOf(library.searched);
    const judged = judgeByClicks(events, options);
    if (judged.queries.length === 0) {
      throw new LodestoneError(
        "NOT_FOUND",
        events.length === 0
          ? "The library has no searches with feedback yet. Serve it and open results, or POST /v1/feedback."
          : `Of ${events.length} searches with feedback none has a document that counts as relevant yet. See --fewest-clicks.`,
      );
    }
    await claimFolder(folder);
    const ids = new Set<string>();
    const corpus = documentsOf(library, ({ id }) => {
      ids.add(id);
    });
    await writeCorpus(folder, corpus);
    const qrels = withoutGone(judged.qrels, ids);
    const queries = judged.queries.filter(({ id }) => qrels.has(id));
    if (queries.length === 0) {
      throw new LodestoneError("NOT_FOUND", "What people opened is not in the library any more.");
    }
    await writeJudgements(folder, queries, { test: qrels });
    const judgements = [...qrels.values()].reduce((sum, each) => sum + each.size, 0);
    const report = { folder, documents: ids.size, searches: events.length, queries: queries.length, judgements };
    if (shared().json) return terminal.printJson(report);
    const { renderLogged } = await import("../render/judged-sets.js");
    terminal.print(renderLogged(report, terminal.stdout.style));
  });
}

async function eventsOf(library: Searched): Promise<FeedbackEvent[]> {
  const events: FeedbackEvent[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: Awaited<ReturnType<Searched["feedbackLog"]>> = await library.feedbackLog({ after });
    for (const { query, session, shown, clicked, grades } of page.searches) {
      events.push({ query, shown, clicked, grades, ...(session === undefined ? {} : { session }) });
    }
    after = page.next;
  }
  return events;
}

/** Judgements of documents that are still there; queries without a relevant one go. */
function withoutGone(qrels: Qrels, ids: ReadonlySet<string>): Qrels {
  return new Map(
    Array.from(qrels, ([query, judgements]) => {
      return [query, new Map([...judgements].filter(([id]) => ids.has(id)))] as const;
    }).filter(([, judgements]) => [...judgements.values()].some((grade) => grade >= 1)),
  );
}
