// A sparse encoder: texts -> weighted terms, computed in a worker thread of its own.

import { startWorker } from "../threads/worker-client.js";
import type { TextKind } from "./embed-texts.js";
import type { SparseVectors } from "./encode-sparse.js";
import type { SparseEncoderModel } from "./model.js";
import { onnxStackMb } from "./onnx-stack.js";
import type { SparseEncoderVerbs, SparseEncoderWorkerData } from "./sparse-encoder-worker.js";

export type SparseEncoder = {
  readonly model: SparseEncoderModel;
  /** Tokens by their ids: what the terms of `encode` mean; undefined for ids that are no terms. */
  readonly vocabulary: readonly (string | undefined)[];
  /**
   * The weighted terms of each text, at most `maxTerms` of the manifest. Queries overtake passages between two batches, and are looked
   * up without inference where the model has `queryWeights`. Texts past the model's maximum are cut. Throws VECTOR_INVALID naming the
   * text for which the model gave no finite numbers, ABORTED, CLOSED.
   */
  encode(
    texts: readonly string[],
    kind: TextKind,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<SparseVectors>;
  close(): Promise<void>;
  /** Ends one that does not answer any more, without waiting for it; calls in flight are rejected with WORKER_FAILED. */
  abandon(): void;
};

export type SparseEncoderOptions = {
  /** Threads of the session. Default: from the model's size and the cores (session-budget.ts). */
  threads?: number;
  /** Padded tokens of a batch. Default: so that the graph's output stays within 64 MB. */
  maxBatchTokens?: number;
};

/** Loads and warms the model; rejects with MODEL_INVALID or MODEL_ALTERED when its folder is not what its manifest says. */
export async function openSparseEncoder(
  model: SparseEncoderModel,
  options: SparseEncoderOptions = {},
): Promise<SparseEncoder> {
  const data: SparseEncoderWorkerData = {
    model,
    threads: options.threads,
    maxBatchTokens: options.maxBatchTokens,
  };
  const worker = await startWorker<SparseEncoderVerbs>(
    new URL("./sparse-encoder-worker.js", import.meta.url),
    data,
    "sparse-encoder",
    { stackSizeMb: onnxStackMb },
  );
  return {
    model,
    vocabulary: await worker.call("vocabulary", null),
    encode: (texts, kind, { signal } = {}) => worker.call("encode", { texts, kind }, { signal }),
    close: () => worker.close(),
    abandon: () => worker.abandon(),
  };
}
