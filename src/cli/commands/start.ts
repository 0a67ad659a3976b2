// lodestone start: a first look. Indexes the documentation that the installed packages bring along, once, and serves it.

import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Command } from "commander";
import type { Engine } from "../../engine/index.js";
import type { IngestReport, PathOptions } from "../../ingest/index.js";
import { packageRoot } from "../../package-root.js";
import { describe, type Face } from "../face.js";
import type { Interrupt } from "../interrupt.js";
import { libraryFolder, sampleLibrary } from "../library-folder.js";
import { withEngine } from "../open-library.js";
import { wholeNumber } from "../option-values.js";
import { showIngest } from "../progress/ingest-progress.js";
import { openProgressBar } from "../progress/progress-bar.js";
import { renderIngestReport } from "../render/ingest-report.js";
import { countOf } from "../render/numbers.js";
import { listenForEnd, preloadServer, serveLibrary } from "../serve-library.js";
import { addSparseOption, type SparseOption, sparseOf } from "../sparse-option.js";

type Options = SparseOption & { port?: number; docs?: string; reindex?: boolean };

export function addStartCommand(program: Command, face: Face): void {
  const command = program
    .command("start")
    .description(
      "Try it out: index the documentation of the installed packages, once, and serve it with the search page.",
    )
    .option("-p, --port <port>", "port to listen on, 0 for any free one (default: 7878)", wholeNumber(0, 65535))
    .option("--docs <folder>", "index this folder instead")
    .option("--reindex", "look for new and changed files again")
    .action((options: Options) => run(options, face));
  addSparseOption(command);
  describe(command, {
    examples: ["start", "start --reindex"],
    notes: [
      "Its library is data/library in the package, unless --library or LODESTONE_LIBRARY name another. A library that holds\ndocuments already is served as it is.",
    ],
    json: "one line when the server is ready: {url, library, indexed: what lodestone index prints, or null}",
  });
}

async function run({ port, docs, reindex = false, ...sparse }: Options, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const library = libraryFolder(shared().library, { fallback: sampleLibrary });
  const interrupt = listenForEnd();
  preloadServer();
  let serving = false;
  try {
    await withEngine({ library, ...sparseOf(sparse), onNotice: terminal.warn }, async (engine) => {
      const indexed =
        reindex || (await needsDocuments(engine)) ? await indexDocumentation(engine, docs, interrupt, face) : null;
      serving = true;
      await serveLibrary(engine, port === undefined ? {} : { port }, interrupt, face, { indexed });
    });
  } catch (error) {
    const code = interrupt.exitCode();
    if (serving || code === undefined) throw error;
    terminal.note("Stopped. The next start goes on from here.");
    face.exitWith(code);
  } finally {
    interrupt.release();
  }
}

// Lies in the library's folder while its first indexing runs: a start that was interrupted is noticed and completed.
const unfinishedMark = (library: string) => join(library, "start-unfinished");

async function needsDocuments(engine: Engine): Promise<boolean> {
  const { library } = await engine.status();
  return library.documents === 0 || existsSync(unfinishedMark(engine.library));
}

async function indexDocumentation(
  engine: Engine,
  docs: string | undefined,
  interrupt: Interrupt,
  { terminal, shared }: Face,
): Promise<IngestReport> {
  const folder = docs ?? installedPackages();
  const bar = openProgressBar(terminal.stderr);
  terminal.note(`Indexing the documentation in ${folder}, this once.`);
  await writeFile(unfinishedMark(engine.library), "");
  try {
    const report = await engine.ingestPaths([folder], {
      ...(docs === undefined ? documentation : {}),
      onProgress: showIngest(bar),
      signal: interrupt.signal,
    });
    await rm(unfinishedMark(engine.library), { force: true });
    bar.stop();
    if (!shared().json) terminal.print(renderIngestReport(report, engine.library));
    if (report.skips.length > 0)
      terminal.note(`${countOf(report.skips.length, "file")} skipped; start --reindex --json lists them.`);
    return report;
  } finally {
    bar.stop();
  }
}

// What people wrote to be read. Licences are the same few texts over and over and would fill the results; what
// lies in folders of tests was not written for people.
const documentation: PathOptions = {
  include: ["**/*.md", "**/*.markdown", "**/*.txt"],
  exclude: [
    "**/licen[cs]e*",
    "**/LICEN[CS]E*",
    "**/*.LICENSE.txt",
    "**/ThirdPartyNotice*",
    "**/test/**",
    "**/tests/**",
  ],
  // Would leave node_modules out, which is what is wanted here.
  defaultExcludes: false,
};

/** node_modules in the package's own folder, or the one that the package is installed in. */
function installedPackages(): string {
  const own = join(packageRoot, "node_modules");
  const parent = dirname(packageRoot);
  return !existsSync(own) && basename(parent) === "node_modules" ? parent : own;
}
