// lodestone vacuum: takes out for good what deletes and changes have left behind.

import type { Command } from "commander";
import type { VacuumProgress, VacuumReport } from "../../engine/index.js";
import { describe, type Face } from "../face.js";
import { interruptible, type Shown } from "../interruptible.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { countOf, formatBytes, formatCount, formatMs } from "../render/numbers.js";

export function addVacuumCommand(program: Command, face: Face): void {
  const command = program
    .command("vacuum")
    .description("Take out for good what deletes and changes have left behind, and give the room back to the system.")
    .option("--cache", "also forget the embeddings of texts that are not in the library any more")
    .action((options: { cache?: boolean }) => run(options, face));
  describe(command, {
    examples: ["vacuum", "vacuum --cache"],
    notes: [
      "What is deleted is hidden from every search at once; a vacuum removes it from the disk. It runs by itself, too, once\n" +
        "three rows of ten are dead. Stopped by Ctrl-C, it goes on from there the next time.",
    ],
    json: "{bytesBefore, bytesAfter, rows, blocks: {before, after}, generations, cacheEntries, ms}",
  });
}

const labels: Readonly<Record<VacuumProgress["phase"], string>> = {
  generations: "Dropping replaced indexes",
  rows: "Rewriting vectors",
  cache: "Looking through the cache",
  file: "Shrinking the file",
  words: "Indexing words anew",
};

async function run({ cache = false }: { cache?: boolean }, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { library, json } = shared();
  const vacuumed = async ({ bar, signal }: Shown) => {
    const onProgress = ({ phase, done, total }: VacuumProgress) =>
      bar.show(labels[phase], total === 0 ? 0 : done / total, total === 0 ? formatCount(done) : "");
    const options = { library: libraryFolder(library), ...withoutReranking, onNotice: terminal.warn };
    const report = await withEngine(options, (engine) => engine.vacuum({ cache, onProgress, signal }));
    bar.stop();
    if (json) terminal.printJson(report);
    else terminal.print(renderVacuum(report, cache));
  };
  await interruptible(face, vacuumed, {
    stopped: "Stopped. What has been done stays done; the same command goes on from there.",
  });
}

function renderVacuum(report: VacuumReport, withCache: boolean): string {
  const { bytesBefore, bytesAfter, rows, blocks, generations, cacheEntries, ms } = report;
  const done = [
    `${countOf(rows, "dead row")} removed`,
    ...(blocks.before > 0 ? [`${countOf(blocks.before, "block")} rewritten as ${formatCount(blocks.after)}`] : []),
    ...(generations > 0 ? [`${countOf(generations, "replaced index", "replaced indexes")} dropped`] : []),
    ...(withCache ? [`${countOf(cacheEntries, "embedding")} forgotten`] : []),
  ];
  return `${formatBytes(bytesBefore)} -> ${formatBytes(bytesAfter)}\n${done.join(", ")}, ${formatMs(ms)}\n`;
}
