// Checks what a caller hands in against a schema, and says in one sentence what is wrong with it: which field, what was
// expected, what was found, and for an unknown field which known one was meant.

import { z } from "zod";
import { LodestoneError } from "../errors.js";
import { nearestName } from "./nearest-name.js";

/** The checked value. Throws UNKNOWN_FIELD or INVALID_INPUT; `what` names the input in the message. */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const known = schema instanceof z.ZodObject && issue.path.length === 0 ? Object.keys(schema.shape) : [];
    const unknown = issue.keys[0]!;
    const near = nearestName(unknown, known);
    throw new LodestoneError(
      "UNKNOWN_FIELD",
      `${what} has an unknown field "${field ? `${field}.` : ""}${unknown}".` +
        (near ? ` Did you mean "${near}"?` : known.length > 0 ? ` Known fields: ${known.join(", ")}.` : ""),
      { detail: { field: unknown } },
    );
  }
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join(".")}: ${message}` : message,
  );
  throw new LodestoneError("INVALID_INPUT", `${what} is not valid: ${problems.slice(0, 5).join("; ")}.`, {
    detail: { problems },
  });
}
