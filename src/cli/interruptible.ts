// A long piece of a command's work: a bar while it runs, and an orderly end to it by Ctrl-C.

import type { Face } from "./face.js";
import { listenForInterrupt } from "./interrupt.js";
import { openProgressBar, type ProgressBar } from "./progress/progress-bar.js";

export type Shown = { bar: ProgressBar; signal: AbortSignal };

export type InterruptibleOptions = {
  /** Said when the work is asked to stop, and once it has. */
  stopping?: string;
  stopped?: string;
  /** How long it may take to stop. Default as of listenForInterrupt. */
  graceMs?: number;
};

/** Runs `work`. Resolves with undefined where it was interrupted; the exit code is set then. */
export async function interruptible<T>(
  { terminal, exitWith }: Face,
  work: (shown: Shown) => Promise<T>,
  { stopping, stopped, graceMs }: InterruptibleOptions = {},
): Promise<T | undefined> {
  const bar = openProgressBar(terminal.stderr);
  const interrupt = listenForInterrupt(() => {
    bar.stop();
    if (stopping !== undefined) terminal.note(stopping);
  }, graceMs);
  try {
    return await work({ bar, signal: interrupt.signal });
  } catch (error) {
    const code = interrupt.exitCode();
    if (code === undefined) throw error;
    if (stopped !== undefined) terminal.note(stopped);
    exitWith(code);
    return undefined;
  } finally {
    bar.stop();
    interrupt.release();
  }
}
