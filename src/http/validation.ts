// Checks a part of a request against its zod schema, and tells field by field what was expected, what was found and,
// for an unknown field, which known one was meant.

import type { FastifySchemaCompiler } from "fastify";
import { z } from "zod";
import { LodestoneError } from "../errors.js";
import { nearestName } from "../input/nearest-name.js";

/** One thing that is wrong with a request. `pointer` is a JSON pointer into the part named by `in`. */
export type FieldProblem = { in: RequestPart; pointer: string; detail: string };
export type RequestPart = "body" | "path" | "query";

/** A request that does not meet its schema. */
export class InvalidRequest extends LodestoneError {
  readonly errors: readonly FieldProblem[];

  constructor(code: "INVALID_INPUT" | "UNKNOWN_FIELD", errors: readonly FieldProblem[]) {
    super(code, errors.map(({ detail }) => detail).join(" "), { detail: { errors } });
    this.errors = errors;
  }
}

const MAX_PROBLEMS = 5;
const partNames: Readonly<Record<string, RequestPart>> = { body: "body", params: "path", querystring: "query" };

/** Fastify's validator: the parsed value, with the schema's defaults, or an InvalidRequest. */
export const compileValidator: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart = "body" }) => {
  const part = partNames[httpPart] ?? "body";
  return (value: unknown) => {
    try {
      const parsed = schema.safeParse(value);
      if (parsed.success) return { value: parsed.data };
      return { error: invalidRequest({ schema, value, part }, parsed.error.issues) };
    } catch (error) {
      // A parameter that holds JSON fails by itself, with a code of its own.
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  };
};

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;
type Checked = { schema: z.ZodType; value: unknown; part: RequestPart };

function invalidRequest(checked: Checked, issues: readonly Issue[]): InvalidRequest {
  const faults = issues
    .slice(0, MAX_PROBLEMS)
    .flatMap((issue) => faultsOf(checked.value, issue, []))
    .slice(0, MAX_PROBLEMS);
  const errors = faults.map(({ issue, path }) => ({
    in: checked.part,
    pointer: path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    detail: describe(checked, issue, path),
  }));
  const onlyUnknown = faults.every(({ issue }) => issue.code === "unrecognized_keys");
  return new InvalidRequest(onlyUnknown ? "UNKNOWN_FIELD" : "INVALID_INPUT", errors);
}

// One fault for each field. A union fails once for every alternative; what counts is the alternative that is of the right
// kind, where there is just one: {"rerank": {"dept": 5}} is a misspelled object, not a missing boolean.
function faultsOf(value: unknown, issue: Issue, base: Path): { issue: Issue; path: Path }[] {
  const path = [...base, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, MAX_PROBLEMS).map((key) => ({ issue, path: [...path, key] }));
  }
  if (issue.code !== "invalid_union") return [{ issue, path }];
  const isObject = typeof valueAt(value, path) === "object";
  const isOfOtherKind = ({ code, path: at }: Issue) =>
    at.length === 0 && (code === "invalid_type" || (code === "invalid_value" && isObject));
  const meant = issue.errors.filter((branch) => !branch.some(isOfOtherKind));
  return meant.length === 1 ? meant[0]!.flatMap((inner) => faultsOf(value, inner, path)) : [{ issue, path }];
}

function describe({ schema, value, part }: Checked, issue: Issue, path: Path): string {
  const name = brief(path.join("."));
  if (issue.code === "unrecognized_keys") {
    const known = placesAt(schema, path.slice(0, -1)).flatMap((place) =>
      place instanceof z.ZodObject ? Object.keys(place.shape) : [],
    );
    const near = nearestName(String(path.at(-1)).slice(0, 100), known);
    const hint = near ? ` Did you mean "${near}"?` : known.length > 0 ? ` Known are: ${known.join(", ")}.` : "";
    return `Unknown field ${name} in the ${part}.${hint}`;
  }
  const found = valueAt(value, path);
  if (path.length === 0 && (found === undefined || found === null)) return "A JSON object is needed as the body.";
  const subject = path.length > 0 ? name : `The ${part}`;
  if (issue.code === "custom") return `${subject}: ${issue.message}.`;
  const expected = expectation(issue, placesAt(schema, path));
  return `${subject}: expected ${expected}, found ${found === undefined ? "nothing" : brief(found)}.`;
}

function expectation(issue: Issue, places: readonly z.core.$ZodType[]): string {
  switch (issue.code) {
    case "invalid_type":
      return nouns[issue.expected] ?? issue.expected;
    case "too_big":
      return `${issue.inclusive === false ? "less than" : "at most"} ${amount(issue.maximum, issue.origin)}`;
    case "too_small":
      return `${issue.inclusive === false ? "more than" : "at least"} ${amount(issue.minimum, issue.origin)}`;
    case "invalid_value":
      return oneOf(issue.values);
    case "invalid_union": {
      // The field that tells the alternatives apart names none of them, or each of them has its own fault.
      const tags = places.flatMap((place) => (place instanceof z.ZodLiteral ? [...place.values] : []));
      const expected = issue.errors.flatMap((branch) => branch.slice(0, 1).map((inner) => expectation(inner, [])));
      return tags.length > 0 ? oneOf(tags) : [...new Set(expected)].join(" or ");
    }
    default:
      return issue.message;
  }
}

const nouns: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "a text",
};

function oneOf(values: readonly unknown[]): string {
  return `${values.length > 1 ? "one of " : ""}${values.map((value) => JSON.stringify(value)).join(", ")}`;
}

function amount(count: number | bigint, origin: string): string {
  const unit = origin === "string" ? "character" : origin === "array" ? "element" : undefined;
  return unit === undefined ? String(count) : `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** The schemas that a value at `path` may meet. */
function placesAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType[] {
  let places = alternatives(schema);
  for (const key of path) {
    places = places.flatMap((place) => {
      if (place instanceof z.ZodArray) return alternatives(place.element);
      const shape: Record<string, z.core.$ZodType> = place instanceof z.ZodObject ? place.shape : {};
      return Object.hasOwn(shape, key) ? alternatives(shape[String(key)]!) : [];
    });
  }
  return places;
}

/** What a value may be once optional, default, preprocess and union are looked through. */
function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return alternatives(schema.def.innerType);
  }
  if (schema instanceof z.ZodPipe) return alternatives(schema.def.out);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(alternatives);
  return [schema];
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

function brief(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = typeof value === "string" && value.length > 60 ? `${value.slice(0, 60)}...` : value;
  return JSON.stringify(text);
}
