// Checks every request before the first runs: a mistake in the last should not show after minutes.

import { parseInput } from "../../input/parse-input.js";
import { searchRequestSchema } from "../../retrieval/index.js";
import type { Variant } from "./stages.js";

/** Throws UNKNOWN_FIELD or INVALID_INPUT that names the variant. */
export function checkVariants(variants: readonly Variant[]): void {
  for (const { name, request } of variants) {
    parseInput(searchRequestSchema, { ...request, query: "" }, `The request of "${name}"`);
  }
}
