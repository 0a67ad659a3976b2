// The process of one system under test. Started by system-process.ts; answers its calls one after the other.

import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { watchLoop } from "./loop-delay.js";
import { measure } from "./measure.js";
import type { BuildReport, HostPlace, HostReply, HostRequest, HostVerbs } from "./process-protocol.js";
import { systemEntry } from "./systems/registry.js";
import type { BenchSystem, BuildInput, SystemPlace } from "./systems/system.js";
import { readAll, slicesOf, type VectorSet } from "./vector-file.js";

type Opened = { system: BenchSystem; vectors: VectorSet; queries: unknown[]; filters: Map<number, unknown> };

const send = (reply: HostReply) => process.send?.(reply);

function hostVerbs(onProgress: (done: number, total: number) => void): HostVerbs {
  let opened: Opened | undefined;
  const beforeBytes = process.memoryUsage.rss();
  const needed = (): Opened => {
    if (!opened) throw new Error("No system is open.");
    return opened;
  };

  return {
    async open({ system: name, vectors, folder }) {
      const { openSystem } = await systemEntry(name).load();
      const system = await openSystem(placeOf(vectors, folder));
      opened = { system, vectors, queries: await preparedQueries(system, vectors), filters: new Map() };
      const { version, settings, isAsynchronous, filters } = system;
      return { version, settings, isAsynchronous, filters };
    },

    async build() {
      const { system, vectors } = needed();
      const reading = { ms: 0 };
      const input: BuildInput = {
        vectors: vectors.rows,
        slices: (rowsPerSlice) => timedSlices(vectors, rowsPerSlice, reading),
        onProgress,
      };
      const loop = watchLoop();
      const start = performance.now();
      const stepsMs = await system.build(input);
      const readyMs = performance.now() - start - reading.ms;
      const delay = loop.stop();
      const settledBytes = await settledMemory();
      // The system's own mark lags behind by what its counters hold back.
      const peakBytes = Math.max(await peakMemory(), settledBytes);
      const report: BuildReport = {
        readyMs,
        stepsMs,
        memory: { beforeBytes, peakBytes, settledBytes },
        loop: delay,
        structure: await system.structure(),
        status: await system.status?.(),
      };
      return report;
    },

    async measure(request) {
      const { system, queries, filters } = needed();
      const { share } = request;
      if (share !== undefined && !filters.has(share)) filters.set(share, system.filterOf(share));
      return measure(system, queries, share === undefined ? undefined : filters.get(share), request);
    },

    async remove(rows) {
      const loop = watchLoop();
      const start = performance.now();
      await needed().system.remove(rows);
      return { ms: performance.now() - start, loop: loop.stop() };
    },

    async persist() {
      const { system } = needed();
      await system.persist?.();
      return system.persist !== undefined;
    },

    async reopen({ system: name, vectors, folder }) {
      const { reopenSystem } = await systemEntry(name).load();
      if (!reopenSystem) throw new Error(`${name} does not say how it is opened again.`);
      const start = performance.now();
      const system = await reopenSystem(placeOf(vectors, folder));
      const openMs = performance.now() - start;
      const [query] = await preparedQueries(system, { ...vectors, queries: { ...vectors.queries, rows: 1 } });
      const asked = performance.now();
      await system.search(query, 10, system.settings[0]!, undefined);
      const firstAnswerMs = openMs + performance.now() - asked;
      const residentBytes = process.memoryUsage.rss();
      await system.close();
      return { openMs, firstAnswerMs, residentBytes };
    },

    async close() {
      await opened?.system.close();
      opened = undefined;
    },
  };
}

function placeOf({ rows }: VectorSet, folder: string): SystemPlace {
  return { dimensions: rows.dimensions, rows: rows.rows, folder };
}

async function preparedQueries(system: BenchSystem, { queries }: HostPlace["vectors"]): Promise<unknown[]> {
  const { rows, dimensions } = queries;
  const all = await readAll(queries);
  return Array.from({ length: rows }, (_, i) => system.prepare(all.slice(i * dimensions, (i + 1) * dimensions)));
}

async function* timedSlices({ rows }: VectorSet, rowsPerSlice: number, reading: { ms: number }) {
  let asked = performance.now();
  for await (const slice of slicesOf(rows, rowsPerSlice)) {
    reading.ms += performance.now() - asked;
    yield slice;
    asked = performance.now();
  }
}

/** Resident memory when the garbage of the build is gone. */
async function settledMemory(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    global.gc?.();
    await wait(50);
  }
  return process.memoryUsage.rss();
}

/** The highest resident memory so far. Linux hands `maxRSS` down from the parent process, but not the mark in its own status. */
async function peakMemory(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kilobytes = Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
  return kilobytes * 1024;
}

let progressFor = -1;
const verbs = hostVerbs((done, total) => send({ id: progressFor, kind: "progress", done, total }));

process.on("message", async ({ id, verb, argument }: HostRequest) => {
  progressFor = id;
  try {
    const value = await (verbs[verb] as (argument: unknown) => Promise<unknown>)(argument);
    send({ id, kind: "result", value });
  } catch (error) {
    const { message, stack = "" } = error as Error;
    send({ id, kind: "error", message, stack });
  }
});
process.on("disconnect", () => process.exit());
