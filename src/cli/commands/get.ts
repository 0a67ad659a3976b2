// lodestone get: one document with its text.

import type { Command } from "commander";
import { LodestoneError } from "../../errors.js";
import { describe, type Face } from "../face.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { renderDocument } from "../render/documents.js";

export function addGetCommand(program: Command, face: Face): void {
  const command = program
    .command("get <id>")
    .description("Print a document of the library with its text.")
    .action((id: string) => run(id, face));
  describe(command, {
    examples: ["get notes/keys.md", "get notes/keys.md --json | jq -r .text"],
    json: "{id, title, type, path, metadata, modifiedAt, indexedAt, characters, text, chunks: [{id, index, start, end, tokens, headingPath}]}",
  });
}

async function run(id: string, { terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const folder = libraryFolder(library);
  const document = await withEngine({ library: folder, readOnly: true, ...withoutReranking }, (engine) =>
    engine.get(id),
  );
  if (!document) {
    throw new LodestoneError(
      "NOT_FOUND",
      `There is no document "${id.slice(0, 200)}" in ${folder}. "lodestone list" shows the ids.`,
      { detail: { id } },
    );
  }
  if (json) terminal.printJson(document);
  else terminal.print(renderDocument(document, terminal.stdout.style));
}
