// The numbers and names that callers of the vector index give, checked at its border.

import { LodestoneError } from "../errors.js";
import { planRequests } from "./choose-plan.js";
import type { CodeOptions } from "./code-upkeep.js";
import { codeForms } from "./quantizer.js";
import { RowBitmap } from "./row-bitmap.js";
import type { SearchOptions } from "./vector-index.js";

/** Throws INVALID_INPUT naming what is wrong. */
export function checkSearchOptions(options: SearchOptions): void {
  const { k, allow, plan = "auto", ef, recall, oversampling, probes } = options;
  checkCount("k", k);
  if (ef !== undefined) checkCount("ef", ef);
  if (recall !== undefined) checkNumber("recall", recall, 0.9, 1);
  if (oversampling !== undefined) checkNumber("oversampling", oversampling, 1, 1e6);
  if (probes !== undefined) checkCount("probes", probes);
  if (!planRequests.includes(plan)) {
    throw new LodestoneError("INVALID_INPUT", `"plan" is ${planRequests.join(", ")}, not "${plan}".`);
  }
  if (allow !== undefined && !(allow instanceof RowBitmap)) {
    throw new LodestoneError("INVALID_INPUT", '"allow" is given as a RowBitmap.');
  }
}

/** Throws INVALID_INPUT naming what is wrong. */
export function checkCodeOptions({ form, minRows, listsFromRows, scanThreads }: CodeOptions): void {
  checkCount("codes.minRows", minRows);
  checkCount("codes.listsFromRows", listsFromRows);
  checkCount("codes.scanThreads", scanThreads);
  if ([...codeForms, "measured", "none"].includes(form)) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    `"codes.form" is ${[...codeForms, "measured"].join(", ")} or none, not "${form}".`,
  );
}

export function checkRows(rows: Uint32Array): void {
  if (!(rows instanceof Uint32Array))
    throw new LodestoneError("INVALID_INPUT", "Row numbers are given as a Uint32Array.");
}

export function checkCount(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 1) return;
  throw new LodestoneError("INVALID_INPUT", `"${name}" is a whole number of at least 1, not ${count}.`);
}

export function checkSequence(sequence: number): void {
  if (Number.isSafeInteger(sequence) && sequence >= 0) return;
  throw new LodestoneError("INVALID_INPUT", `"sequence" is a whole number of at least 0, not ${sequence}.`);
}

function checkNumber(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new LodestoneError("INVALID_INPUT", `"${name}" is a number from ${least} to ${most}, not ${value}.`);
}
