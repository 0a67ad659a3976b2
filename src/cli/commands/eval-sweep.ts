// lodestone eval sweep: which settings answer a collection best.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { LodestoneError } from "../../errors.js";
import type { StageResult } from "../../evaluation/index.js";
import { evaluateCollection } from "../evaluation/evaluate.js";
import type { LibraryPlace } from "../evaluation/library.js";
import { mergePatch } from "../evaluation/merge-patch.js";
import {
  addRunOptions,
  type RunOptions,
  type Session,
  warnOfDegraded,
  withCollections,
} from "../evaluation/session.js";
import { type StageName, stageNames, stageRequests, type VariantRequest } from "../evaluation/stages.js";
import { describe, type Face } from "../face.js";
import { choice, gathered } from "../option-values.js";

type Options = RunOptions & { over: string[]; stage?: StageName; shape: "grid" | "star"; report?: string };

export function addEvalSweepCommand(parent: Command, face: Face): void {
  const command = parent
    .command("sweep <folder>")
    .description("Try settings on a collection and say which answer best.")
    .requiredOption("--over <axis>", "NAME=VALUES to try; may be given several times", gathered)
    .option(
      "--stage <name>",
      "what is changed (default: hybrid, or hybrid+rerank for rerank settings)",
      choice(stageNames),
    )
    .option("--shape <shape>", "grid: every combination; star: one axis at a time", choice(["grid", "star"]), "grid")
    .option("--report <file>", "write a page with plots (HTML)")
    .action((folder: string, options: Options) => run(folder, options, face));
  addRunOptions(command);
  describe(command, {
    examples: [
      "eval sweep data/scifact --over fusion.lexicalWeight=0.3..0.8:0.1 --report weights.html",
      "eval sweep data/scifact --over fusion.method=rrf --over fusion.k=20,60,100 --over depth=100,200",
      "eval sweep judged --split dev --over chunking.maxTokens=128,256,512",
    ],
    notes: [
      "An axis is a field of the search request (fusion.lexicalWeight, fusion.sparseWeight, fusion.k, fusion.denseWeight, depth,\n" +
        "rerank.depth, sparse, mode, oversampling, recall, plan, ...), an option that the engine is opened with (vectors.format, vectors.truncate), or one that a\n" +
        "library is built with, each value in a library of its own (chunking.maxTokens, chunking.overlapTokens, biEncoder,\n" +
        "sparseEncoder, dimensions). Values: 100,200 or 0.3..0.8:0.1.",
      "The first measure decides. Change and p are against the settings as they are; p is raised for the number of points\n" +
        "(Holm). What is best among many on the same queries looks better than it is: choose on one split (--split dev) and\n" +
        "report on another.",
    ],
    json: "{collection, measure, default: {stage, measures, ...}, points: [{settings, stage, measures, intervals, p50Ms, comparison}], best}",
  });
}

const DEFAULT = "as it is";

async function run(folder: string, options: Options, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { expandSweep, groupPoints, parseSweep } = await import("../../evaluation/index.js");
  const { sweepReport } = await import("../evaluation/sweep-report.js");
  const { buildAxes, buildOptionsOf, parseAxis, variantOf } = await import("../evaluation/axes.js");
  const { checkVariants } = await import("../evaluation/check-variants.js");
  const axes = Object.fromEntries(options.over.map(parseAxis));
  const points = expandSweep(parseSweep({ axes, shape: options.shape }));
  const base = baseOf(options, Object.keys(axes));
  checkVariants(points.map((point) => variantOf(point, base)));
  await withCollections([folder], options, face, async (session) => {
    const collection = session.collections[0]!;
    const asItIs = { name: DEFAULT, request: base };
    const groups = groupPoints(points, buildAxes);
    const isBuilt = buildAxes.some((axis) => axis in axes);
    const results: StageResult[] = [];
    for (const [i, group] of (isBuilt ? [[], ...groups] : groups).entries()) {
      const variants = group.map((point) => variantOf(point, base));
      const [point] = group;
      const result = await evaluateCollection(collection, {
        ...session,
        place: isBuilt ? placeOf(session, i) : session.place,
        engine: point ? mergePatch(session.engine, buildOptionsOf(point)) : session.engine,
        variants: i === 0 ? [asItIs, ...variants] : variants,
      });
      warnOfDegraded(result, face);
      results.push(...result.stages);
    }
    session.bar.stop();
    const report = sweepReport(collection.name, results, points, DEFAULT);
    if (options.report !== undefined) {
      const { sweepPage } = await import("../render/sweep-page.js");
      const command = `lodestone eval sweep ${folder} ${options.over.map((axis) => `--over ${axis}`).join(" ")}`;
      await writeFile(options.report, sweepPage({ command, date: new Date(), report }));
    }
    if (shared().json) return terminal.printJson(report);
    const { renderSweep } = await import("../render/sweep.js");
    terminal.print(renderSweep(report, terminal.stdout.style));
  });
}

function baseOf({ stage }: Options, axes: readonly string[]): VariantRequest {
  return stageRequests[stage ?? (axes.some((axis) => /^rerank\b/.test(axis)) ? "hybrid+rerank" : "hybrid")];
}

/** Where the library of a group lies. */
function placeOf({ place }: Session, group: number): LibraryPlace {
  if (place.kind === "made") return { kind: "made", folder: join(place.folder, `build-${group}`) };
  throw new LodestoneError(
    "INVALID_INPUT",
    "A library of your own is searched as it is: chunking, model and dimensions cannot be swept over it. Name another folder, " +
      "or none: libraries are built from the collection's documents then.",
  );
}
