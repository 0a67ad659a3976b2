// Opens a graph once and reports what it puts out for one text (or one pair), so that the import need not believe what
// a folder's files say.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { workerData } from "node:worker_threads";
import { serve } from "../threads/serve.js";
import type { ModelRole, Pooling } from "./manifest.js";
import { openOnnxSession } from "./onnx-session.js";
import { outputFor } from "./pooling.js";
import { parseTokenizer } from "./tokenizer.js";

export type ProbeWorkerData = {
  directory: string;
  modelFile: string;
  hasTokenizerConfig: boolean;
  role: ModelRole;
  pooling: Pooling | undefined;
};

export type GraphReport = { outputs: readonly string[]; output: string; shape: readonly number[] };

export type ProbeVerbs = { report(argument: null): GraphReport };

await serve<ProbeVerbs>(async () => {
  const { directory, modelFile, hasTokenizerConfig, role, pooling } = workerData as ProbeWorkerData;
  const read = (path: string) => readFileSync(join(directory, path));
  const config = hasTokenizerConfig ? read("tokenizer_config.json") : undefined;
  const tokenizer = parseTokenizer(directory, read("tokenizer.json"), config);
  const path = join(directory, modelFile);
  const session = await openOnnxSession({ path, padId: tokenizer.padId, threads: 1 });
  const limits = { maxTokens: 16, maxFirstTokens: 8, maxSecondTokens: 8 };
  const input =
    role === "cross-encoder"
      ? tokenizer.encodePair("probe", "probe text", limits)
      : tokenizer.encode("probe text", limits);
  const { outputs } = session;
  const output =
    role === "bi-encoder"
      ? outputFor(outputs.includes("sentence_embedding") ? "none" : (pooling ?? "mean"), outputs, path)
      : (outputs.find((name) => name === "logits") ?? (outputs[0] as string));
  const { shape } = await session.run([input], output);
  await session.close();
  return { verbs: { report: () => ({ outputs, output, shape }) } };
});
