// The worker of a sparse encoder: one tokenizer, one session, one queue in which queries overtake passages.

import { workerData } from "node:worker_threads";
import type { CallContext } from "../threads/protocol.js";
import { serve, transferring } from "../threads/serve.js";
import type { TextKind } from "./embed-texts.js";
import { type SparseVectors, sparseEncoding } from "./encode-sparse.js";
import type { SparseEncoderModel } from "./model.js";
import { finish, openParts } from "./open-parts.js";
import { sessionBudget } from "./session-budget.js";
import { createTurns } from "./turns.js";
import { openVocabulary } from "./vocabulary.js";

export type SparseEncoderWorkerData = {
  model: SparseEncoderModel;
  threads: number | undefined;
  maxBatchTokens: number | undefined;
};

export type SparseEncoderVerbs = {
  encode(argument: { texts: readonly string[]; kind: TextKind }, context: CallContext): Promise<SparseVectors>;
  vocabulary(argument: null): (string | undefined)[];
};

/** The graph puts out a number for each token and term: 500 tokens of a BERT's vocabulary are 64 MB. */
const outputBytes = 64 * 2 ** 20;

await serve<SparseEncoderVerbs>(async () => {
  const { model, ...asked } = workerData as SparseEncoderWorkerData;
  const vocabulary = openVocabulary(model);
  const affordableTokens = Math.max(1, Math.floor(outputBytes / (4 * vocabulary.length)));
  const { threads, maxBatchTokens } = sessionBudget(model, asked, affordableTokens);
  const { session, tokenizer } = await openParts(model, threads);
  const encode = sparseEncoding(model, session, tokenizer, {
    vocabulary,
    maxBatchTokens: Math.min(maxBatchTokens, affordableTokens),
  });
  // The first run allocates, and it shows whether the graph is what the manifest says.
  await finish(encode(["warm up"], "passage"));
  const turns = createTurns();
  return {
    verbs: {
      async encode({ texts, kind }, { signal }) {
        const found = await turns.take(kind === "query" ? "interactive" : "bulk", encode(texts, kind), signal);
        return transferring(found, [found.starts.buffer, found.terms.buffer, found.weights.buffer]);
      },
      vocabulary: () => vocabulary,
    },
    async close() {
      await turns.close();
      await session.close();
    },
  };
});
