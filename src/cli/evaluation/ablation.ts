// Named requests over several collections: what each feature adds, in one table.

import { z } from "zod";
import { LodestoneError, messageOf } from "../../errors.js";
import { adjustHolm, comparePaired, percentile } from "../../evaluation/index.js";
import { parseInput } from "../../input/parse-input.js";
import type { Evaluated } from "./evaluate.js";
import { type HeldOut, type HeldOutOptions, heldOut } from "./held-out.js";
import { mergePatch } from "./merge-patch.js";
import type { Variant, VariantRequest } from "./stages.js";

const requestSchema = z.record(z.string(), z.unknown());

const ablationSchema = z.strictObject({
  /** The request that all are compared with, over the engine's defaults. */
  base: requestSchema.default({}),
  /** What each changes of it (JSON merge patch: null takes a field away). */
  variants: z.array(z.strictObject({ name: z.string().min(1), request: requestSchema })).default([]),
});
export type Ablation = z.output<typeof ablationSchema>;

export const BASE = "base";

/** Reads a file's content; `file` is its name in errors. Throws INVALID_INPUT or UNKNOWN_FIELD. */
export function parseAblation(text: string, file: string): Ablation {
  return parseInput(ablationSchema, parseJson(text, file), file);
}

/** 'no rerank={"rerank":false}' -> its name and request. Throws INVALID_INPUT. */
export function parseVariant(text: string): Ablation["variants"][number] {
  const at = text.indexOf("={");
  if (at > 0) return { name: text.slice(0, at), request: parseRequest(text.slice(at + 1)) };
  throw new LodestoneError(
    "INVALID_INPUT",
    `The variant "${text}" is written NAME=REQUEST, for instance 'no rerank={"rerank":false}'.`,
  );
}

/** The JSON of a request, or of a part of one. Throws INVALID_INPUT. */
export function parseRequest(text: string): Record<string, unknown> {
  return parseInput(requestSchema, parseJson(text, `The request ${text}`), `The request ${text}`);
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LodestoneError("INVALID_INPUT", `${what} is no JSON: ${messageOf(error)}.`, { cause: error });
  }
}

/** The base first. Throws INVALID_INPUT for none, or for a name that stands twice. */
export function ablationVariants({ base, variants }: Ablation): Variant[] {
  if (variants.length === 0) {
    throw new LodestoneError(
      "INVALID_INPUT",
      "There is nothing to compare: name variants with --variant or --variants.",
    );
  }
  const names = [BASE, ...variants.map(({ name }) => name)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new LodestoneError("INVALID_INPUT", `Two variants are called "${twice}".`);
  const request = base as VariantRequest;
  return [
    { name: BASE, request },
    ...variants.map((variant) => ({ name: variant.name, request: mergePatch(request, variant.request) })),
  ];
}

export type AblationReport = {
  measure: string;
  collections: string[];
  /** Of all collections together. */
  queries: number;
  rows: {
    variant: string;
    /** By collection, and their unweighted mean. */
    values: number[];
    mean: number;
    /** Of the mean, less the base's; null for the base. */
    difference: number | null;
    /** Two-sided, over all queries of all collections; `pHolm`: raised for the number of variants. */
    pValue: number | null;
    pHolm: number | null;
    p50Ms: number;
  }[];
  /** What the best variant is worth where it was not chosen, as asked for. */
  heldOut: HeldOut[];
};

/** Throws INVALID_INPUT where too little is left to hold out. */
export function ablationReport(
  evaluated: readonly Evaluated[],
  variants: readonly Variant[],
  waysToHoldOut: readonly HeldOutOptions[] = [],
): AblationReport {
  const measure = Object.keys(evaluated[0]?.stages[0]?.summary.means ?? {})[0] ?? "";
  const valuesOf = (i: number) => evaluated.flatMap(({ stages }) => stages[i]?.summary.values[measure] ?? []);
  const figures = variants.map(({ name }, i) => {
    const values = evaluated.map(({ stages }) => stages[i]?.summary.means[measure] ?? 0);
    return {
      variant: name,
      values,
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      p50Ms: percentile(
        evaluated.flatMap(({ stages }) => stages[i]?.latenciesMs ?? []),
        0.5,
      ),
      pValue: i === 0 ? null : comparePaired(valuesOf(0), valuesOf(i)).pValue,
    };
  });
  const adjusted = adjustHolm(figures.slice(1).map(({ pValue }) => pValue!));
  const base = figures[0]?.mean ?? 0;
  return {
    measure,
    collections: evaluated.map(({ name }) => name),
    queries: valuesOf(0).length,
    rows: figures.map((row, i) => ({
      ...row,
      difference: i === 0 ? null : row.mean - base,
      pHolm: i === 0 ? null : adjusted[i - 1]!,
    })),
    heldOut: waysToHoldOut.map((way) =>
      heldOut(
        evaluated.map(({ name, stages }) => ({
          name,
          scores: stages.map(({ summary }) => summary.values[measure] ?? []),
        })),
        variants.map(({ name }) => name),
        way,
      ),
    ),
  };
}
