// The machine and the state of the code that figures were measured on: without them a figure means nothing.

import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { packageRoot } from "../../src/package-root.js";

export type Machine = {
  cpu: string;
  cores: number;
  memoryBytes: number;
  system: string;
  node: string;
  date: string;
  /** The commit of the code, with a plus where files differ from it; "unknown" outside a repository. */
  commit: string;
  /** Processes that wanted a core in the minute before. */
  loadAverage: number;
};

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
    date: new Date().toISOString(),
    commit: commitOf(packageRoot),
    loadAverage: loadavg()[0] ?? 0,
  };
}

function commitOf(folder: string): string {
  const git = (...words: string[]) =>
    execFileSync("git", words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain", "--", "src") === "" ? "" : "+");
  } catch {
    // No git here, or no repository: the figures stand without it.
    return "unknown";
  }
}
