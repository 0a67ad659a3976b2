// JSON merge patch (RFC 7386): objects are merged field by field, null takes a field away, anything else takes its place.

type JsonObject = Readonly<Record<string, unknown>>;

/** `target` with `patch` over it. The caller knows that it still is one of its kind, or checks it. */
export function mergePatch<T extends object>(target: T, patch: object): T {
  const merged = { ...target } as Record<string, unknown>;
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else if (isObject(value)) merged[name] = mergePatch(isObject(merged[name]) ? merged[name] : {}, value);
    else if (value !== undefined) merged[name] = value;
  }
  return merged as T;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
