// What all runs over collections have in common: their options, opening everything before anything runs, the temporary folder that
// goes afterwards, and an orderly end at Ctrl-C.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { LodestoneError } from "../../errors.js";
import type { BeirCollection, Measure } from "../../evaluation/index.js";
import type { Face } from "../face.js";
import { interruptible, type Shown } from "../interruptible.js";
import { wholeNumber, words } from "../option-values.js";
import { addSparseOption, type SparseOption, sparseOf } from "../sparse-option.js";
import { addVectorOptions, type VectorOptions, vectorsOf } from "../vector-options.js";
import type { Evaluated, EvaluateOptions } from "./evaluate.js";
import { isLibrary, type LibraryPlace } from "./library.js";
import { DEPTH } from "./stages.js";

export type RunOptions = VectorOptions & {
  measure?: string[];
  k: number;
  split: string;
  model?: string;
  maxTokens?: number;
  tenant?: string;
} & SparseOption;

/** Options of every command that runs queries of collections. */
export function addRunOptions(command: Command): Command {
  command
    .option("--measure <list>", "for instance ndcg@10,ndcg-exp@10,recall@100,p@5,mrr,map; the first is compared", words)
    .option("-k, --k <n>", "cutoff of nDCG and MRR, where no measures are named", wholeNumber(1, DEPTH), 10)
    .option("--split <name>", "judgements in qrels/<name>.tsv", "test")
    .option("--max-tokens <n>", "longest chunk, in tokens", wholeNumber(16, 8192))
    .option("--model <name>", "bi-encoder, see: lodestone models list")
    .option("--tenant <name>", "with a library of your own: whose documents are searched");
  return addVectorOptions(addSparseOption(command));
}

export type Session = Omit<EvaluateOptions, "variants"> & { collections: BeirCollection[] };

// An interrupt leaves this long for the engine to close and its temporary library to go.
const CLEANUP_MS = 3_000;

/** Opens the collections and does `work`; leaves nothing behind but what --library keeps. */
export async function withCollections(
  folders: readonly string[],
  options: RunOptions,
  face: Face,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const { defaultMeasures, openBeirCollection } = await import("../../evaluation/index.js");
  const { k } = options;
  const measures = await measuresOf(options.measure ?? defaultMeasures.map((name) => name.replace(/@10$/, `@${k}`)));
  // All are opened first: a mistake in the last should not show after the first has run for minutes.
  const collections = await Promise.all(folders.map((folder) => openBeirCollection(folder, options.split)));
  expectDistinct(collections.map(({ name }) => name));
  const { library } = face.shared();
  const place = await placeOf(library, options);
  const engine = {
    vectors: vectorsOf(options),
    ...(options.model === undefined ? {} : { biEncoder: options.model }),
    ...sparseOf(options),
    ...(options.maxTokens === undefined ? {} : { chunking: { maxTokens: options.maxTokens } }),
  };
  const measured = async (shown: Shown) => {
    try {
      await work({ collections, measures, place, engine, ...shown });
    } finally {
      shown.bar.stop();
      if (library === undefined && place.kind === "made") await rm(place.folder, { recursive: true, force: true });
    }
  };
  await interruptible(face, measured, { graceMs: CLEANUP_MS });
}

/** Says that figures are doubtful, where they are. */
export function warnOfDegraded({ name, degraded }: Evaluated, { terminal }: Face): void {
  if (degraded > 0) terminal.warn(`${degraded} answers of ${name} were degraded; its figures are too low.`);
}

/** Throws INVALID_INPUT for a name that is no measure. */
export async function measuresOf(names: readonly string[]): Promise<Measure[]> {
  const { measureOf } = await import("../../evaluation/index.js");
  const measures = new Map(names.map(measureOf).map((measure) => [measure.name, measure]));
  return [...measures.values()];
}

async function placeOf(library: string | undefined, options: RunOptions): Promise<LibraryPlace> {
  const { tenant } = options;
  if (library !== undefined && (await isLibrary(resolve(library)))) {
    const given = (["model", "sparseModel", "maxTokens"] as const).find((name) => options[name] !== undefined);
    if (given === undefined) return { kind: "own", library: resolve(library), tenant: tenant ?? "" };
    const flag = { model: "--model", sparseModel: "--sparse-model", maxTokens: "--max-tokens" }[given];
    throw new LodestoneError(
      "INVALID_INPUT",
      `${library} is a library with models and a chunking of its own. Leave out ${flag}, or name another folder: a new library is built there.`,
    );
  }
  if (tenant !== undefined) {
    throw new LodestoneError("INVALID_INPUT", "--tenant is for a library of your own: name its folder with --library.");
  }
  const folder = library === undefined ? await mkdtemp(join(tmpdir(), "lodestone-eval-")) : resolve(library);
  return { kind: "made", folder };
}

function expectDistinct(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    `Two of the collections are called "${twice}". Give the folders names of their own, or evaluate them in two runs.`,
  );
}
