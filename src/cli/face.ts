// What every command is given: the terminal, the options that all commands share, and where to leave its exit code.

import type { Command } from "commander";
import type { Terminal } from "./terminal.js";

export type SharedOptions = {
  library: string | undefined;
  json: boolean;
  debug: boolean;
};

export type Face = {
  readonly terminal: Terminal;
  /** As parsed; not before a command's action runs. */
  shared(): SharedOptions;
  /** For a command that ends without an error, yet not with 0. */
  exitWith(code: number): void;
};

/** Opens the help of `command` with examples, and closes it with what --json prints. */
export function describe(
  command: Command,
  { examples, json, notes = [] }: { examples: string[]; json?: string; notes?: string[] },
): Command {
  const lines = examples.map((example) => `  $ lodestone ${example}`).join("\n");
  command.addHelpText("before", `${examples.length === 1 ? "Example" : "Examples"}:\n${lines}\n`);
  command.showHelpAfterError(`See: ${fullName(command)} --help`);
  const after = [...notes, ...(json ? [`With --json: ${json}`] : [])];
  if (after.length > 0) command.addHelpText("after", `\n${after.join("\n\n")}`);
  return command;
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}
