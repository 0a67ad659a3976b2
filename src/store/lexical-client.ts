// The caller's side of the thread that searches by words.

import { startWorker, type WorkerClient } from "../threads/worker-client.js";
import type { LexicalVerbs, LexicalWorkerOptions } from "./lexical-worker.js";

export type LexicalIndex = WorkerClient<LexicalVerbs>;

/** Opens the lexical index of a generation on a thread of its own. `onNotice` is told what was worked around, also later. */
export async function startLexical({
  onNotice,
  ...options
}: LexicalWorkerOptions & { onNotice(notice: string): void }): Promise<LexicalIndex> {
  const url = new URL("./lexical-worker.js", import.meta.url);
  const index = await startWorker<LexicalVerbs>(url, options, "lexical");
  // Ends with the thread.
  index.call("notices", null, { onProgress: (notice) => onNotice(notice as string) }).catch(() => undefined);
  // Answered after what was told at opening.
  await index.call("status", null);
  return index;
}
