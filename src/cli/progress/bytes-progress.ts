// A long piece of work on files: a bar while it runs, and an end to it by Ctrl-C.

import type { Face } from "../face.js";
import { listenForInterrupt } from "../interrupt.js";
import { formatBytes } from "../render/numbers.js";
import { openProgressBar } from "./progress-bar.js";

export type BytesProgress = { stage?: string; done: number; total: number };

const labels: Readonly<Record<string, string>> = {
  database: "Copying the database",
  index: "Copying the index",
  models: "Copying the models",
  copying: "Copying",
  hashing: "Checking",
};

/** Runs `work` with what it is to be called with. Resolves with undefined when it was interrupted; the exit code is set then. */
export async function whileShown<T>(
  { terminal, exitWith }: Face,
  work: (shown: { onProgress(progress: BytesProgress): void; signal: AbortSignal }) => Promise<T>,
): Promise<T | undefined> {
  const bar = openProgressBar(terminal.stderr);
  const interrupt = listenForInterrupt(() => bar.stop());
  try {
    return await work({
      signal: interrupt.signal,
      onProgress({ stage = "hashing", done, total }) {
        // A database's own check is one step: it has no bytes to count.
        const facts = total > 1 ? `${formatBytes(done)} of ${formatBytes(total)}` : "";
        bar.show(total > 1 ? (labels[stage] ?? stage) : "Checking the database", total === 0 ? 0 : done / total, facts);
      },
    });
  } catch (error) {
    const code = interrupt.exitCode();
    if (code === undefined) throw error;
    exitWith(code);
    return undefined;
  } finally {
    bar.stop();
    interrupt.release();
  }
}
