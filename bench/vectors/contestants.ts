// The systems of a scenario, each built in its own process. A peer that fails is left out from there on and named with its
// error; a failure of ours ends the run.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { besideIdle } from "./loop-delay.js";
import type { BuildReport, OpenReport } from "./process-protocol.js";
import type { Progress } from "./progress.js";
import { type SystemProcess, startSystemProcess } from "./system-process.js";
import { type SystemEntry, type SystemName, systemEntry } from "./systems/registry.js";
import type { Setting, SystemFacts } from "./systems/system.js";
import type { VectorSet } from "./vector-file.js";

type Built = { facts: SystemFacts; build: BuildReport; open: OpenReport | undefined };

export class Contestant {
  readonly name: SystemName;
  readonly entry: SystemEntry;
  readonly process: SystemProcess;
  readonly facts: SystemFacts;
  readonly build: BuildReport;
  readonly open: OpenReport | undefined;
  /** What is measured of it. */
  settings: readonly Setting[];
  /** Why a peer dropped out. */
  failure: string | undefined;

  constructor(name: SystemName, process: SystemProcess, { facts, build, open }: Built) {
    this.name = name;
    this.entry = systemEntry(name);
    this.process = process;
    this.facts = facts;
    this.settings = facts.settings;
    this.build = build;
    this.open = open;
  }

  /** Does nothing after a failure. */
  async attempt(work: () => Promise<void>): Promise<void> {
    if (this.failure !== undefined) return;
    try {
      await work();
    } catch (error) {
      if (this.entry.kind === "ours") throw error;
      this.failure = (error as Error).message;
    }
  }
}

/** Builds the system; the message of its error where a peer fails. */
export async function buildContestant(
  name: SystemName,
  vectors: VectorSet,
  workFolder: string,
  progress: Progress,
): Promise<Contestant | { failure: string }> {
  const { title, kind } = systemEntry(name);
  const folder = join(workFolder, name);
  await mkdir(folder, { recursive: true });
  const started = startSystemProcess(title);
  try {
    const facts = await started.call("open", { system: name, vectors, folder });
    const onProgress = progress.part(`Building ${title}`, "rows");
    const build = await besideIdle(() => started.call("build", undefined, onProgress));
    const open = (await started.call("persist", undefined)) ? await reopened(name, vectors, folder) : undefined;
    return new Contestant(name, started, { facts, build, open });
  } catch (error) {
    await started.end();
    if (kind === "ours") throw error;
    return { failure: (error as Error).message };
  }
}

/** Opening is measured where nothing of it is in memory already: in a process of its own. */
async function reopened(name: SystemName, vectors: VectorSet, folder: string): Promise<OpenReport> {
  const started = startSystemProcess(systemEntry(name).title);
  try {
    return await started.call("reopen", { system: name, vectors, folder });
  } finally {
    await started.end();
  }
}
