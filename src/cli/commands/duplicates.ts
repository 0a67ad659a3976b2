// lodestone duplicates: documents with the same text, or nearly so.

import { type Command, Option } from "commander";
import type { DuplicateGroup } from "../../engine/index.js";
import { describe, type Face } from "../face.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { numberBetween, wholeNumber } from "../option-values.js";
import { countOf, formatCount } from "../render/numbers.js";
import { oneLine } from "../render/printable.js";
import type { Style } from "../render/style.js";

type Options = { kind: "all" | "exact" | "near"; threshold: number; limit: number; offset: number };

export function addDuplicatesCommand(program: Command, face: Face): void {
  const command = program
    .command("duplicates")
    .description("List documents with the same text, and documents whose texts are nearly the same, in groups.")
    .addOption(
      new Option("--kind <kind>", "groups of one text only, of several texts only, or both")
        .choices(["all", "exact", "near"])
        .default("all"),
    )
    .option("--threshold <share>", "similarity from which two texts are nearly the same", numberBetween(0.3, 1), 0.85)
    .option("-n, --limit <n>", "groups to show", wholeNumber(1, 1000), 50)
    .option("--offset <n>", "groups to leave out before them", wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .action((options: Options) => run(options, face));
  describe(command, {
    examples: ["duplicates", "duplicates --kind exact --json | jq -r '.groups[].documents[1:][].id'"],
    notes: [
      "The similarity of two texts is the share of runs of five words that both have, estimated within some hundredths.\n" +
        "Leave duplicates out from the start with: lodestone index <folder> --on-duplicate skip-near",
    ],
    json: '{groups: [{kind: "exact" or "near", documents: [{id, title, similarity, ...}]}], total, surplus, offset, limit}',
  });
}

async function run(options: Options, { terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const engineOptions = { library: libraryFolder(library), readOnly: true, ...withoutReranking };
  const page = await withEngine(engineOptions, (engine) => engine.duplicates(options));
  if (json) return terminal.printJson(page);
  if (page.total === 0) {
    terminal.stderr.write("No document duplicates another one.\n");
    return;
  }
  terminal.print(page.groups.map((group) => renderGroup(group, terminal.stdout.style)).join("\n"));
  const last = options.offset + page.groups.length;
  const more = last < page.total ? `; more with --offset ${last}` : "";
  terminal.note(
    `\n${formatCount(options.offset + 1)}-${formatCount(last)} of ${countOf(page.total, "group")}, with ${countOf(page.surplus, "document")} more than there are texts${more}`,
  );
}

function renderGroup({ kind, documents }: DuplicateGroup, style: Style): string {
  const [first, ...others] = documents;
  const lines = others.map(({ id, similarity }) => {
    const share = similarity === 1 ? "same" : similarity.toFixed(2);
    return `  ${style.dim(share.padEnd(4))}  ${oneLine(id)}\n`;
  });
  return `${style.bold(oneLine(first?.id ?? ""))}  ${style.dim(kind)}\n${lines.join("")}`;
}
