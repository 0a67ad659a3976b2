// lodestone delete: documents out of the library, by id or by filter.

import type { Command } from "commander";
import type { Engine } from "../../engine/index.js";
import { LodestoneError } from "../../errors.js";
import type { Filter } from "../../filters/index.js";
import { confirm } from "../confirm.js";
import { EXIT_FAILURE } from "../exit-code.js";
import { describe, type Face } from "../face.js";
import { filterOf } from "../filter-option.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { gathered } from "../option-values.js";
import { countOf } from "../render/numbers.js";
import { oneLine } from "../render/printable.js";

type Options = { filter?: string[]; yes?: boolean };

export function addDeleteCommand(program: Command, face: Face): void {
  const command = program
    .command("delete [ids...]")
    .description("Remove documents from the library. Files that they came from stay where they are.")
    .option("-f, --filter <condition>", "remove all documents that meet it (may be repeated)", gathered)
    .option("-y, --yes", "do not ask before removing by filter")
    .action((ids: string[], options: Options) => run(ids, options, face));
  describe(command, {
    examples: ["delete notes/old.md notes/older.md", 'delete --filter "folder=archive" --filter "year<2015"'],
    notes: ["Exit code 1 when an id is not in the library; the others are removed all the same."],
    json: "{removed: [id, ...], missing: [id, ...]}",
  });
}

async function run(ids: string[], options: Options, face: Face): Promise<void> {
  const { terminal, shared, exitWith } = face;
  const { library, json } = shared();
  const filter = await filterOf(options.filter);
  if ((ids.length === 0) === (filter === undefined)) {
    throw new LodestoneError(
      "INVALID_INPUT",
      "Name the documents to delete by id or by --filter, one of the two. Example: lodestone delete notes/old.md",
    );
  }
  const report = await withEngine({ library: libraryFolder(library), ...withoutReranking }, async (engine) => {
    if (filter === undefined) return engine.remove(ids);
    return (await agreed(engine, filter, options.yes ?? false, face)) ? engine.remove({ filter }) : undefined;
  });
  if (report === undefined) {
    terminal.note("Nothing was deleted.");
    return exitWith(EXIT_FAILURE);
  }
  const { removed, missing } = report;
  if (json) terminal.printJson({ removed, missing });
  else terminal.print(`${countOf(removed.length, "document")} deleted`);
  if (missing.length === 0) return;
  terminal.warn(`not in the library: ${missing.map(oneLine).join(", ")}. "lodestone list" shows the ids.`);
  exitWith(EXIT_FAILURE);
}

async function agreed(engine: Engine, filter: Filter, yes: boolean, { terminal }: Face): Promise<boolean> {
  if (yes) return true;
  const { total } = await engine.list({ filter, limit: 1 });
  if (total === 0) return true;
  if (!process.stdin.isTTY || !terminal.stderr.isTerminal) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `This would delete ${countOf(total, "document")}, and there is no terminal to ask at. Add --yes, or look first: lodestone list --filter ...`,
    );
  }
  return confirm(`Delete ${countOf(total, "document")}?`, terminal);
}
