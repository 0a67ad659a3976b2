// The parts of an open model inside a worker: its verified files, its tokenizer and its session.

import { join } from "node:path";
import type { Model } from "./model.js";
import { verifyFiles, weightFiles } from "./model-files.js";
import { type OnnxSession, openOnnxSession } from "./onnx-session.js";
import { openTokenizer, type Tokenizer } from "./tokenizer.js";

export async function openParts(
  model: Model,
  threads: number,
): Promise<{ session: OnnxSession; tokenizer: Tokenizer }> {
  const tokenizer = openTokenizer(model);
  await verifyFiles(model, weightFiles(model.manifest));
  const path = join(model.directory, model.manifest.modelFile);
  const session = await openOnnxSession({ path, padId: tokenizer.padId, threads });
  return { session, tokenizer };
}

/** Runs a generator to its end and gives what it returns. */
export async function finish<R>(steps: AsyncGenerator<void, R>): Promise<R> {
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
  }
}
