// A bi-encoder: texts -> vectors, computed in a worker thread of its own.

import { startWorker } from "../threads/worker-client.js";
import type { BiEncoderVerbs, BiEncoderWorkerData } from "./bi-encoder-worker.js";
import type { Embeddings, TextKind } from "./embed-texts.js";
import { atDimensions, type BiEncoderModel } from "./model.js";
import { onnxStackMb } from "./onnx-stack.js";

export type BiEncoder = {
  /** The model at the width in use; its version goes with every vector. */
  readonly model: BiEncoderModel;
  readonly dimensions: number;
  /**
   * One vector a text, in order: `texts.length * dimensions` numbers, each row of unit length (zero for a text in
   * which the model sees nothing). Queries overtake passages between two batches. Texts past the model's maximum are
   * cut. Throws VECTOR_INVALID naming the text for which the model gave no finite numbers, ABORTED, CLOSED.
   */
  embed(texts: readonly string[], kind: TextKind, options?: { signal?: AbortSignal | undefined }): Promise<Embeddings>;
  close(): Promise<void>;
  /** Ends one that does not answer any more, without waiting for it; calls in flight are rejected with WORKER_FAILED. */
  abandon(): void;
};

export type BiEncoderOptions = {
  /** Threads of the session. Default: one for a model that only looks rows up, else the cores (session-budget.ts). */
  threads?: number;
  /** Padded tokens of a batch. Default: from the model's size (session-budget.ts). */
  maxBatchTokens?: number;
  /** A shorter width that the manifest names. Default: the whole vector. */
  dimensions?: number;
};

/** Loads and warms the model; rejects with MODEL_INVALID or MODEL_ALTERED when its folder is not what its manifest says. */
export async function openBiEncoder(model: BiEncoderModel, options: BiEncoderOptions = {}): Promise<BiEncoder> {
  const chosen = options.dimensions === undefined ? model : atDimensions(model, options.dimensions);
  const data: BiEncoderWorkerData = {
    model: chosen,
    threads: options.threads,
    maxBatchTokens: options.maxBatchTokens,
  };
  const worker = await startWorker<BiEncoderVerbs>(
    new URL("./bi-encoder-worker.js", import.meta.url),
    data,
    "bi-encoder",
    { stackSizeMb: onnxStackMb },
  );
  return {
    model: chosen,
    dimensions: chosen.dimensions,
    embed: (texts, kind, { signal } = {}) => worker.call("embed", { texts, kind }, { signal }),
    close: () => worker.close(),
    abandon: () => worker.abandon(),
  };
}
