// How vectors were searched, in words, with the numbers that it was done with.

import type { SearchPlan } from "../api/search.js";
import { plural } from "../text/numbers.js";

export function planText({ kind, probes, oversampling, ef, reason }: SearchPlan): string {
  const numbers = [
    ...(probes === undefined ? [] : [plural(probes, "list")]),
    ...(oversampling === undefined ? [] : [`${Number(oversampling.toFixed(1))} candidates for each result`]),
    ...(ef === undefined ? [] : [plural(ef, "candidate")]),
  ];
  return `${[kind, ...numbers].join(", ")}: ${reason}`;
}
