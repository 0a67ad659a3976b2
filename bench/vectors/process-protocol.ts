// What passes between the bench and the process of a system under test.

import type { SystemName } from "./systems/registry.js";
import type { Setting, StructureBytes, SystemFacts } from "./systems/system.js";
import type { VectorSet } from "./vector-file.js";

export type HostPlace = { system: SystemName; vectors: VectorSet; folder: string };

/** Delay of the main thread's event loop beyond its timer of 1 ms. */
export type LoopDelay = {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** The longest of the bench's own process, which did nothing meanwhile: what the machine alone accounts for. */
  idleMaxMs?: number;
};

export type BuildReport = {
  /** From the first row handed over to the state that is measured, reading the file left out. */
  readyMs: number;
  /** Steps of it that the system tells apart. */
  stepsMs: Record<string, number>;
  memory: {
    /** Resident before the system was loaded, at the highest and when all was done. */
    beforeBytes: number;
    peakBytes: number;
    settledBytes: number;
  };
  structure: StructureBytes;
  loop: LoopDelay;
  status: unknown;
};

export type MeasureRequest = {
  setting: Setting;
  k: number;
  /** Share of the rows that the filter allows; absent: no filter. */
  share?: number;
  /** Numbers of the queries, in the order they are asked. */
  order: Uint32Array;
  /** How many ask at the same time. */
  clients: number;
  /** After this time no further query is asked once there were `minQueries`, and in four times it hardly any. */
  maxMs: number;
  minQueries: number;
  /** Whether the rows that are found are wanted. */
  collect: boolean;
};

export type MeasureReport = {
  /** Numbers of the queries that were asked, and of each: what the caller waited, and what the system says it took (or NaN). */
  asked: Uint32Array;
  waitedMs: Float64Array;
  reportedMs: Float64Array;
  /** Rows found, k for each query; 2^32 - 1 where fewer were. Empty where they are not wanted. */
  found: Uint32Array;
  /** Answers by each plan, where the system chooses one. */
  plans: Record<string, number>;
  elapsedMs: number;
  loop: LoopDelay;
};

export const noRow = 0xffffffff;

export type OpenReport = { openMs: number; firstAnswerMs: number; residentBytes: number };

export type HostVerbs = {
  open(argument: HostPlace): Promise<SystemFacts>;
  build(argument: undefined): Promise<BuildReport>;
  measure(argument: MeasureRequest): Promise<MeasureReport>;
  remove(argument: Uint32Array): Promise<{ ms: number; loop: LoopDelay }>;
  /** False where nothing persists. */
  persist(argument: undefined): Promise<boolean>;
  reopen(argument: HostPlace): Promise<OpenReport>;
  close(argument: undefined): Promise<void>;
};

export type HostRequest = { id: number; verb: keyof HostVerbs; argument: unknown };
export type HostReply =
  | { id: number; kind: "result"; value: unknown }
  | { id: number; kind: "error"; message: string; stack: string }
  | { id: number; kind: "progress"; done: number; total: number };
