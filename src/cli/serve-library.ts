// Serves an open library over HTTP until the process is asked to stop.

import type { Engine } from "../engine/index.js";
import type { Face } from "./face.js";
import { type Interrupt, listenForInterrupt } from "./interrupt.js";

export type ServeOptions = { host?: string; port?: number; allowHost?: string[] };

/** How long the requests in flight may take when the server is to end. */
const CLOSE_LIMIT_MS = 2_000;

/** Begins to load the server (0.3 s of processor time), so that it overlaps with the opening of the library. */
export function preloadServer(): void {
  // A failure comes again, and is told, where the server is used.
  import("../http/index.js").catch(() => undefined);
}

/** Listens for the end of a server. */
export function listenForEnd(): Interrupt {
  return listenForInterrupt(undefined, CLOSE_LIMIT_MS + 1_000);
}

/** Resolves when `interrupt` came and the requests in flight were answered. `facts` are printed along under --json. */
export async function serveLibrary(
  engine: Engine,
  { host, port, allowHost }: ServeOptions,
  interrupt: Interrupt,
  { terminal, shared }: Face,
  facts: Record<string, unknown> = {},
): Promise<void> {
  const { serve } = await import("../http/index.js");
  const server = await serve(engine, {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(allowHost === undefined ? {} : { allowedHosts: allowHost }),
    closeLimitMs: CLOSE_LIMIT_MS,
  });
  try {
    if (shared().json) terminal.printJson({ url: server.url, library: engine.library, ...facts });
    else terminal.print(`Lodestone is at ${terminal.stdout.style.bold(server.url)}`);
    terminal.note(`library: ${engine.library}\nEnd it with Ctrl-C.`);
    if (!interrupt.signal.aborted) {
      await new Promise((resolve) => interrupt.signal.addEventListener("abort", resolve, { once: true }));
    }
  } finally {
    await server.close();
  }
}
