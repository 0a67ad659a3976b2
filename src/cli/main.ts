// The command line: runs the command that the process was started with and leaves its exit code.

import { fileURLToPath } from "node:url";
import { isTooLong, runInSecondProcess, wordsOfThisProcess } from "./long-command-line.js";
import { runCommandLine } from "./program.js";
import { openTerminal } from "./terminal.js";

// A reader that has seen enough (`lodestone search x | head -1`) closes the pipe: no failure, and nobody left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });
}

process.exitCode = isTooLong(process.argv.slice(2))
  ? await runInSecondProcess(fileURLToPath(import.meta.url), process.argv.slice(2))
  : await runCommandLine(await wordsOfThisProcess(), openTerminal());
