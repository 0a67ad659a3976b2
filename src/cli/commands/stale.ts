// lodestone stale: documents whose content is to be looked at again, and doing so.

import type { Command } from "commander";
import type { StaleDocument, StaleReport } from "../../engine/index.js";
import { describe, type Face } from "../face.js";
import { interruptible } from "../interruptible.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { wholeNumber } from "../option-values.js";
import { countOf, formatCount, formatMs } from "../render/numbers.js";
import { oneLine } from "../render/printable.js";
import type { Style } from "../render/style.js";
import { renderTable } from "../render/table.js";

type ListOptions = { all?: boolean; limit: number; offset: number };

const POLICIES =
  "Policies: never; weekly and daily (the file is read again after so long); on_change (as soon as the file looks another\n" +
  "one); on_model_upgrade (with another model only). A document has the policy that came with it (staleness: in its front\n" +
  "matter, or the field of a put). Else papers and books are never due, news and posts daily, what changes at least weekly\n" +
  "on_change, all others weekly. Folders and metadata fields (type, kind, category, genre) say what a document is.";

export function addStaleCommand(program: Command, face: Face): void {
  const stale = program
    .command("stale")
    .description("Documents whose content is to be looked at again, by their staleness policies.");
  describe(stale, { examples: ["stale list", "stale run"], notes: [POLICIES] });

  const list = stale
    .command("list")
    .description("List the documents that are due, with policy, age and reason.")
    .option("--all", "list all documents with their policies")
    .option("-n, --limit <n>", "documents to show", wholeNumber(1, 1000), 50)
    .option("--offset <n>", "documents to leave out before them", wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .action((options: ListOptions) => runList(options, face));
  describe(list, {
    examples: ["stale list", "stale list --all --json | jq -r '.documents[] | [.id, .policy, .why] | @tsv'"],
    notes: [POLICIES],
    json: "{documents: [{id, title, policy, why, because?, checkedAt, ageMs}], total, offset, limit}",
  });

  const run = stale
    .command("run")
    .description("Bring all that is due up to date: read files again, and embed what has changed.")
    .action(() => runStale(face));
  describe(run, {
    examples: ["stale run"],
    notes: [
      "Another model is never taken up here: that is a migration. Documents of files that are gone stay; index their folder again.",
    ],
    json: "{due, files: {read, skipped, gone: [path]}, documents: {written, removed, reprepared}, embedded, ms}",
  });
}

async function runList({ all = false, limit, offset }: ListOptions, { terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const options = { library: libraryFolder(library), readOnly: true, ...withoutReranking };
  const page = await withEngine(options, (engine) => engine.stale.list({ all, limit, offset }));
  if (json) return terminal.printJson(page);
  const { documents, total } = page;
  if (documents.length === 0) {
    terminal.stderr.write(total === 0 && !all ? "No document is due.\n" : "No documents.\n");
    return;
  }
  terminal.print(renderStale(documents, terminal.stdout.style));
  const last = offset + documents.length;
  if (last < total) {
    terminal.note(
      `\n${formatCount(offset + 1)}-${formatCount(last)} of ${countOf(total, "document")}; more with --offset ${last}`,
    );
  }
}

async function runStale(face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { library, json } = shared();
  await interruptible(face, async ({ bar, signal }) => {
    const options = { library: libraryFolder(library), ...withoutReranking, onNotice: terminal.warn };
    const report = await withEngine(options, (engine) =>
      engine.stale.run({
        signal,
        onProgress: ({ done, total }) =>
          bar.show("Looking again", total === 0 ? 0 : done / total, `${formatCount(done)}/${formatCount(total)}`),
      }),
    );
    bar.stop();
    for (const path of report.files.gone)
      terminal.warn(`${oneLine(path)} is gone; its documents stay until its folder is indexed again.`);
    if (json) terminal.printJson(report);
    else terminal.print(`${summariseStale(report)}, ${formatMs(report.ms)}`);
  });
}

/** "12 documents were due: 12 files read, 2 documents had changed, 3 embeddings". */
export function summariseStale({ due, files, documents, embedded }: StaleReport): string {
  if (due === 0) return "no document was due";
  const work = [
    ...(files.read > 0 ? [`${countOf(files.read, "file")} read`] : []),
    ...(files.skipped > 0 ? [`${countOf(files.skipped, "file")} could not be read`] : []),
    `${countOf(documents.written, "document")} had changed`,
    ...(documents.removed > 0 ? [`${countOf(documents.removed, "document")} removed`] : []),
    ...(documents.reprepared > 0 ? [`${countOf(documents.reprepared, "document")} prepared anew`] : []),
    countOf(embedded, "embedding"),
  ];
  return `${countOf(due, "document was", "documents were")} due: ${work.join(", ")}`;
}

function renderStale(documents: readonly StaleDocument[], style: Style): string {
  const rows = documents.map(({ id, policy, why, because, ageMs }) => [
    oneLine(id),
    policy,
    ageOf(ageMs),
    because ?? why,
  ]);
  const columns = [{ title: "id" }, { title: "policy" }, { title: "age", align: "right" }, { title: "why" }] as const;
  return renderTable(columns, rows, { style }).join("\n");
}

function ageOf(ms: number): string {
  const hours = ms / 3_600_000;
  return hours < 48 ? `${Math.floor(hours)} h` : `${formatCount(Math.floor(hours / 24))} d`;
}
