// Tells a failure: one message with the way out on stderr, as JSON under --json. The stack is for --debug.

import { LodestoneError, messageOf } from "../errors.js";
import { printable } from "./render/printable.js";
import type { Output } from "./terminal.js";

export type ErrorFormat = { json: boolean; debug: boolean };

export function reportError(error: unknown, output: Output, { json, debug }: ErrorFormat): void {
  if (json) {
    const { code, detail } = error instanceof LodestoneError ? error : { code: "INTERNAL", detail: {} };
    const stack = debug && error instanceof Error ? { stack: error.stack } : {};
    output.write(`${JSON.stringify({ error: { code, message: messageOf(error), detail, ...stack } })}\n`);
    return;
  }
  output.write(`${output.style.failure("error:")} ${printable(messageOf(error))}\n`);
  if (debug) output.write(`${stacksOf(error)}\n`);
  else if (!isExpected(error)) output.write("Run the command again with --debug to see where this comes from.\n");
}

// Failures of the operating system (no permission, port taken) are told well enough by their own message.
function isExpected(error: unknown): boolean {
  return error instanceof LodestoneError || (error instanceof Error && "syscall" in error);
}

function stacksOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stacksOf(error.cause)}`;
}
