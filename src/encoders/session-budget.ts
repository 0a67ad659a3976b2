// How many threads a session gets and how many padded tokens a batch: from the model's size and the machine, unless the
// caller says otherwise.

import { availableParallelism } from "node:os";
import { type ModelFolder, readVerifiedFile } from "./model-files.js";

export type SessionBudget = { threads: number; maxBatchTokens: number };

// A layer of a transformer of width h takes about 24 h^2 floating-point operations a token (12 h^2 weights, multiply
// and add). Two cores do some 10^11 a second, so that such a batch lasts a tenth of a second: that is how long a query
// waits for the passages before it.
const operationsPerBatch = 1e10;
const fewestTokens = 512;

/**
 * A model without layers looks rows up. Its batches fit the caches (`cacheTokens`), and its steps are too short to be
 * shared: a second thread gives the bundled pair a tenth to a half more on an idle machine of two cores, and makes it
 * three times slower as soon as something else runs.
 */
export function sessionBudget(
  model: ModelFolder,
  asked: { threads: number | undefined; maxBatchTokens: number | undefined },
  cacheTokens: number,
): SessionBudget {
  const { layers, width } = sizeOf(model);
  const isLookUp = layers === 0;
  const affordable = Math.round(operationsPerBatch / (24 * layers * width ** 2));
  const budget = isLookUp ? cacheTokens : Math.min(cacheTokens, Math.max(fewestTokens, affordable));
  return {
    threads: asked.threads ?? (isLookUp ? 1 : availableParallelism()),
    maxBatchTokens: asked.maxBatchTokens ?? budget,
  };
}

// Where a config.json says nothing, a model of the usual size: 12 layers of width 768.
function sizeOf(model: ModelFolder): { layers: number; width: number } {
  if (!("config.json" in model.manifest.files)) return { layers: 12, width: 768 };
  const config = JSON.parse(readVerifiedFile(model, "config.json").toString("utf8"));
  return {
    layers: Number(config.num_hidden_layers ?? config.n_layers ?? 12),
    width: Number(config.hidden_size ?? config.dim ?? 768),
  };
}
