// Texts through a session: tokenised a slice at a time, in batches of similar length, with a place to rest after each.

import { planBatches } from "./batches.js";
import type { TextKind } from "./embed-texts.js";
import type { GraphOutput, OnnxSession } from "./onnx-session.js";
import type { Tokenizer } from "./tokenizer.js";

export type BatchRun = {
  manifest: { queryPrefix: string; passagePrefix: string; maxTokens: number };
  session: OnnxSession;
  tokenizer: Tokenizer;
  /** The graph's output that is read. */
  output: string;
  /** Texts tokenised between two looks at the clock of others. */
  textsPerSlice: number;
  maxTokens: number;
  maxRows: number;
  /** Throws where a batch's output is not what was promised. */
  check(result: GraphOutput): void;
};

/** `tokens` counts what the model read, special tokens included; `ms` is the time of tokenising and computing, without rests. */
export type BatchTotals = { tokens: number; ms: number };

/** Yields after each batch. `take` gets each text's row of its batch's output, and how many tokens of it are no padding. */
export async function* runBatches(
  { manifest, session, tokenizer, output, textsPerSlice, maxTokens, maxRows, check }: BatchRun,
  texts: readonly string[],
  kind: TextKind,
  take: (text: number, result: GraphOutput, row: number, length: number) => void,
): AsyncGenerator<void, BatchTotals> {
  const prefix = kind === "query" ? manifest.queryPrefix : manifest.passagePrefix;
  let tokens = 0;
  let ms = 0;
  let resumed = performance.now();
  for (let start = 0; start < texts.length; start += textsPerSlice) {
    const inputs = texts.slice(start, start + textsPerSlice).map((text) => tokenizer.encode(prefix + text, manifest));
    const lengths = inputs.map(({ ids }) => ids.length);
    for (const batch of planBatches(lengths, { maxTokens, maxRows })) {
      const result = await session.run(
        batch.map((index) => inputs[index]!),
        output,
      );
      check(result);
      batch.forEach((index, row) => {
        take(start + index, result, row, lengths[index]!);
        tokens += lengths[index]!;
      });
      ms += performance.now() - resumed;
      yield;
      resumed = performance.now();
    }
  }
  return { tokens, ms };
}
