// How many padded tokens a batch may hold: enough to keep the cores busy, few enough that a query waits briefly.

import { type ModelFolder, readVerifiedFile } from "./model-files.js";

// A layer of a transformer of width h takes about 24 h^2 floating-point operations a token (12 h^2 weights, multiply
// and add). Two cores do some 10^11 a second, so that such a batch lasts a tenth of a second.
const operationsPerBatch = 1e10;
const fewestTokens = 512;

/** `cacheTokens` serves a model without layers, which only looks rows up: there the size of the caches decides. */
export function tokenBudget(model: ModelFolder, cacheTokens: number): number {
  if (!("config.json" in model.manifest.files)) return fewestTokens;
  const config = JSON.parse(readVerifiedFile(model, "config.json").toString("utf8"));
  const layers = Number(config.num_hidden_layers ?? config.n_layers ?? 12);
  const width = Number(config.hidden_size ?? config.dim ?? 768);
  if (layers === 0) return cacheTokens;
  return Math.max(fewestTokens, Math.min(cacheTokens, Math.round(operationsPerBatch / (24 * layers * width ** 2))));
}
