// JSON from outside: strict UTF-8, nothing that could reach a prototype, and no nesting deep enough to exhaust a stack.

import type { FastifyInstance, FastifyRequest } from "fastify";
import { messageOf } from "../errors.js";
import { RequestRefused } from "./problem.js";

const MAX_DEPTH = 64;

/** Elements of one list. A schema looks at every element before it counts them, and finds fault with each. */
export const MAX_LIST = 10_000;

/** Makes application/json the one media type of bodies; every other is refused. */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async ({ method, headers }: FastifyRequest, body: Buffer) => {
      const { "content-encoding": encoding = "identity" } = headers;
      if (encoding !== "identity") {
        const message = `The body is compressed (${encoding.slice(0, 40)}). Send it as it is.`;
        throw new RequestRefused("MEDIA_TYPE_UNSUPPORTED", message);
      }
      // Many clients name a media type on every request, also where nothing is sent.
      if (body.length === 0 && method === "DELETE") return undefined;
      if (body.length === 0) throw malformed("The body is empty: a JSON object is needed.");
      return parseJson(decodeUtf8(body), "The body", malformed);
    },
  );
}

/** The value of `text`. Throws what `refuse` makes of a sentence in which `what` is the subject. */
export function parseJson(text: string, what: string, refuse: (message: string) => Error): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(`${what} is not valid JSON: ${messageOf(error)}.`);
  }
  const fault = unsafePart(value);
  if (fault !== undefined) throw refuse(`${what} ${fault}.`);
  return value;
}

function malformed(message: string): RequestRefused {
  return new RequestRefused("BODY_MALFORMED", message);
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw malformed("The body is not valid UTF-8. Send JSON encoded as UTF-8.");
  }
}

/** What is wrong with a value that JSON allows and this server does not. */
function unsafePart(root: unknown): string | undefined {
  const pending: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, depth } = next;
    if (!isObject(value)) continue;
    if (depth > MAX_DEPTH) return `nests lists and objects deeper than ${MAX_DEPTH}`;
    if (Array.isArray(value) && value.length > MAX_LIST) {
      return `has a list of ${value.length} elements; at most ${MAX_LIST} are taken at once`;
    }
    for (const [key, child] of Object.entries(value)) {
      const dangerous = key === "__proto__" || (key === "constructor" && isObject(child) && "prototype" in child);
      if (dangerous) return `has a field "${key}", which is not taken from outside`;
      if (isObject(child)) pending.push({ value: child, depth: depth + 1 });
    }
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
