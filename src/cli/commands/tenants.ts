// lodestone tenants: who has documents in the library, and taking all of one out.

import type { Command } from "commander";
import { LodestoneError } from "../../errors.js";
import { confirm } from "../confirm.js";
import { EXIT_FAILURE } from "../exit-code.js";
import { describe, type Face } from "../face.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { countOf, formatCount } from "../render/numbers.js";
import { type Column, renderTable } from "../render/table.js";

export function addTenantsCommand(program: Command, face: Face): void {
  const tenants = program
    .command("tenants")
    .description("Show who has documents in the library, or take all of a tenant's out.");
  describe(tenants, { examples: ["tenants list", "tenants drop acme"] });

  const list = tenants
    .command("list")
    .description("List tenants with their documents. What is indexed from files belongs to none.")
    .action(() => runList(face));
  describe(list, {
    examples: ["tenants list", "tenants list --json | jq -r '.tenants[].name'"],
    json: "{tenants: [{name, documents, chunks, index}]}",
  });

  const drop = tenants
    .command("drop <name>")
    .description("Remove all that a tenant has, and overwrite what the files hold of it.")
    .option("-y, --yes", "do not ask before")
    .action((name: string, options: { yes?: boolean }) => runDrop(name, options, face));
  describe(drop, { examples: ["tenants drop acme"], json: "{documents, jobs, embeddings}" });
}

async function runList({ terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const options = { library: libraryFolder(library), readOnly: true, ...withoutReranking };
  const tenants = await withEngine(options, (engine) => engine.tenants());
  if (json) return terminal.printJson({ tenants });
  if (tenants.length === 0)
    return terminal.note("No tenants. Documents of a tenant are put by the library or over HTTP.");
  const rows = tenants.map(({ name, documents, chunks, index }) => [
    name,
    formatCount(documents),
    formatCount(chunks),
    index,
  ]);
  const columns: Column[] = [
    { title: "tenant" },
    { title: "documents", align: "right" },
    { title: "chunks", align: "right" },
    { title: "index" },
  ];
  terminal.print(renderTable(columns, rows, { style: terminal.stdout.style }).join("\n"));
}

async function runDrop(name: string, { yes = false }: { yes?: boolean }, face: Face): Promise<void> {
  const { terminal, shared, exitWith } = face;
  const { library, json } = shared();
  const options = { library: libraryFolder(library), ...withoutReranking, onNotice: terminal.warn };
  const dropped = await withEngine(options, async (engine) => {
    const tenant = engine.tenant(name);
    const { total } = await tenant.list({ limit: 1 });
    if (!yes && total > 0) {
      if (!process.stdin.isTTY || !terminal.stderr.isTerminal) {
        throw new LodestoneError(
          "INVALID_INPUT",
          `This would remove ${countOf(total, "document")}, and there is no terminal to ask at. Add --yes.`,
        );
      }
      if (!(await confirm(`Remove ${countOf(total, "document")} of ${name}?`, terminal))) return undefined;
    }
    return tenant.drop();
  });
  if (!dropped) {
    terminal.note("Nothing was removed.");
    return exitWith(EXIT_FAILURE);
  }
  if (json) terminal.printJson(dropped);
  else terminal.print(`${countOf(dropped.documents, "document")} of ${name} removed`);
}
