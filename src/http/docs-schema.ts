// JSON schemas as people read them: "a whole number, 1 to 100", with links to the named ones.

import { html, Markup } from "./html.js";

export type JsonSchema = {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  default?: unknown;
  description?: string;
  examples?: unknown[];
};

export function schemaName(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}

/** The type of a value in one line. */
export function typeMarkup(schema: JsonSchema): Markup {
  if (schema.$ref) {
    const name = schemaName(schema.$ref);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (values)
    return joined(
      values.map((value) => html`<b>${JSON.stringify(value)}</b>`),
      " | ",
    );
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return joined(choices.map(typeMarkup), " | ");
  switch (schema.type) {
    case "array":
      return listMarkup(schema);
    case "object":
      return objectMarkup(schema);
    case "string":
      return html`string${note(between(undefined, schema.maxLength, " characters"))}`;
    case "integer":
    case "number":
      return html`${schema.type}${note(between(schema.minimum ?? schema.exclusiveMinimum, schema.maximum ?? schema.exclusiveMaximum, ""))}`;
    default:
      return html`${schema.type ?? "anything"}`;
  }
}

/** A table of an object's fields. */
export function fieldsMarkup(schema: JsonSchema): Markup {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    fieldRow(name, field, schema.required?.includes(name) ?? false),
  );
  return html`<table class="fields"><tbody>${rows}</tbody></table>`;
}

/** One row: name, type, words. */
export function fieldRow(name: string, schema: JsonSchema, required: boolean): Markup {
  const initial =
    schema.default === undefined || isEmptyObject(schema.default) ? "" : `Default ${JSON.stringify(schema.default)}.`;
  const words = schema.description ? prose(schema.description) : "";
  const needed = required ? html` <i class="required">required</i>` : "";
  return html`<tr><th scope="row"><code>${name}</code>${needed}</th><td><code>${typeMarkup(schema)}</code>
    <p>${words}${initial && words ? " " : ""}${initial}</p></td></tr>`;
}

/** Text in which `backticks` mark code. */
export function prose(text: string): Markup {
  const parts = text.split(/`([^`]*)`/).map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
  return html`${parts}`;
}

function listMarkup({ items, prefixItems, minItems, maxItems }: JsonSchema): Markup {
  if (prefixItems) return html`[${joined(prefixItems.map(typeMarkup), ", ")}]`;
  return html`list of ${typeMarkup(items ?? {})}${note(between(minItems, maxItems, ""))}`;
}

function objectMarkup({ properties, required, additionalProperties }: JsonSchema): Markup {
  if (properties) {
    const fields = Object.entries(properties).map(
      ([name, field]) => html`${name}${required?.includes(name) ? "" : "?"}: ${typeMarkup(field)}`,
    );
    return html`{ ${joined(fields, ", ")} }`;
  }
  return typeof additionalProperties === "object" && Object.keys(additionalProperties).length > 0
    ? html`object of ${typeMarkup(additionalProperties)}`
    : html`object`;
}

function joined(parts: Markup[], separator: string): Markup {
  return new Markup(parts.map(({ text }) => text).join(separator));
}

function note(text: string): Markup {
  return text === "" ? html`` : html` <small>${text}</small>`;
}

function between(low: number | undefined, high: number | undefined, unit: string): string {
  const shown = (value: number) => value.toLocaleString("en");
  if (low !== undefined && high !== undefined) return `${shown(low)} to ${shown(high)}${unit}`;
  if (high !== undefined) return `at most ${shown(high)}${unit}`;
  return low === undefined ? "" : `at least ${shown(low)}${unit}`;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
