// lodestone list: the documents of a library by id.

import type { Command } from "commander";
import { describe, type Face } from "../face.js";
import { filterOf } from "../filter-option.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { gathered, wholeNumber } from "../option-values.js";
import { renderDocumentPage } from "../render/documents.js";
import { countOf, formatCount } from "../render/numbers.js";

type Options = { limit: number; offset: number; filter?: string[] };

export function addListCommand(program: Command, face: Face): void {
  const command = program
    .command("list")
    .description("List the documents of the library by id.")
    .option("-n, --limit <n>", "documents to show", wholeNumber(1, 1000), 50)
    .option("--offset <n>", "documents to leave out before them", wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option(
      "-f, --filter <condition>",
      "only documents that meet it (may be repeated), see: lodestone search --help",
      gathered,
    )
    .action((options: Options) => run(options, face));
  describe(command, {
    examples: ["list", 'list --filter "type=text/html" --limit 200'],
    json: "{documents: [{id, title, type, path, metadata, modifiedAt, indexedAt, characters}], total, offset, limit}",
  });
}

async function run({ limit, offset, filter: conditions }: Options, { terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const filter = await filterOf(conditions);
  const page = await withEngine({ library: libraryFolder(library), readOnly: true, ...withoutReranking }, (engine) =>
    engine.list({ limit, offset, ...(filter === undefined ? {} : { filter }) }),
  );
  if (json) return terminal.printJson(page);
  if (page.documents.length > 0) terminal.print(renderDocumentPage(page, terminal.stdout.style));
  if (page.documents.length === 0) terminal.stderr.write(`No documents${filter ? " meet this filter" : ""}.\n`);
  else if (page.total > page.documents.length) {
    const last = offset + page.documents.length;
    terminal.note(
      `\n${formatCount(offset + 1)}-${formatCount(last)} of ${countOf(page.total, "document")}; more with --offset ${last}`,
    );
  }
}
