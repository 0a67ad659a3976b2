// Starts the real engine and the real server over the corpus, in a folder of its own, on a free port.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { serve } from "../../src/http/index.js";
import { type Engine, openEngine } from "../../src/index.js";
import { corpus } from "./corpus.js";

export type ServerUnderTest = { url: string; engine: Engine; close(): Promise<void> };

export async function startServer(): Promise<ServerUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "lodestone-browser-"));
  const files = join(folder, "files");
  for (const { path, text } of corpus) {
    await mkdir(dirname(join(files, path)), { recursive: true });
    await writeFile(join(files, path), text);
  }
  const engine = await openEngine({ library: join(folder, "library") });
  const folders = new Set(corpus.map(({ path }) => path.slice(0, path.indexOf("/"))));
  await engine.ingestPaths([...folders].map((name) => join(files, name)));
  const server = await serve(engine, { port: 0 });
  return {
    url: server.url,
    engine,
    close: async () => {
      await server.close();
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
