// A cross-encoder: how well passages answer a query, computed in a worker thread of its own.

import { startWorker } from "../threads/worker-client.js";
import type { CrossEncoderVerbs, CrossEncoderWorkerData } from "./cross-encoder-worker.js";
import type { CrossEncoderModel } from "./model.js";
import { onnxStackMb } from "./onnx-stack.js";

export type CrossEncoder = {
  readonly model: CrossEncoderModel;
  /** One logit a passage, in order; larger is better. Comparable within one query only. Throws VECTOR_INVALID, ABORTED, CLOSED. */
  score(
    query: string,
    passages: readonly string[],
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Float32Array>;
  close(): Promise<void>;
};

export type CrossEncoderOptions = {
  /** Threads of the session. Default: one for a model that only looks rows up, else the cores (session-budget.ts). */
  threads?: number;
  /** Padded tokens of a batch. Default: from the model's size (session-budget.ts). */
  maxBatchTokens?: number;
};

/** Loads and warms the model; rejects with MODEL_INVALID or MODEL_ALTERED when its folder is not what its manifest says. */
export async function openCrossEncoder(
  model: CrossEncoderModel,
  options: CrossEncoderOptions = {},
): Promise<CrossEncoder> {
  const data: CrossEncoderWorkerData = {
    model,
    threads: options.threads,
    maxBatchTokens: options.maxBatchTokens,
  };
  const worker = await startWorker<CrossEncoderVerbs>(
    new URL("./cross-encoder-worker.js", import.meta.url),
    data,
    "cross-encoder",
    { stackSizeMb: onnxStackMb },
  );
  return {
    model,
    score: (query, passages, { signal } = {}) => worker.call("score", { query, passages }, { signal }),
    close: () => worker.close(),
  };
}
