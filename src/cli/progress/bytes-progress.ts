// A long piece of work on files: a bar while it runs, and an end to it by Ctrl-C.

import type { Face } from "../face.js";
import { interruptible } from "../interruptible.js";
import { formatBytes } from "../render/numbers.js";

export type BytesProgress = { stage?: string; done: number; total: number };

const labels: Readonly<Record<string, string>> = {
  database: "Copying the database",
  index: "Copying the index",
  models: "Copying the models",
  copying: "Copying",
  hashing: "Checking",
};

/** Runs `work` with what it is to be called with. Resolves with undefined when it was interrupted; the exit code is set then. */
export function whileShown<T>(
  face: Face,
  work: (shown: { onProgress(progress: BytesProgress): void; signal: AbortSignal }) => Promise<T>,
): Promise<T | undefined> {
  return interruptible(face, ({ bar, signal }) =>
    work({
      signal,
      onProgress({ stage = "hashing", done, total }) {
        // A database's own check is one step: it has no bytes to count.
        const facts = total > 1 ? `${formatBytes(done)} of ${formatBytes(total)}` : "";
        bar.show(total > 1 ? (labels[stage] ?? stage) : "Checking the database", total === 0 ? 0 : done / total, facts);
      },
    }),
  );
}
