// The YAML block at the head of a Markdown file: found, parsed into metadata, and taken off the text. What is wrong with
// it never costs the document: the text is indexed, the fields that can be read are kept, a notice says what was left.

import { isMap, parseDocument } from "yaml";
import { messageOf } from "../errors.js";
import { checkMetadata, type Metadata, metadataLimits } from "./metadata.js";
import { normaliseLine } from "./normalise.js";

export type FrontMatter = {
  /** The text after the block. */
  body: string;
  metadata: Metadata;
  title?: string;
  notice?: string;
};

// A time as YAML 1.1 writes it: day, clock, zone (none means UTC).
const timestamp =
  /^(\d{4}-\d\d-\d\d)(?:[Tt]|[ \t]+)(\d\d?)(:\d\d(?::\d\d(?:\.\d+)?)?)[ \t]*(?:Z|([+-])(\d\d?)(?::?(\d\d))?)?$/;

/** Takes the front matter off `text`, whose line ends are line feeds. Without front matter, `body` is the text. */
export function takeFrontMatter(text: string): FrontMatter {
  const block = findBlock(text);
  if (!block) return { body: text, metadata: {} };
  if (block.source.length > metadataLimits.totalBytes) {
    return { body: block.body, metadata: {}, notice: "The front matter is over 64 kB; its fields were left out." };
  }
  try {
    const yaml = parseDocument(block.source, { strict: false, uniqueKeys: false, logLevel: "error" });
    const error = yaml.errors[0];
    if (error) return withPlainFields(text, block, `The front matter is not valid YAML: ${firstLine(error.message)}.`);
    // A line of words between two rules is text, not front matter.
    if (yaml.contents !== null && !isMap(yaml.contents)) return { body: text, metadata: {} };
    return withFields(block.body, checkMetadata(isoDates(yaml.toJS({ maxAliasCount: 100 }) ?? {})));
  } catch (error) {
    return withPlainFields(text, block, `The front matter could not be read: ${firstLine(messageOf(error))}.`);
  }
}

function findBlock(text: string): { source: string; body: string } | undefined {
  const opening = /^---[ \t]*\n/.exec(text);
  if (!opening) return undefined;
  const closing = /^(?:---|\.\.\.)[ \t]*$/gm;
  closing.lastIndex = opening[0].length;
  const end = closing.exec(text);
  if (!end) return undefined;
  return { source: text.slice(opening[0].length, end.index), body: text.slice(closing.lastIndex + 1) };
}

function withFields(body: string, { title, ...metadata }: Metadata, notice?: string): FrontMatter {
  const line = typeof title === "string" || typeof title === "number" ? normaliseLine(String(title)) : "";
  return { body, metadata, ...(line === "" ? {} : { title: line }), ...(notice === undefined ? {} : { notice }) };
}

/** The fields that stand on a line of their own, as strings: `title: Rust: a tour` is bad YAML and plain to a reader. */
function withPlainFields(text: string, block: { source: string; body: string }, reason: string): FrontMatter {
  const fields = new Map<string, string>();
  for (const line of block.source.split("\n")) {
    const field = /^([A-Za-z_][\w-]*):[ \t]+(\S.*)$/.exec(line);
    if (field?.[1] && field[2]) fields.set(field[1], field[2].trim().replace(/^(["'])(.*)\1$/, "$2"));
  }
  if (fields.size === 0) return { body: text, metadata: {}, notice: `${reason} It is left in the text.` };
  const notice = `${reason} Kept as plain text: ${[...fields.keys()].slice(0, 20).join(", ")}.`;
  try {
    return withFields(block.body, checkMetadata(Object.fromEntries(fields)), notice);
  } catch (error) {
    return { body: block.body, metadata: {}, notice: `${reason} ${messageOf(error)}` };
  }
}

function firstLine(message: string): string {
  return (message.split("\n", 1)[0] ?? "").replace(/:$/, "");
}

/** Times as ISO strings in UTC. A bare date stays as it is, for it is ISO already. */
function isoDates(value: unknown): unknown {
  if (typeof value === "string") return isoDate(value);
  if (Array.isArray(value)) return value.map(isoDates);
  if (value !== null && typeof value === "object" && !(value instanceof Date)) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, isoDates(entry)]));
  }
  return value;
}

function isoDate(value: string): string {
  const [, day, hour, rest, sign, zoneHour = "00", zoneMinute = "00"] = timestamp.exec(value.trim()) ?? [];
  if (!day || !hour) return value;
  const zone = sign ? `${sign}${zoneHour.padStart(2, "0")}:${zoneMinute}` : "Z";
  const time = new Date(`${day}T${hour.padStart(2, "0")}${rest}${zone}`);
  return Number.isNaN(time.getTime()) ? value : time.toISOString();
}
