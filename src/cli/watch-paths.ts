// Keeps a library in step with folders until the process is asked to stop, and tells what was taken in.

import { existsSync } from "node:fs";
import type { Engine, EngineOptions } from "../engine/index.js";
import { LodestoneError } from "../errors.js";
import type { IngestReport, PathOptions, WatchEvent } from "../ingest/index.js";
import type { Face } from "./face.js";
import { listenForInterrupt } from "./interrupt.js";
import { withEngine } from "./open-library.js";
import { showIngest } from "./progress/ingest-progress.js";
import { openProgressBar } from "./progress/progress-bar.js";
import { renderSkips, summariseChanges } from "./render/ingest-report.js";
import { oneLine } from "./render/printable.js";

export const POLL_HELP =
  "watch by looking at all files again and again: for network drives, and where the system watches no more folders";

const POLL_MS = 1_000;

/** How long a run in progress may take to stop. */
const STOP_LIMIT_MS = 3_000;

type Watching = {
  poll: boolean;
  engineOptions: EngineOptions;
  /** Tells of the first run. */
  tell(report: IngestReport, targets: string[], library: string, face: Face): void;
};

/** Indexes, then follows changes until Ctrl-C, which is its ordinary end. */
export async function watchPaths(
  targets: string[],
  paths: PathOptions,
  { poll, engineOptions, tell }: Watching,
  face: Face,
): Promise<void> {
  const { terminal, shared } = face;
  const bar = openProgressBar(terminal.stderr);
  const interrupt = listenForInterrupt(() => bar.stop(), STOP_LIMIT_MS);
  let isFollowing = false;
  const onEvent = (event: WatchEvent) => {
    bar.stop();
    if (event.kind !== "watching" || shared().json) return tellEvent(event, face);
    tell(event.report, targets, engineOptions.library, face);
    terminal.note("Watching. End it with Ctrl-C.");
  };
  try {
    await withEngine(engineOptions, async (engine) => {
      interrupt.signal.throwIfAborted();
      const watcher = await engine.watch(targets, {
        ...paths,
        pollMs: poll ? POLL_MS : undefined,
        signal: interrupt.signal,
        onProgress: showIngest(bar),
        onEvent,
      });
      isFollowing = true;
      await aborted(interrupt.signal);
      await watcher.close();
    });
  } catch (error) {
    const code = interrupt.exitCode();
    if (code === undefined) throw error;
    if (!isFollowing) face.exitWith(code);
  } finally {
    bar.stop();
    interrupt.release();
  }
}

/** Watches beside a server: the library answers meanwhile as far as it has got. Throws PATH_NOT_FOUND. */
export function watchBeside(
  engine: Engine,
  targets: readonly string[],
  { poll }: { poll: boolean },
  face: Face,
): { close(): Promise<void> } {
  const missing = targets.find((target) => !existsSync(target) && !/[*?[{]/.test(target));
  if (missing !== undefined) {
    throw new LodestoneError("PATH_NOT_FOUND", `There is no file or folder "${missing}" to watch.`);
  }
  const stop = new AbortController();
  const started = engine
    .watch(targets, {
      pollMs: poll ? POLL_MS : undefined,
      signal: stop.signal,
      onEvent: (event) => tellBeside(event, face),
    })
    .catch((error: unknown) => {
      if (!stop.signal.aborted)
        face.terminal.warn(`${targets.join(", ")} cannot be watched: ${oneLine(String(error))}`);
    });
  return {
    async close() {
      stop.abort();
      await (await started)?.close();
    },
  };
}

// What a server prints on stdout is its ready line.
function tellBeside(event: WatchEvent, { terminal }: Face): void {
  if (event.kind === "watching" || event.kind === "indexed") terminal.note(timed(event.report));
  else terminal.warn(describeEvent(event));
}

function tellEvent(event: WatchEvent, { terminal, shared }: Face): void {
  if (shared().json) {
    const { error, ...plain } = { error: undefined, ...event };
    const failure = error === undefined ? {} : { error: { code: codeOf(error), message: error.message } };
    terminal.stdout.write(`${JSON.stringify({ ...plain, ...failure })}\n`);
  } else if (event.kind === "watching" || event.kind === "indexed") {
    terminal.print(timed(event.report));
    if (event.report.skips.length > 0) {
      terminal.stderr.write(renderSkips(event.report.skips, terminal.stderr.style));
    }
  } else terminal.warn(describeEvent(event));
}

function describeEvent(event: Exclude<WatchEvent, { kind: "watching" | "indexed" }>): string {
  switch (event.kind) {
    case "missing":
      return `${oneLine(event.path)} is not there any more. Its documents stay until it is back, or until you delete them.`;
    case "returned":
      return `${oneLine(event.path)} is back.`;
    case "limited":
      return oneLine(event.reason);
    case "failed":
      return `${oneLine(event.error.message)}${event.retryInMs > 0 ? ` It is tried again in ${event.retryInMs / 1000} s.` : ""}`;
    default:
      return event satisfies never;
  }
}

const codeOf = (error: Error) => (error instanceof LodestoneError ? error.code : "INTERNAL");

const timed = (report: IngestReport) =>
  `${new Date().toTimeString().slice(0, 8)}  ${summariseChanges(report).replace(/^0 documents indexed, /, "")}`;

function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
