// Names and values in two columns.

import { oneLine } from "./printable.js";
import type { Style } from "./style.js";
import { padded } from "./width.js";

/** One line a fact; facts without a value are left out. */
export function renderFacts(
  facts: readonly (readonly [name: string, value: string | undefined])[],
  style: Style,
): string {
  const known = facts.filter(([, value]) => value !== undefined && value !== "");
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${style.dim(padded(name, width))}  ${oneLine(value ?? "")}\n`).join("");
}
