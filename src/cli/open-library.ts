// Opens the engine for one command and closes it whatever happens. The engine is loaded only here, so that --help and a
// mistyped option cost no more than starting Node.

import type { Engine, EngineOptions } from "../engine/index.js";
import { vectorsInEnvironment } from "./vector-options.js";

/** For commands that rank nothing: the cross-encoder need not be loaded (0.3 s of processor time here). */
export const withoutReranking = { crossEncoder: null } as const satisfies Partial<EngineOptions>;

export async function withEngine<T>(options: EngineOptions, work: (engine: Engine) => Promise<T>): Promise<T> {
  const { openEngine } = await import("../engine/index.js");
  const vectors = { ...vectorsInEnvironment(process.env), ...options.vectors };
  const engine = await openEngine({ ...options, vectors });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}
