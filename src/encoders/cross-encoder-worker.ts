// The worker of a cross-encoder: one tokenizer, one session. Of calls that wait, a short one goes between two batches of a long one.
//
// Passages of several calls never share a batch: it saves nothing but with very short ones (bench:reranking), and a model that quantises its activations a
// batch at a time would score a passage by what others happen to ask.

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
 * In the flat part of the measured curve for the bundled model (bench:encoders -- --batches, one thread of an AMD EPYC,
 * 2026-11-20): 50 passages take 30.6 ms at 512 tokens, 21.6 at 1,024, 20.8 at 2,048, 22.3 at 4,096, 26.8 at 16,384.
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
        const logits = await turns.take("interactive", score(query, passages), signal, passages.length);
        return transferring(logits, [logits.buffer as ArrayBuffer]);
      },
    },
    async close() {
      await turns.close();
      await session.close();
    },
  };
});
