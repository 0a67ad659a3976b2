// lodestone diagnose: what could be behind bad answers.

import type { Command } from "commander";
import { describe, type Face } from "../face.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine } from "../open-library.js";
import { renderDiagnosis } from "../render/diagnosis.js";
import { addVectorOptions, type VectorOptions, vectorsOf } from "../vector-options.js";

export function addDiagnoseCommand(program: Command, face: Face): void {
  const command = program
    .command("diagnose")
    .description("Look for what is behind bad answers: each check with what it found, then the most likely cause.")
    .action((options: VectorOptions) => run(options, face));
  addVectorOptions(command);
  describe(command, {
    examples: ["diagnose", "diagnose --json | jq -r .sentence"],
    notes: [
      "The checks go from the newest ingest over versions, sources, cache, vectors and texts to the queries and the search itself.\nNothing is changed. A server's own query vectors are looked at by its GET /v1/diagnosis.",
    ],
    json: "{sentence, causes, findings}",
  });
}

async function run(options: VectorOptions, { terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const engineOptions = { library: libraryFolder(library), readOnly: true, vectors: vectorsOf(options) };
  const diagnosis = await withEngine(engineOptions, (engine) => engine.monitor.diagnose());
  if (json) terminal.printJson(diagnosis);
  else terminal.print(renderDiagnosis(diagnosis, terminal.stdout.style));
}
