// One JSON request to the engine's HTTP face. Whatever goes wrong becomes a RequestFailure that a person can be shown:
// the server was not there, or it answered with a problem (RFC 9457, application/problem+json).

export type Failure =
  | { kind: "unreachable" }
  | { kind: "refused"; status: number; title: string; detail: string | undefined; code: string | undefined };

export class RequestFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: { cause: unknown }) {
    super(failure.kind === "unreachable" ? "The server cannot be reached" : failure.title, options);
    this.name = "RequestFailure";
    this.failure = failure;
  }
}

export type Send = (
  path: string,
  options?: { body?: unknown; signal?: AbortSignal; method?: "POST" | "DELETE" },
) => Promise<unknown>;

/**
 * Builds `send(path, {body, signal})`: GET without a body, POST with one. Resolves with undefined where the answer has no content,
 * rejects with RequestFailure or AbortError.
 */
export function createSend(fetchLike: typeof fetch): Send {
  return async (path, { body, signal, method } = {}) => {
    const accept = "application/json, application/problem+json";
    const answer = await fetchLike(path, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: body === undefined ? { accept } : { accept, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((cause: unknown) => {
      throw isAbort(cause) ? cause : new RequestFailure({ kind: "unreachable" }, { cause });
    });
    const text = await answer.text().catch((cause: unknown) => {
      throw isAbort(cause) ? cause : new RequestFailure({ kind: "unreachable" }, { cause });
    });
    if (!answer.ok) throw new RequestFailure(problemOf(answer.status, text));
    return parseBody(answer.status, text);
  };
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** The failure to show for anything thrown while asking. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RequestFailure) return error.failure;
  const detail = error instanceof Error ? error.message : String(error);
  return { kind: "refused", status: 0, title: "The page could not use the answer", detail, code: undefined };
}

const noContent = 204;

function parseBody(status: number, text: string): unknown {
  if (status === noContent) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = "The answer is not JSON. Is another program listening at this address?";
    const failure: Failure = { kind: "refused", status, title: "Not an answer of Lodestone", detail, code: undefined };
    throw new RequestFailure(failure, { cause });
  }
}

function problemOf(status: number, text: string): Failure {
  const problem = fieldsOf(text);
  const field = (name: string) => (typeof problem[name] === "string" ? problem[name] : undefined);
  return {
    kind: "refused",
    status,
    title: field("title") ?? `The server answered ${status}`,
    detail: field("detail"),
    code: field("code"),
  };
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // A proxy's HTML page, say: the status alone is what can be told.
    return {};
  }
}
