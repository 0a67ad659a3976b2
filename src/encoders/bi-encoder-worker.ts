// The worker of a bi-encoder: one tokenizer, one session, one queue in which queries overtake passages.

import { workerData } from "node:worker_threads";
import type { CallContext } from "../threads/protocol.js";
import { serve, transferring } from "../threads/serve.js";
import { type Embeddings, type TextKind, textEmbedder } from "./embed-texts.js";
import type { BiEncoderModel } from "./model.js";
import { finish, openParts } from "./open-parts.js";
import { tokenBudget } from "./token-budget.js";
import { createTurns } from "./turns.js";

export type BiEncoderWorkerData = { model: BiEncoderModel; threads: number; maxBatchTokens: number | undefined };

export type BiEncoderVerbs = {
  embed(argument: { texts: readonly string[]; kind: TextKind }, context: CallContext): Promise<Embeddings>;
};

/** Best by measurement for the bundled static model: rows of 200 tokens, one thread: 14.4 k/s at 3,200, 10 k/s at 6,400. */
const cacheTokens = 3200;

await serve<BiEncoderVerbs>(async () => {
  const { model, threads, maxBatchTokens } = workerData as BiEncoderWorkerData;
  const { session, tokenizer } = await openParts(model, threads);
  const embed = textEmbedder(model, session, tokenizer, maxBatchTokens ?? tokenBudget(model, cacheTokens));
  // The first run allocates, and it shows whether the graph is what the manifest says.
  await finish(embed(["warm up"], "query"));
  const turns = createTurns();
  return {
    verbs: {
      async embed({ texts, kind }, { signal }) {
        const embeddings = await turns.take(kind === "query" ? "interactive" : "bulk", embed(texts, kind), signal);
        return transferring(embeddings, [embeddings.vectors.buffer as ArrayBuffer]);
      },
    },
    async close() {
      await turns.close();
      await session.close();
    },
  };
});
