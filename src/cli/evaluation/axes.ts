// Axes of a sweep as the command line writes them: NAME=VALUES, where NAME is a field of the search request or an option of the
// engine, and VALUES a list (100,200) or a range (0.3..0.8:0.1). And what each point of the sweep is as a way to search.

import { LodestoneError } from "../../errors.js";
import type { Setting, SweepPoint } from "../../evaluation/index.js";
import { mergePatch } from "./merge-patch.js";
import type { Variant, VariantEngine, VariantRequest } from "./stages.js";

/** Options that a library is built with: each of their values needs one of its own. */
export const buildAxes = [
  "biEncoder",
  "sparseEncoder",
  "dimensions",
  "chunking.maxTokens",
  "chunking.overlapTokens",
] as const;

/** Options that it is opened with. */
export const engineAxes = [
  "vectors.format",
  "vectors.truncate",
  "vectors.onDisk",
  "graphFromChunks",
  "crossEncoder",
] as const;

const MOST_VALUES = 1_000;

/** "fusion.lexicalWeight=0.3..0.8:0.1" -> its name and six values. Throws INVALID_INPUT. */
export function parseAxis(text: string): [name: string, values: Setting[]] {
  const [, name = "", list = ""] = /^([A-Za-z][\w.]*)=(.+)$/.exec(text) ?? [];
  if (name === "") {
    refuse(text, "it is written NAME=VALUES, for instance fusion.lexicalWeight=0.3..0.8:0.1 or rerank.depth=20,50,100");
  }
  return [name, list.split(",").flatMap((part) => valuesOf(part.trim(), text))];
}

function valuesOf(part: string, axis: string): Setting[] {
  if (part === "") refuse(axis, "a value between two commas is missing");
  const range = /^(-?[\d.]+)\.\.(-?[\d.]+)(?::([\d.]+))?$/.exec(part);
  if (!range) return [settingOf(part)];
  const [from, to, step] = [range[1], range[2], range[3] ?? "1"].map(Number) as [number, number, number];
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (!(Number.isFinite(count) && step > 0 && count >= 1)) refuse(axis, "a range is FROM..TO:STEP, rising");
  if (count > MOST_VALUES) refuse(axis, `the range has ${count} values; at most ${MOST_VALUES} are run`);
  // Without the last digits of a sum such as 0.1 + 0.2.
  return Array.from({ length: count }, (_, i) => Number((from + i * step).toPrecision(12)));
}

function settingOf(text: string): Setting {
  if (text === "true" || text === "false") return text === "true";
  return /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : text;
}

function refuse(axis: string, problem: string): never {
  throw new LodestoneError("INVALID_INPUT", `The axis "${axis}" cannot be read: ${problem}.`, { detail: { axis } });
}

/** A point as a way to search: the base with what the point says of the request, on an engine opened as it says. */
export function variantOf({ name, settings }: SweepPoint, base: VariantRequest): Variant {
  const request: Record<string, unknown> = {};
  for (const [axis, value] of Object.entries(settings)) if (!isEngineAxis(axis)) place(request, axis, value);
  return {
    name,
    request: withFusionMethod(mergePatch(base, request)),
    engine: optionsOf(settings, engineAxes),
  };
}

/** What the library of a point is built with. */
export function buildOptionsOf({ settings }: SweepPoint): VariantEngine {
  return optionsOf(settings, buildAxes);
}

function optionsOf(settings: SweepPoint["settings"], axes: readonly string[]): VariantEngine {
  const options: Record<string, unknown> = {};
  for (const axis of axes) if (settings[axis] !== undefined) place(options, axis, settings[axis]);
  return options as VariantEngine;
}

function isEngineAxis(axis: string): boolean {
  return [...buildAxes, ...engineAxes].some((known) => known === axis);
}

function place(object: Record<string, unknown>, path: string, value: Setting): void {
  const names = path.split(".");
  const last = names.pop()!;
  let place = object;
  for (const name of names) {
    place[name] ??= {};
    place = place[name] as Record<string, unknown>;
  }
  place[last] = value;
}

/** Which fusion is meant is clear from the field that is set. */
function withFusionMethod(request: VariantRequest): VariantRequest {
  const fusion: unknown = request.fusion;
  if (typeof fusion !== "object" || fusion === null || "method" in fusion) return request;
  const method = "k" in fusion || "denseWeight" in fusion ? "rrf" : "convex";
  return { ...request, fusion: { ...fusion, method } as NonNullable<VariantRequest["fusion"]> };
}
