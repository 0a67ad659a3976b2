// lodestone status: what a library holds and with which models it was made.

import type { Command } from "commander";
import { describe, type Face } from "../face.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine } from "../open-library.js";
import { renderStatus } from "../render/status.js";

export function addStatusCommand(program: Command, face: Face): void {
  const command = program
    .command("status")
    .description("Show what the library holds, its models and its size.")
    .action(() => run(face));
  describe(command, {
    examples: ["status", "status --json | jq .library.documents"],
    json: "{version, library, generation, models, vectors, cache, vacuum, ingest, queue}",
  });
}

async function run({ terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const status = await withEngine({ library: libraryFolder(library), readOnly: true }, (engine) => engine.status());
  if (json) terminal.printJson(status);
  else terminal.print(renderStatus(status, terminal.stdout.style));
}
