// Filters as one writes them on a command line: `type = text/markdown`, `year>=2020`, `tags in a,b`, `draft exists`.

import { LodestoneError } from "../errors.js";
import type { Filter, FilterOperators, FilterScalar } from "./filter.js";
import { systemFields } from "./filter.js";

const FIELD = String.raw`\s*(?:"([^"]+)"|([^\s"=<>!]+))\s*`;
const COMPARISON = new RegExp(`^${FIELD}(==|!=|>=|<=|=|>|<)(.*)$`, "s");
const MEMBERSHIP = new RegExp(`^${FIELD}\\s(not\\s+in|in)\\s(.*)$`, "is");
const PRESENCE = new RegExp(`^${FIELD}\\s(not\\s+exists|exists)\\s*$`, "is");
const VALUE = /\s*(?:"([^"]*)"|'([^']*)'|([^\s,"'][^,]*|))\s*(,|$)/y;
const EXAMPLES = "type = text/markdown, year >= 2020, tags in a,b, draft exists";

const rangeOperators = { ">": "gt", ">=": "gte", "<": "lt", "<=": "lte" } as const;

/**
 * The filter of one expression, or of several that must all hold. Values in quotes are texts. A bare value that reads as
 * a number or as true or false equals both that and the same text, for a file does not always tell which one it meant.
 * Throws FILTER_INVALID with the forms that are understood.
 */
export function parseFilterExpression(expressions: string | readonly string[]): Filter {
  const filters = (typeof expressions === "string" ? [expressions] : expressions).map(parseOne);
  return filters.length === 1 ? filters[0]! : { and: filters };
}

function parseOne(expression: string): Filter {
  const presence = PRESENCE.exec(expression);
  if (presence) return { [fieldOf(presence)]: { exists: !/^not/i.test(presence[3]!) } };
  const comparison = COMPARISON.exec(expression);
  if (comparison) return parseComparison(expression, fieldOf(comparison), comparison[3]!, comparison[4]!);
  const membership = MEMBERSHIP.exec(expression);
  if (!membership) refuse(expression, "it is none of these forms");
  const field = fieldOf(membership);
  const values = parseValues(expression, membership[4]!).flatMap((value) => readings(field, value));
  return /^not/i.test(membership[3]!) ? { not: { [field]: { in: values } } } : { [field]: { in: values } };
}

function parseComparison(expression: string, field: string, sign: string, operand: string): Filter {
  const bare = operand.trim();
  const quoted = /^"([^"]*)"$|^'([^']*)'$/.exec(bare);
  if (bare === "") refuse(expression, `a value is missing after "${sign}"`);
  const value: Value = quoted ? { text: quoted[1] ?? quoted[2] ?? "", quoted: true } : { text: bare, quoted: false };
  const values = readings(field, value);
  switch (sign) {
    case ">":
    case ">=":
    case "<":
    case "<=":
      return { [field]: { [rangeOperators[sign]]: values[0] } as FilterOperators };
    default: {
      const condition: Filter = { [field]: values.length === 1 ? values[0]! : { in: values } };
      return sign === "!=" ? { not: condition } : condition;
    }
  }
}

type Value = { text: string; quoted: boolean };

function parseValues(expression: string, list: string): Value[] {
  const values: Value[] = [];
  VALUE.lastIndex = 0;
  for (let more = true; more; ) {
    const match = VALUE.exec(list);
    if (!match) refuse(expression, "the list is not values with commas between them");
    const quoted = match[1] ?? match[2];
    const text = quoted ?? match[3]!.trim();
    if (quoted === undefined && text === "") refuse(expression, "the list has an empty value");
    values.push({ text, quoted: quoted !== undefined });
    more = match[4] === ",";
  }
  return values;
}

// The values that a word on the command line may mean, the likeliest first.
function readings(field: string, { text, quoted }: Value): FilterScalar[] {
  if (quoted || (systemFields as readonly string[]).includes(field)) return [text];
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))) return [Number(text), text];
  if (text === "true" || text === "false") return [text === "true", text];
  return [text];
}

function fieldOf([, quoted, bare]: RegExpExecArray): string {
  return (quoted ?? bare)!;
}

function refuse(expression: string, reason: string): never {
  throw new LodestoneError(
    "FILTER_INVALID",
    `The filter "${expression}" is not understood: ${reason}. Write for instance ${EXAMPLES}.`,
    {
      detail: { expression, reason },
    },
  );
}
