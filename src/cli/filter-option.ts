// The --filter options of a command as one filter: all of them must hold.

import { LodestoneError, messageOf } from "../errors.js";
import type { Filter } from "../filters/index.js";

/** undefined where there is none. Throws FILTER_INVALID. */
export async function filterOf(conditions: readonly string[] | undefined): Promise<Filter | undefined> {
  if (!conditions) return undefined;
  const { parseFilterExpression } = await import("../filters/index.js");
  const filters = conditions.map((condition) =>
    condition.trimStart().startsWith("{") ? parseJson(condition) : parseFilterExpression(condition),
  );
  return filters.length === 1 ? filters[0] : { and: filters };
}

// Only the syntax is looked at here: the engine checks every filter, wherever it comes from.
function parseJson(text: string): Filter {
  try {
    return JSON.parse(text) as Filter;
  } catch (cause) {
    throw new LodestoneError(
      "FILTER_INVALID",
      `The filter begins with "{" but is not JSON: ${messageOf(cause)}. Write for instance '{"year": {"gte": 2020}}', in single quotes for the shell.`,
      { cause },
    );
  }
}
