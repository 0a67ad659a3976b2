// lodestone restore: a snapshot back into a library.

import type { Command } from "commander";
import { describe, type Face } from "../face.js";
import { libraryFolder } from "../library-folder.js";
import { whileShown } from "../progress/bytes-progress.js";
import { countOf, formatBytes } from "../render/numbers.js";

export function addRestoreCommand(program: Command, face: Face): void {
  const command = program
    .command("restore <snapshot>")
    .description("Make a library out of a snapshot, in an empty folder: --library names it.")
    .action((snapshot: string) => run(snapshot, face));
  describe(command, {
    examples: ["restore ~/backup/2026-11-20T14-32-05.123Z --library ./restored"],
    notes: ["Every file is checked first. A snapshot that is damaged in any place is refused, naming the file."],
    json: "{library, name, path, createdAt, documents, chunks, models, files, bytes, ...}",
  });
}

async function run(snapshot: string, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const library = libraryFolder(shared().library);
  const { restoreSnapshot } = await import("../../engine/index.js");
  const restored = await whileShown(face, (shown) => restoreSnapshot(snapshot, { library, ...shown }));
  if (restored === undefined) return;
  if (shared().json) return terminal.printJson(restored);
  const { documents, chunks, bytes, models } = restored;
  terminal.print(
    `${countOf(documents, "document")}, ${countOf(chunks, "chunk")} restored (${formatBytes(bytes)})\nlibrary: ${library}`,
  );
  const missing = models.filter(({ complete }) => !complete).map(({ version }) => version);
  if (missing.length > 0) terminal.note(`It needs the models it was made with: ${missing.join(", ")}.`);
}
