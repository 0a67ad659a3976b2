// The commands and the options they share, and how a run ends: 0, 1 for a failure, 2 for a mistake in the call.

import { Command, CommanderError } from "commander";
import { packageVersion } from "../package-root.js";
import { addCacheCommand } from "./commands/cache.js";
import { addDeleteCommand } from "./commands/delete.js";
import { addDiagnoseCommand } from "./commands/diagnose.js";
import { addDuplicatesCommand } from "./commands/duplicates.js";
import { addEvalCommand } from "./commands/eval.js";
import { addGetCommand } from "./commands/get.js";
import { addIndexCommand } from "./commands/index-files.js";
import { addJobsCommand } from "./commands/jobs.js";
import { addListCommand } from "./commands/list.js";
import { addMigrateCommand } from "./commands/migrate.js";
import { addModelsCommand } from "./commands/models.js";
import { addMonitorCommand } from "./commands/monitor.js";
import { addRestoreCommand } from "./commands/restore.js";
import { addSearchCommand } from "./commands/search.js";
import { addServeCommand } from "./commands/serve.js";
import { addSnapshotCommand } from "./commands/snapshot.js";
import { addStaleCommand } from "./commands/stale.js";
import { addStartCommand } from "./commands/start.js";
import { addStatusCommand } from "./commands/status.js";
import { addTenantsCommand } from "./commands/tenants.js";
import { addTuneCommand } from "./commands/tune.js";
import { addVacuumCommand } from "./commands/vacuum.js";
import { EXIT_OK, EXIT_USAGE, exitCodeOf } from "./exit-code.js";
import { describe, type Face, type SharedOptions } from "./face.js";
import { reportError } from "./report-error.js";
import type { Terminal } from "./terminal.js";

/** Runs one command line and resolves with the exit code. Never rejects. */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = EXIT_OK;
  const program = new Command("lodestone");
  const face: Face = {
    terminal,
    shared: () => {
      const { library, json = false, debug = false } = program.opts<Partial<SharedOptions>>();
      return { library, json, debug };
    },
    exitWith: (code) => {
      exitCode = code;
    },
  };
  // Before anything is parsed, too, since parsing itself may fail.
  const format = { json: words.includes("--json"), debug: words.includes("--debug") };
  configure(program, terminal, format.json);
  addCommands(program, face);
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_OK;
      if (format.json)
        terminal.stderr.write(`${JSON.stringify({ error: { code: "USAGE", message: usageMessage(error) } })}\n`);
      return EXIT_USAGE;
    }
    reportError(error, terminal.stderr, format);
    return exitCodeOf(error);
  }
}

function configure(program: Command, { stdout, stderr }: Terminal, json: boolean): void {
  program
    .description("Search your own documents by meaning and by words. Everything runs on this machine.")
    .option("--library <dir>", "folder of the library (default: $LODESTONE_LIBRARY, else one in your home)")
    .option("--json", "print JSON on stdout, and errors as JSON on stderr")
    .option("--debug", "show the stack of an error")
    .version(packageVersion, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      // Under --json the mistake is told as JSON, below.
      writeErr: (text) => {
        if (!json) stderr.write(text);
      },
      outputError: (text, write) => write(text.replace(/^error:/, stderr.style.failure("error:"))),
      getOutHelpWidth: () => Math.min(stdout.columns, 100),
      getErrHelpWidth: () => Math.min(stderr.columns, 100),
      getOutHasColors: () => stdout.style.bold("x") !== "x",
      getErrHasColors: () => stderr.style.bold("x") !== "x",
    })
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => stdout.style.bold(title) });
  describe(program, {
    examples: ["index ~/notes", 'search "how do I rotate the keys"', "serve"],
    notes: [
      "Exit codes: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C.",
      "Environment: LODESTONE_LIBRARY (folder of the library), LODESTONE_MODELS (folders of further models),\nLODESTONE_VECTORS_ON_DISK (1: vectors in a file instead of memory), NO_COLOR.",
    ],
  });
}

function addCommands(program: Command, face: Face): void {
  addIndexCommand(program, face);
  addSearchCommand(program, face);
  addServeCommand(program, face);
  addStatusCommand(program, face);
  addListCommand(program, face);
  addGetCommand(program, face);
  addDeleteCommand(program, face);
  addJobsCommand(program, face);
  addDuplicatesCommand(program, face);
  addStaleCommand(program, face);
  addTenantsCommand(program, face);
  addVacuumCommand(program, face);
  addCacheCommand(program, face);
  addSnapshotCommand(program, face);
  addRestoreCommand(program, face);
  addMigrateCommand(program, face);
  addModelsCommand(program, face);
  addMonitorCommand(program, face);
  addDiagnoseCommand(program, face);
  addEvalCommand(program, face);
  addTuneCommand(program, face);
  addStartCommand(program, face);
}

function usageMessage({ message }: CommanderError): string {
  return message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
}
