// Temporary folders, files and engines for tests; closed and removed after the test.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type Engine, type EngineOptions, LodestoneError, openEngine } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";

/** Writes files below `folder`; keys are paths. */
export function writeFiles(folder: string, files: Record<string, string | Uint8Array>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

export async function openTemporary(t: TestContext, options: Partial<EngineOptions> = {}): Promise<Engine> {
  const library = options.library ?? join(temporaryFolder(), "library");
  const engine = await openEngine({ ...options, library });
  t.after(() => engine.close());
  return engine;
}

/** Whether an error has this code, and a message like this. */
export const coded =
  (code: string, message = /./) =>
  (error: unknown) =>
    error instanceof LodestoneError && error.code === code && message.test(error.message);
