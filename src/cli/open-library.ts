// Opens the engine for one command and closes it whatever happens. The engine is loaded only here, so that --help and a
// mistyped option cost no more than starting Node.

import type { Engine, EngineOptions } from "../engine/index.js";

export async function withEngine<T>(options: EngineOptions, work: (engine: Engine) => Promise<T>): Promise<T> {
  const { openEngine } = await import("../engine/index.js");
  const engine = await openEngine(options);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}
