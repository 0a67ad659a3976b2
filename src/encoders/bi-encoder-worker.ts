// The worker of a bi-encoder: one tokenizer, one session, one queue in which queries overtake passages.

import { workerData } from "node:worker_threads";
import type { CallContext } from "../threads/protocol.js";
import { serve, transferring } from "../threads/serve.js";
import { type Embeddings, type TextKind, textEmbedder } from "./embed-texts.js";
import type { BiEncoderModel } from "./model.js";
import { finish, openParts } from "./open-parts.js";
import { sessionBudget } from "./session-budget.js";
import { createTurns } from "./turns.js";

export type BiEncoderWorkerData = {
  model: BiEncoderModel;
  threads: number | undefined;
  maxBatchTokens: number | undefined;
};

export type BiEncoderVerbs = {
  embed(argument: { texts: readonly string[]; kind: TextKind }, context: CallContext): Promise<Embeddings>;
};

/**
 * In the flat part of the measured curve for the bundled model (bench:encoders -- --batches, one thread of an AMD EPYC,
 * 2026-11-20): 1,000 passages take 126 ms at 1,600 tokens, 131 at 2,400, 128 at 3,200, 135 at 4,800, 148 at 6,400.
 */
const cacheTokens = 2400;

await serve<BiEncoderVerbs>(async () => {
  const { model, ...asked } = workerData as BiEncoderWorkerData;
  const { threads, maxBatchTokens } = sessionBudget(model, asked, cacheTokens);
  const { session, tokenizer } = await openParts(model, threads);
  const embed = textEmbedder(model, session, tokenizer, maxBatchTokens);
  // The first run allocates, and it shows whether the graph is what the manifest says.
  await finish(embed(["warm up"], "query"));
  const turns = createTurns();
  return {
    verbs: {
      async embed({ texts, kind }, { signal }) {
        const embeddings = await turns.take(kind === "query" ? "interactive" : "bulk", embed(texts, kind), signal);
        const { vectors, norms, textTokens } = embeddings;
        return transferring(
          embeddings,
          [vectors, norms, textTokens].map(({ buffer }) => buffer as ArrayBuffer),
        );
      },
    },
    async close() {
      await turns.close();
      await session.close();
    },
  };
});
