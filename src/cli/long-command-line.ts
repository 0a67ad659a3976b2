// Keeps a long command line away from the process that does the work. onnxruntime 1.30 reads /proc/self/cmdline when it
// opens a session and matches it with a regular expression that recurses for each character: in a worker thread with
// Node's 4 MB of stack 16,000 characters ended the process with a segmentation fault (12,000 did not). Questions are
// rarely that long, but the names that a shell makes of `docs/*.md` are. The words then go to a second process by message.

import { fork } from "node:child_process";
import { constants } from "node:os";

const MAX_BYTES = 8_000;

export function isTooLong(words: readonly string[]): boolean {
  return words.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0) > MAX_BYTES;
}

/** Set in the second process: its words come as the first message. */
const MARK = "LODESTONE_WORDS_BY_MESSAGE";

/** Runs `words` in a process of its own and resolves with its exit code. */
export function runInSecondProcess(module: string, words: readonly string[]): Promise<number> {
  const child = fork(module, [], {
    env: { ...process.env, [MARK]: "1" },
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  child.send(words);
  // The terminal sends Ctrl-C to both processes: the second one ends, this one waits for it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** The words for this process: those of its command line, or those that the first process sends. */
export async function wordsOfThisProcess(): Promise<string[]> {
  if (process.env[MARK] === undefined || !process.connected) return process.argv.slice(2);
  delete process.env[MARK];
  const words = await new Promise<string[]>((resolve) =>
    process.once("message", (message) => resolve(message as string[])),
  );
  process.disconnect();
  return words;
}
