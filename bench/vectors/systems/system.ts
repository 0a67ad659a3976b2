// What a system must offer to be measured. Each one runs in a process of its own (system-host.ts); adding one is a file
// that exports an `openSystem` and a line in registry.ts.

import type { VectorFile } from "../vector-file.js";

/** One way to search with one value of its parameters: a point of a curve. */
export type Setting = {
  /** The curve it belongs to: a plan of ours, or the system itself. */
  family: string;
  /** As written in tables: "ef 64". */
  label: string;
  /** What the system reads. */
  parameters: Readonly<Record<string, number>>;
  /** What a caller gets who says nothing. */
  isDefault?: true;
  /** The plan that is asked for: where another was taken without a filter, the setting does not count. */
  plan?: string;
};

/** `count` rows whose numbers start at `first`; the array is used again for the next slice. */
export type RowSlice = { first: number; count: number; vectors: Float32Array };

export type BuildInput = {
  vectors: VectorFile;
  /** Reads the rows; what that takes is no part of the build time. */
  slices(rowsPerSlice: number): AsyncIterable<RowSlice>;
  /** Rows that are in, or a share of what remains to be done. */
  onProgress(done: number, total: number): void;
};

export type Found = {
  rows: ArrayLike<number>;
  /** What the system itself says the search took. */
  ms?: number;
  /** How it went about it, where it chooses. */
  plan?: string;
};

/** Bytes that a search reads or may read. */
export type StructureBytes = {
  memoryBytes?: number;
  diskBytes?: number;
  /** What makes up the figures. */
  note: string;
};

export type SystemFacts = {
  version: string;
  settings: readonly Setting[];
  /** Whether a search leaves the event loop free. */
  isAsynchronous: boolean;
  /** How filters are applied; undefined where there are none. */
  filters: string | undefined;
};

export type BenchSystem<Query = unknown, Filter = unknown> = SystemFacts & {
  /** From embedded rows to the state that is measured. */
  build(input: BuildInput): Promise<Record<string, number>>;
  /** The query in the form that the system takes: no part of the latency. */
  prepare(query: Float32Array): Query;
  /** The filter of row-sets.ts with this share, in the system's form: no part of the latency. */
  filterOf(share: number): Filter;
  search(query: Query, k: number, setting: Setting, filter: Filter | undefined): Found | Promise<Found>;
  /** Called before a setting is measured, for what the system cannot change from one search to the next. */
  select?(setting: Setting): void | Promise<void>;
  structure(): Promise<StructureBytes>;
  remove(rows: Uint32Array): Promise<void>;
  /** What the system tells of itself, kept among the raw figures. */
  status?(): Promise<unknown>;
  /** Makes the folder ready to be opened by another process. Absent: nothing persists. */
  persist?(): Promise<void>;
  close(): Promise<void>;
};

export type SystemPlace = {
  dimensions: number;
  rows: number;
  /** Empty, on disk, its own. */
  folder: string;
};

export type SystemModule = {
  openSystem(place: SystemPlace): Promise<BenchSystem>;
  /** Opens what `persist` left in the folder, ready for the first search. */
  reopenSystem?(place: SystemPlace): Promise<BenchSystem>;
};

/** The settings of a curve with one parameter. */
export function curve(family: string, parameter: string, values: readonly number[], unit = ""): Setting[] {
  return values.map((value) => ({ family, label: `${parameter} ${value}${unit}`, parameters: { [parameter]: value } }));
}
