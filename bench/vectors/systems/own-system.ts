// What all forms of our index have in common. A new plan is an entry in a list of plans, a new form a file that opens the
// index with other options.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../src/package-root.js";
import {
  openVectorIndex,
  RowBitmap,
  type SearchOptions,
  type VectorIndex,
  type VectorIndexOptions,
} from "../../../src/vectors/index.js";
import { partLimit, partOf } from "../row-sets.js";
import {
  type BenchSystem,
  type BuildInput,
  curve,
  type Setting,
  type StructureBytes,
  type SystemPlace,
} from "./system.js";

/** A plan of ours and the values of its parameter. */
export type OwnPlan = {
  settings: readonly Setting[];
  options(parameters: Setting["parameters"]): Partial<SearchOptions>;
};

export type OwnForm = {
  plans: readonly OwnPlan[];
  index?: Partial<VectorIndexOptions>;
  /** Default: all rows are added, and codes are waited for. */
  build?(index: VectorIndex, input: BuildInput): Promise<Record<string, number>>;
  /** For a form that outlasts its process. */
  files?: IndexFiles;
};

export type IndexFiles = {
  /** Saves the index and closes it. */
  save(index: VectorIndex, place: SystemPlace): Promise<void>;
  /** What an index needs, opened anew, to search as it did. */
  load(index: VectorIndex, place: SystemPlace): Promise<void>;
};

const rowsPerAdd = 4096;
/** The product makes codes from this many rows on; smaller runs are to exercise them, too. */
const minCodedRows = 4096;

/** The planner's own choice, for a form that differs in something else. */
export function autoAlone(family: string): OwnPlan {
  return {
    settings: curve(family, "recall", [0.9, 0.95, 0.98, 0.99, 0.995]),
    options: ({ recall }) => ({ plan: "auto", recall }),
  };
}

type OwnSystem = BenchSystem<Float32Array, RowBitmap>;

export async function openOwnSystem(place: SystemPlace, form: OwnForm): Promise<OwnSystem> {
  return systemOf(await openIndex(place, form), place, form);
}

/** Opens what the system of a form with files has left in its folder. */
export async function reopenOwnSystem(place: SystemPlace, form: OwnForm): Promise<OwnSystem> {
  const index = await openIndex(place, form);
  await form.files?.load(index, place);
  return systemOf(index, place, form);
}

function openIndex({ dimensions, rows }: SystemPlace, { index: options = {} }: OwnForm): Promise<VectorIndex> {
  const codes = { minRows: Math.min(minCodedRows, Math.ceil(rows / 2)), ...options.codes };
  return openVectorIndex({ dimensions, ...options, codes });
}

function systemOf(opened: VectorIndex, place: SystemPlace, form: OwnForm): OwnSystem {
  const { plans, build = addAndSettle, files } = form;
  let index = opened;
  const optionsOf = new Map(
    plans.flatMap((plan) => plan.settings.map(({ family }) => [family, plan.options] as const)),
  );
  return {
    version: ownVersion(),
    settings: plans.flatMap(({ settings, options }) => settings.map((setting) => withPlan(setting, options))),
    isAsynchronous: true,
    filters: "row bitmap, inside the scan",
    build: (input) => build(index, input),
    prepare: (query) => query,
    filterOf: (share) => {
      const allow = new RowBitmap(place.rows);
      for (let row = 0; row < place.rows; row++) if (partOf(row) < partLimit(share)) allow.add(row);
      return allow;
    },
    async search(query, k, { family, parameters }, allow) {
      const searched = await index.search(query, { ...optionsOf.get(family)?.(parameters), k, allow });
      return { rows: searched.rows, ms: searched.ms, plan: searched.plan.kind };
    },
    async remove(removed) {
      await index.remove(removed);
      await index.settle();
    },
    structure: () => structureOf(index),
    status: () => index.status(),
    ...(files && {
      async persist() {
        await files.save(index, place);
        index = await openIndex(place, form);
        await files.load(index, place);
      },
    }),
    close: () => index.close(),
  };
}

function withPlan(setting: Setting, options: OwnPlan["options"]): Setting {
  const { plan } = options(setting.parameters);
  return plan === undefined || plan === "auto" ? setting : { ...setting, plan };
}

async function addAndSettle(index: VectorIndex, input: BuildInput): Promise<Record<string, number>> {
  const addedMs = await addRows(index, input);
  await index.settle();
  return { addedMs };
}

/** Adds all rows; milliseconds until the last is searchable, reading left out. */
export async function addRows(index: VectorIndex, { vectors, slices, onProgress }: BuildInput): Promise<number> {
  let addedMs = 0;
  for await (const { first, count, vectors: slice } of slices(rowsPerAdd)) {
    const start = performance.now();
    await index.add(
      Uint32Array.from({ length: count }, (_, i) => first + i),
      slice,
    );
    addedMs += performance.now() - start;
    onProgress(first + count, vectors.rows);
  }
  return addedMs;
}

async function structureOf(index: VectorIndex): Promise<StructureBytes> {
  const { bytes, codes, graph, onDisk } = await index.status();
  const megabytes = `${((onDisk?.bytes ?? bytes) / 1e6).toFixed(1)} MB`;
  if (graph.state === "ready") {
    return {
      memoryBytes: graph.bytes,
      diskBytes: graph.bytes,
      note: `graph file, with vectors of its own; ours are ${megabytes}`,
    };
  }
  if (onDisk && codes.state === "ready") {
    return {
      memoryBytes: codes.bytes + bytes,
      diskBytes: onDisk.bytes + codes.bytes,
      note: `codes, and where each vector lies; the vectors are in a file of ${megabytes}`,
    };
  }
  return codes.state === "ready"
    ? { memoryBytes: codes.bytes, note: `codes; the vectors that they choose from are ${megabytes}` }
    : { memoryBytes: bytes, note: "vectors" };
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }).version;
}
