// Filters: what callers write as JSON becomes one closed tree, checked, with clear errors. The store turns the tree into
// SQL; `evaluateFilter` says for one document what that SQL must answer.

import { LodestoneError } from "../errors.js";
import { nearestName } from "../input/nearest-name.js";
import { type Period, periodOf } from "./filter-date.js";

export type FilterScalar = string | number | boolean;

export type FilterOperators = {
  eq?: FilterScalar;
  /** Holds where no value equals, also where the field is missing. */
  ne?: FilterScalar;
  in?: readonly FilterScalar[];
  gt?: string | number;
  gte?: string | number;
  lt?: string | number;
  lte?: string | number;
  /** Whether the document has the field at all. */
  exists?: boolean;
};

/**
 * A condition on documents. All keys of an object must hold; `and`, `or` and `not` nest. Every other key names a field:
 * the document's own `id`, `title`, `type` (media type), `path`, `folder` (with everything below it) and `modifiedAt`, or
 * one of its metadata. A bare value means `eq`. Numbers, texts and booleans never equal each other; an array matches
 * when one of its elements does. Ranges compare numbers with numbers and texts (by code point) with texts.
 *
 * `modifiedAt` takes milliseconds or an ISO date. A year, month or day stands for its whole length, in UTC: `lte: "2024-05"`
 * includes the last of May, `eq: "2024"` is the whole year.
 */
export type Filter = { readonly [key: string]: FilterScalar | FilterOperators | Filter | readonly Filter[] };

/** A checked filter. `folder` values carry no slash at the end; bounds of `modifiedAt` are milliseconds. */
export type FilterNode =
  | { kind: "and"; nodes: FilterNode[] }
  | { kind: "or"; nodes: FilterNode[] }
  | { kind: "not"; node: FilterNode }
  | { kind: "eq"; field: string; value: FilterScalar }
  | { kind: "in"; field: string; values: FilterScalar[] }
  | ({ kind: "range"; field: string } & FilterRange)
  | { kind: "exists"; field: string };

/** At least one bound; all are numbers or all are texts. */
export type FilterRange = { gt?: string | number; gte?: string | number; lt?: string | number; lte?: string | number };

export const systemFields = ["id", "title", "type", "path", "folder", "modifiedAt"] as const;

const MAX_DEPTH = 20;
const MAX_IN_VALUES = 1_000;
// SQLite takes expressions up to 1,000 deep, and each condition of a list is one level; it takes 32,766 values.
const MAX_CONDITIONS = 500;
const MAX_VALUES = 10_000;
const operatorNames = ["eq", "ne", "in", "gt", "gte", "lt", "lte", "exists"] as const;
const rangeNames = ["gt", "gte", "lt", "lte"] as const;
type OperatorName = (typeof operatorNames)[number];
type RangeName = (typeof rangeNames)[number];

/** Checks a filter from outside. Throws FILTER_INVALID with the place, what was expected and what was found. */
export function parseFilter(input: unknown): FilterNode {
  let conditionCount = 0;
  let valueCount = 0;
  const grow = (conditions: number, values: number, place: string) => {
    conditionCount += conditions;
    valueCount += values;
    if (conditionCount > MAX_CONDITIONS) refuse(place, `A filter has at most ${MAX_CONDITIONS} conditions`, "more");
    if (valueCount > MAX_VALUES) refuse(place, `A filter lists at most ${MAX_VALUES} values in all`, "more");
  };

  function parseNode(value: unknown, place: string, depth: number): FilterNode {
    if (depth > MAX_DEPTH) refuse(place, `Filters nest at most ${MAX_DEPTH} deep`, "a deeper one");
    if (!isObject(value)) refuse(place, 'Expected a condition such as {"type": "text/markdown"}', describe(value));
    const conditions = Object.entries(value);
    grow(Math.max(1, conditions.length), 0, place);
    const nodes = conditions.map(([key, condition]) => {
      const at = `${place}.${key}`;
      if (key === "and" || key === "or") {
        if (!Array.isArray(condition)) refuse(at, "Expected a list of conditions", describe(condition));
        return {
          kind: key,
          nodes: condition.map((child, i) => parseNode(child, `${at}[${i}]`, depth + 1)),
        } satisfies FilterNode;
      }
      if (key === "not") return { kind: "not", node: parseNode(condition, at, depth + 1) } satisfies FilterNode;
      if (key === "") refuse(place, "Expected the name of a field", "an empty name");
      return parseField(key, condition, at);
    });
    return nodes.length === 1 ? nodes[0]! : { kind: "and", nodes };
  }

  function parseField(field: string, condition: unknown, place: string): FilterNode {
    if (isScalar(condition)) return equals(field, condition, place);
    if (!isObject(condition)) {
      const hint = condition === null ? ' For documents without the field write {"exists": false}.' : "";
      const listHint = Array.isArray(condition) ? ' For one of several values write {"in": [...]}.' : "";
      refuse(place, "Expected a value or operators", describe(condition), hint + listHint);
    }
    const operators = Object.entries(condition);
    if (operators.length === 0) refuse(place, `Expected at least one of ${operatorNames.join(", ")}`, "{}");
    grow(operators.length - 1, 0, place);
    const nodes: FilterNode[] = [];
    const bounds: [RangeName, unknown][] = [];
    for (const [name, operand] of operators) {
      const at = `${place}.${name}`;
      if (!isOperator(name)) refuse(place, `Expected one of ${operatorNames.join(", ")}`, `"${name}"`, suggest(name));
      if (isRangeName(name)) bounds.push([name, operand]);
      else nodes.push(parseOperator(field, name, operand, at));
    }
    if (bounds.length > 0) nodes.push(parseRange(field, bounds, place));
    return nodes.length === 1 ? nodes[0]! : { kind: "and", nodes };
  }

  function parseOperator(
    field: string,
    name: Exclude<OperatorName, RangeName>,
    operand: unknown,
    place: string,
  ): FilterNode {
    switch (name) {
      case "eq":
        return equals(field, operand, place);
      case "ne":
        return { kind: "not", node: equals(field, operand, place) };
      case "exists":
        if (typeof operand !== "boolean") refuse(place, "Expected true or false", describe(operand));
        return operand ? { kind: "exists", field } : { kind: "not", node: { kind: "exists", field } };
      case "in": {
        if (!Array.isArray(operand)) refuse(place, "Expected a list of values", describe(operand));
        if (operand.length > MAX_IN_VALUES) {
          refuse(place, `Expected at most ${MAX_IN_VALUES} values`, `${operand.length}`);
        }
        // Folders and dates are ranges, each a condition of its own.
        grow(field === "folder" || field === "modifiedAt" ? operand.length : 0, operand.length, place);
        const nodes = operand.map((value, i) => equals(field, value, `${place}[${i}]`));
        const values = nodes.flatMap((node) => (node.kind === "eq" ? [node.value] : []));
        return values.length === nodes.length ? { kind: "in", field, values } : { kind: "or", nodes };
      }
      default:
        return name satisfies never;
    }
  }

  return parseNode(input, "filter", 1);
}

function equals(field: string, value: unknown, place: string): FilterNode {
  if (!isScalar(value)) refuse(place, "Expected a text, a number, true or false", describe(value));
  if (field === "modifiedAt") {
    const { startMs, endMs } = checkPeriod(value, place);
    if (endMs === startMs + 1) return { kind: "eq", field, value: startMs };
    return { kind: "range", field, gte: startMs, lt: endMs };
  }
  if (!isSystemField(field)) return { kind: "eq", field, value };
  if (typeof value !== "string") refuse(place, `Expected a text, for "${field}" is one`, describe(value));
  return { kind: "eq", field, value: field === "folder" ? folderName(value) : value };
}

// Without "./" before it and slashes behind it. A regular expression would take quadratic time on a long run of slashes.
function folderName(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end--;
  return path.slice(path.startsWith("./") ? 2 : 0, end);
}

function parseRange(field: string, bounds: readonly [RangeName, unknown][], place: string): FilterNode {
  if (field === "folder") refuse(place, 'Expected eq, ne, in or exists for "folder"', `"${bounds[0]![0]}"`);
  if (field === "modifiedAt") return parseDateRange(bounds, place);
  const range: FilterRange = {};
  for (const [name, bound] of bounds) {
    const at = `${place}.${name}`;
    if (isSystemField(field) && typeof bound !== "string") {
      refuse(at, `Expected a text, for "${field}" is one`, describe(bound));
    }
    if (typeof bound !== "string" && !isFiniteNumber(bound)) refuse(at, "Expected a number or a text", describe(bound));
    range[name] = bound;
  }
  if (new Set(Object.values(range).map((bound) => typeof bound)).size > 1) {
    refuse(place, "Expected bounds of one kind, all numbers or all texts", JSON.stringify(range));
  }
  return { kind: "range", field, ...range };
}

// What lies after a period lies after the whole of it.
function parseDateRange(bounds: readonly [RangeName, unknown][], place: string): FilterNode {
  const from: number[] = [];
  const before: number[] = [];
  for (const [name, bound] of bounds) {
    const { startMs, endMs } = checkPeriod(bound, `${place}.${name}`);
    if (name === "gt") from.push(endMs);
    else if (name === "gte") from.push(startMs);
    else before.push(name === "lt" ? startMs : endMs);
  }
  return {
    kind: "range",
    field: "modifiedAt",
    ...(from.length > 0 ? { gte: Math.max(...from) } : {}),
    ...(before.length > 0 ? { lt: Math.min(...before) } : {}),
  };
}

function checkPeriod(value: unknown, place: string): Period {
  const expected = 'Expected a date such as "2024-05-31" or "2024-05-31T10:00:00Z", or whole milliseconds';
  return periodOf(value) ?? refuse(place, expected, describe(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isScalar(value: unknown): value is FilterScalar {
  return typeof value === "string" || typeof value === "boolean" || isFiniteNumber(value);
}

function isSystemField(field: string): boolean {
  return (systemFields as readonly string[]).includes(field);
}

function isOperator(name: string): name is OperatorName {
  return (operatorNames as readonly string[]).includes(name);
}

function isRangeName(name: OperatorName): name is RangeName {
  return (rangeNames as readonly string[]).includes(name);
}

function suggest(name: string): string {
  const near = nearestName(name, operatorNames);
  return near ? ` Did you mean "${near}"?` : "";
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function refuse(place: string, expected: string, found: string, hint = ""): never {
  throw new LodestoneError(
    "FILTER_INVALID",
    `The filter is not valid at "${place}". ${expected}; found ${found}.${hint}`,
    {
      detail: { place, expected, found },
    },
  );
}
