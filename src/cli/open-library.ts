// Opens the engine for one command and closes it whatever happens. The engine is loaded only here, so that --help and a
// mistyped option cost no more than starting Node.

import type { Engine, EngineOptions } from "../engine/index.js";
import { LodestoneError } from "../errors.js";
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

/** What `work` resolves with. Where another process writes the library, its error says with `hint` how to ask that one. */
export async function orAskTheWriter<T>(hint: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LodestoneError) || error.code !== "LIBRARY_LOCKED") throw error;
    throw new LodestoneError(error.code, `${error.message} ${hint}`, { cause: error, detail: error.detail });
  }
}
