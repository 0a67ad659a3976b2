// What a server does by itself beside answering: following folders, making snapshots by the clock, and
// looking again at documents that are due.

import type { Command } from "commander";
import type { Engine } from "../engine/index.js";
import { LodestoneError, messageOf } from "../errors.js";
import { summariseStale } from "./commands/stale.js";
import type { Face } from "./face.js";
import { addKeepOptions, type KeepOptions, retentionOf } from "./keep-options.js";
import { duration } from "./option-values.js";
import { countOf, formatBytes } from "./render/numbers.js";
import { oneLine } from "./render/printable.js";
import { POLL_HELP, watchBeside } from "./watch-paths.js";

export type ServerTaskOptions = KeepOptions & {
  watch?: string[];
  poll?: boolean;
  snapshotEvery?: number;
  snapshotDirectory?: string;
  snapshotWithModels?: boolean;
  staleEvery?: number;
  stale: boolean;
};

type Task = { close(): Promise<void> };

const SHORTEST_INTERVAL_MS = 10_000;
const STALE_EVERY_MS = 3_600_000;

export function addServerTaskOptions(command: Command): Command {
  command
    .option("--watch <paths...>", "keep the library in step with these files, folders and globs")
    .option("--poll", POLL_HELP)
    .option(
      "--snapshot-every <time>",
      "make a snapshot when the last one is older, for instance 24h",
      duration(SHORTEST_INTERVAL_MS),
    )
    .option("--snapshot-directory <dir>", 'folder of the snapshots (default: "snapshots" in the library\'s)')
    .option("--snapshot-with-models", "copy the models into each snapshot, too")
    .option(
      "--stale-every <time>",
      "look for documents that are due this often, see: lodestone stale --help (default: 1h)",
      duration(SHORTEST_INTERVAL_MS),
    )
    .option("--no-stale", "do not look for documents that are due");
  return addKeepOptions(command);
}

/** Throws INVALID_INPUT for options that say nothing together. */
export function checkServerTasks(options: ServerTaskOptions & { readOnly?: boolean }): void {
  const refuse = (message: string) => {
    throw new LodestoneError("INVALID_INPUT", message);
  };
  if (options.watch && options.readOnly) refuse("A library that is open for reading only cannot follow folders.");
  if (options.poll && !options.watch) refuse("--poll says how to watch; it needs --watch.");
  const needsInterval = keeps(options) || options.snapshotWithModels;
  if (needsInterval && options.snapshotEvery === undefined) {
    refuse("Which snapshots are kept matters when some are made: add --snapshot-every, for instance 24h.");
  }
}

export function startServerTasks(engine: Engine, options: ServerTaskOptions, face: Face): Task {
  const tasks: Task[] = [];
  if (options.watch) tasks.push(watchBeside(engine, options.watch, { poll: options.poll ?? false }, face));
  if (options.snapshotEvery !== undefined) tasks.push(startSnapshots(engine, options.snapshotEvery, options, face));
  if (options.stale && !engine.readOnly) tasks.push(startStale(engine, options.staleEvery ?? STALE_EVERY_MS, face));
  return {
    async close() {
      await Promise.all(tasks.map((task) => task.close()));
    },
  };
}

function startSnapshots(engine: Engine, everyMs: number, options: ServerTaskOptions, { terminal }: Face): Task {
  // The engine is open by now, and with it the module.
  const started = import("../engine/index.js").then(({ scheduleSnapshots }) =>
    scheduleSnapshots(engine, {
      everyMs,
      keep: keeps(options) ? retentionOf(options) : undefined,
      withModels: options.snapshotWithModels,
      onMade({ name, bytes }, removed) {
        const gone = removed.length > 0 ? `, ${countOf(removed.length, "old one")} removed` : "";
        terminal.note(`snapshot ${name} made (${formatBytes(bytes)})${gone}`);
      },
      onFailure: (error) => terminal.warn(`no snapshot was made: ${oneLine(messageOf(error))}`),
    }),
  );
  return {
    async close() {
      await (await started).close();
    },
  };
}

function startStale(engine: Engine, everyMs: number, { terminal }: Face): Task {
  return engine.stale.schedule({
    everyMs,
    onDone: (report) => terminal.note(summariseStale(report)),
    onFailure: (error) => terminal.warn(`stale documents were not brought up to date: ${oneLine(messageOf(error))}`),
  });
}

function keeps({ keepLast, keepDaily, keepWeekly }: KeepOptions): boolean {
  return keepLast !== undefined || keepDaily !== undefined || keepWeekly !== undefined;
}
