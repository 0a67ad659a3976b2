// lodestone index: files, folders, globs or standard input into the library.

import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { EngineOptions, JobRequest } from "../../engine/index.js";
import { LodestoneError } from "../../errors.js";
import type { IngestReport, OnDuplicate, PathOptions } from "../../ingest/index.js";
import { EXIT_FAILURE } from "../exit-code.js";
import { describe, type Face } from "../face.js";
import { interruptible, type Shown } from "../interruptible.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { byteSize, gathered, wholeNumber } from "../option-values.js";
import { showIngest } from "../progress/ingest-progress.js";
import { readStandardInput } from "../read-stdin.js";
import {
  countSkips,
  renderDuplicates,
  renderIngestReport,
  renderNotices,
  renderSkips,
} from "../render/ingest-report.js";
import { countOf } from "../render/numbers.js";
import { oneLine } from "../render/printable.js";
import { addSparseOption, type SparseOption, sparseOf } from "../sparse-option.js";
import { POLL_HELP, watchPaths } from "../watch-paths.js";

const stdinTypes = { text: "text/plain", markdown: "text/markdown", html: "text/html" } as const;

type Options = SparseOption & {
  include?: string[];
  exclude?: string[];
  force?: boolean;
  keepMissing?: boolean;
  onDuplicate: OnDuplicate;
  wait: boolean;
  watch?: boolean;
  poll?: boolean;
  maxFileSize: number;
  maxTokens?: number;
  overlapTokens?: number;
  model?: string;
  id?: string;
  title?: string;
  type?: string;
};

const DEFAULT_MAX_FILE_SIZE = "64M";

export function addIndexCommand(program: Command, face: Face): void {
  const command = program
    .command("index <targets...>")
    .description("Add files, folders and globs to the library, or bring it up to date with them.")
    .option("--include <glob>", "only files that match (may be repeated)", gathered)
    .option("--exclude <glob>", "no files that match (may be repeated)", gathered)
    .option("--force", "read and embed everything again, also what has not changed")
    .option("--keep-missing", "keep documents whose files are gone")
    .addOption(
      new Option("--on-duplicate <choice>", "what becomes of a new document whose text is there already, or nearly so")
        .choices(["keep", "skip-exact", "skip-near"])
        .default("keep"),
    )
    .option(
      "--no-wait",
      "only submit it: it is done by the server, or the next command, that opens the library for writing",
    )
    .option("-w, --watch", "go on until Ctrl-C: what is saved, moved or removed is taken in within two seconds")
    .option("--poll", POLL_HELP)
    .option(
      "--max-file-size <size>",
      "skip larger files; JSONL and CSV are read at any size",
      byteSize,
      byteSize(DEFAULT_MAX_FILE_SIZE),
    )
    .option("--max-tokens <n>", "longest chunk of a new library, in tokens", wholeNumber(16, 8192))
    .option(
      "--overlap-tokens <n>",
      "tokens that a chunk of a new library repeats of the one before",
      wholeNumber(0, 4096),
    )
    .option("--model <name>", "bi-encoder of a new library, see: lodestone models list")
    .option("--id <id>", "id of the document on standard input")
    .option("--title <title>", "title of the document on standard input")
    .option("--type <type>", `type of the document on standard input: ${Object.keys(stdinTypes).join(", ")}`)
    .action((targets: string[], options: Options) => run(targets, options, face));
  addSparseOption(command);
  defaultInWords(command, "maxFileSize", DEFAULT_MAX_FILE_SIZE);
  describe(command, {
    examples: [
      "index ~/notes",
      'index docs README.md "archive/**/*.html" --exclude "**/drafts/**"',
      "index ~/notes --watch",
      "index ~/archive --no-wait",
      "git log | lodestone index - --id git-log",
    ],
    notes: [
      "Reads Markdown, text, HTML, JSONL, CSV and TSV. Only what is new or changed is read and embedded; documents of files\n" +
        "that are gone are removed. Files that cannot be read are listed and left out.",
      "Exit code 0 also when files below a folder were skipped; 1 when a target that you named, or everything, could not be read.",
    ],
    json:
      '{"files": {read, unchanged, gone, moved}, "documents": {written, unchanged, removed, moved}, "chunks", "embedded",\n' +
      '"tokens", "bytes", "skips": [{path, line?, reason, hint}], "notices": [{path, line?, notice}],\n' +
      '"duplicates": [{id, duplicateOf, similarity}], "ms"}; of standard input {written, unchanged, chunks, embedded}.\n' +
      "With --no-wait the job, see: lodestone jobs show --help. With --watch one line for each event: {kind: watching, indexed, missing, returned, limited or failed, ...}",
  });
}

async function run(targets: string[], options: Options, face: Face): Promise<void> {
  const { library } = face.shared();
  const engineOptions = {
    library: libraryFolder(library),
    ...withoutReranking,
    onNotice: (notice: string) => face.terminal.warn(notice),
    ...(options.model === undefined ? {} : { biEncoder: options.model }),
    ...sparseOf(options),
    ...chunkingOf(options),
  };
  checkStdinOptions(targets, options);
  if (options.poll && !options.watch) {
    throw new LodestoneError("INVALID_INPUT", "--poll says how to watch; it needs --watch.");
  }
  if (!options.wait && options.watch) {
    throw new LodestoneError(
      "INVALID_INPUT",
      "--watch goes on until Ctrl-C; --no-wait ends at once. Choose one of them.",
    );
  }
  if (targets.includes("-")) return indexStdin(engineOptions, options, face);
  const paths: PathOptions = {
    force: options.force ?? false,
    keepMissing: options.keepMissing ?? false,
    maxFileBytes: options.maxFileSize,
    ...(options.include ? { include: options.include } : {}),
    ...(options.exclude ? { exclude: options.exclude } : {}),
    onDuplicate: options.onDuplicate,
  };
  if (!options.wait) return submit({ kind: "paths", targets, options: paths }, engineOptions, face);
  if (options.watch) return watchPaths(targets, paths, { poll: options.poll ?? false, engineOptions, tell }, face);
  await indexPaths(targets, paths, engineOptions, face);
}

/** Indexes with a progress bar and tells what came of it. Resolves with the report, or undefined when it was interrupted. */
export async function indexPaths(
  targets: string[],
  paths: PathOptions,
  engineOptions: EngineOptions,
  face: Face,
): Promise<IngestReport | undefined> {
  const indexed = async ({ bar, signal }: Shown) => {
    const report = await withEngine(engineOptions, async (engine) => {
      signal.throwIfAborted();
      const done = await engine.ingestPaths(targets, { ...paths, onProgress: showIngest(bar), signal });
      // What is unlike the library is said now, while it is known what it was.
      await engine.monitor.settled();
      return done;
    });
    bar.stop();
    tell(report, targets, engineOptions.library, face);
    return report;
  };
  return interruptible(face, indexed, {
    stopping: "Stopping. What has been indexed so far is kept; the same command goes on from there.",
  });
}

function tell(report: IngestReport, targets: string[], library: string, { terminal, shared, exitWith }: Face): void {
  const { files, skips, notices, duplicates } = report;
  if (files.read + files.unchanged + skips.length === 0) {
    terminal.warn(
      `no files to index in ${targets.join(", ")}. Markdown, text, HTML, JSONL, CSV and TSV files are read.`,
    );
  }
  if (skips.length > 0 && !shared().json) {
    terminal.warn(`${countSkips(skips)} skipped:`);
    terminal.stderr.write(renderSkips(skips, terminal.stderr.style));
  }
  if (duplicates.length > 0 && !shared().json) {
    terminal.warn(`${countOf(duplicates.length, "document was", "documents were")} left out as duplicates:`);
    terminal.stderr.write(renderDuplicates(duplicates, terminal.stderr.style));
  }
  if (notices.length > 0 && !shared().json) {
    terminal.warn(`${countOf(notices.length, "file was", "files were")} read with reservations:`);
    terminal.stderr.write(renderNotices(notices, terminal.stderr.style));
  }
  if (shared().json) terminal.printJson(report);
  else terminal.print(renderIngestReport(report, library));
  const named = new Set(targets.map((target) => resolve(target)));
  const namedFailed = skips.some(({ path, line }) => line === undefined && named.has(resolve(path)));
  const allFailed = skips.length > 0 && report.documents.written + report.documents.unchanged + files.unchanged === 0;
  if (namedFailed || allFailed) exitWith(EXIT_FAILURE);
}

/** Leaves a job in the library without beginning it. */
async function submit(request: JobRequest, engineOptions: EngineOptions, { terminal, shared }: Face): Promise<void> {
  const job = await withEngine({ ...engineOptions, queue: { paused: true } }, (engine) => engine.submit(request));
  if (shared().json) return terminal.printJson(job);
  terminal.print(`${job.id} submitted\nlibrary: ${engineOptions.library}`);
  terminal.note('It is done when the library is next opened for writing, by "lodestone serve" for instance.');
}

async function indexStdin(engineOptions: EngineOptions, options: Options, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { id = "", title, type, onDuplicate } = options;
  const text = await readStandardInput(options.maxFileSize, terminal);
  const document = {
    id,
    text,
    ...(title === undefined ? {} : { title }),
    ...(type === undefined ? {} : { type: stdinType(type) }),
  };
  if (!options.wait) return submit({ kind: "put", documents: [document], onDuplicate }, engineOptions, face);
  const report = await withEngine(engineOptions, (engine) => engine.put([document], { onDuplicate }));
  if (shared().json) return terminal.printJson(report);
  const [skipped] = report.duplicates ?? [];
  if (skipped) return terminal.print(`${id}: left out, for it duplicates ${oneLine(skipped.duplicateOf)}`);
  const outcome = report.unchanged > 0 ? "unchanged" : `indexed, ${countOf(report.chunks, "chunk")}`;
  terminal.print(`${id}: ${outcome}\nlibrary: ${engineOptions.library}`);
}

function checkStdinOptions(targets: string[], options: Options): void {
  const hint = "Example: cat page.html | lodestone index - --id page --type html";
  if (!targets.includes("-")) {
    const stray = (["id", "title", "type"] as const).find((name) => options[name] !== undefined);
    if (stray)
      throw new LodestoneError(
        "INVALID_INPUT",
        `--${stray} describes the document on standard input; the target for that is "-". ${hint}`,
      );
    return;
  }
  if (targets.length > 1)
    throw new LodestoneError(
      "INVALID_INPUT",
      'Standard input ("-") stands alone. Index the other targets in a run of their own.',
    );
  if (!options.id) throw new LodestoneError("INVALID_INPUT", `A document on standard input needs an id. ${hint}`);
  if (options.type !== undefined) stdinType(options.type);
}

function stdinType(name: string) {
  const type = Object.entries(stdinTypes).find(([known]) => known === name)?.[1];
  if (type) return type;
  throw new LodestoneError("INVALID_INPUT", `--type is one of ${Object.keys(stdinTypes).join(", ")}, not "${name}".`);
}

function chunkingOf({ maxTokens, overlapTokens }: Options) {
  if (maxTokens === undefined && overlapTokens === undefined) return {};
  return {
    chunking: {
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(overlapTokens === undefined ? {} : { overlapTokens }),
    },
  };
}

function defaultInWords(command: Command, name: string, words: string): void {
  for (const option of command.options) if (option.attributeName() === name) option.defaultValueDescription = words;
}
