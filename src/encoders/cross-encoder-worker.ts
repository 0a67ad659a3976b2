// The worker of a cross-encoder: one tokenizer, one session, calls in the order in which they come.

import { workerData } from "node:worker_threads";
import type { CallContext } from "../threads/protocol.js";
import { serve, transferring } from "../threads/serve.js";
import type { CrossEncoderModel } from "./model.js";
import { finish, openParts } from "./open-parts.js";
import { passageScorer } from "./score-passages.js";
import { sessionBudget } from "./session-budget.js";
import { createTurns } from "./turns.js";

export type CrossEncoderWorkerData = {
  model: CrossEncoderModel;
  threads: number | undefined;
  maxBatchTokens: number | undefined;
};

export type CrossEncoderVerbs = {
  score(argument: { query: string; passages: readonly string[] }, context: CallContext): Promise<Float32Array>;
};

/**
 * Best by measurement for the bundled model (bench:encoders): 50 passages of 203 tokens on one thread take 19.4 ms
 * at 1,024 tokens, 22.4 at 512, 20.4 at 2,048, 26.8 at 16,384.
 */
const cacheTokens = 1024;

await serve<CrossEncoderVerbs>(async () => {
  const { model, ...asked } = workerData as CrossEncoderWorkerData;
  const { threads, maxBatchTokens } = sessionBudget(model, asked, cacheTokens);
  const { session, tokenizer } = await openParts(model, threads);
  const score = passageScorer(model, session, tokenizer, maxBatchTokens);
  await finish(score("warm", ["up"]));
  const turns = createTurns();
  return {
    verbs: {
      async score({ query, passages }, { signal }) {
        const logits = await turns.take("interactive", score(query, passages), signal);
        return transferring(logits, [logits.buffer as ArrayBuffer]);
      },
    },
    async close() {
      await turns.close();
      await session.close();
    },
  };
});
