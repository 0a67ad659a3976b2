// How a failure looks from outside: application/problem+json (RFC 9457) with a stable code. One table says for every
// code which status it has and what it is called.

import { STATUS_CODES } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type ErrorCode, LodestoneError, messageOf } from "../errors.js";
import { type FieldProblem, InvalidRequest } from "./validation.js";

/** Failures that only HTTP has. Public like the engine's codes: never renamed, only added. */
export type HttpCode =
  | "ROUTE_NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "REQUEST_MALFORMED"
  | "URL_MALFORMED"
  | "URL_TOO_LONG"
  | "HEADERS_TOO_LARGE"
  | "REQUEST_TIMEOUT"
  | "BODY_MALFORMED"
  | "BODY_TOO_LARGE"
  | "MEDIA_TYPE_UNSUPPORTED"
  | "PRECONDITION_FAILED"
  | "HOST_NOT_ALLOWED"
  | "ORIGIN_NOT_ALLOWED"
  | "SHUTTING_DOWN"
  | "INTERNAL";

export type ProblemCode = ErrorCode | HttpCode;

export const problemKinds: Record<ProblemCode, { status: number; title: string }> = {
  INVALID_INPUT: { status: 400, title: "A value is not valid" },
  UNKNOWN_FIELD: { status: 400, title: "A field is not known" },
  FILTER_INVALID: { status: 400, title: "The filter is not valid" },
  VECTOR_INVALID: { status: 400, title: "A vector is not valid" },
  REQUEST_MALFORMED: { status: 400, title: "The request is not valid HTTP" },
  URL_MALFORMED: { status: 400, title: "The address is not a valid URL" },
  BODY_MALFORMED: { status: 400, title: "The body cannot be read" },
  LIBRARY_READ_ONLY: { status: 403, title: "The library is open for reading only" },
  HOST_NOT_ALLOWED: { status: 403, title: "The server does not answer under this host name" },
  ORIGIN_NOT_ALLOWED: { status: 403, title: "Pages of other sites may not ask this server" },
  NOT_FOUND: { status: 404, title: "There is nothing of this name" },
  ROUTE_NOT_FOUND: { status: 404, title: "There is nothing at this address" },
  PATH_NOT_FOUND: { status: 404, title: "There is no such file or folder" },
  MODEL_NOT_FOUND: { status: 404, title: "There is no model of this name" },
  METHOD_NOT_ALLOWED: { status: 405, title: "This address does not take this method" },
  REQUEST_TIMEOUT: { status: 408, title: "The request took too long to arrive" },
  GRAPH_UNAVAILABLE: { status: 409, title: "There is no graph to search" },
  NO_MIGRATION: { status: 409, title: "No migration is under way" },
  MIGRATION_RUNNING: { status: 409, title: "Another migration is under way" },
  MIGRATION_INCOMPLETE: { status: 409, title: "The new index does not hold every document yet" },
  SNAPSHOT_RUNNING: { status: 409, title: "Another snapshot is being made" },
  TUNING_RUNNING: { status: 409, title: "Another run is learning the fusion" },
  FOLDER_NOT_EMPTY: { status: 409, title: "The folder is not empty" },
  LIBRARY_LOCKED: { status: 409, title: "Another process is writing the library" },
  MODEL_VERSION_MISMATCH: { status: 409, title: "The library was made with another model" },
  PRECONDITION_FAILED: { status: 412, title: "The file has changed" },
  BODY_TOO_LARGE: { status: 413, title: "The body is too large" },
  URL_TOO_LONG: { status: 414, title: "The address is too long" },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: "The body is not plain JSON" },
  FILE_UNREADABLE: { status: 422, title: "The file cannot be read" },
  MODEL_INVALID: { status: 422, title: "The model cannot be used" },
  QUEUE_FULL: { status: 429, title: "The queue is full" },
  HEADERS_TOO_LARGE: { status: 431, title: "The headers or the address are too long" },
  INTERNAL: { status: 500, title: "Something went wrong inside" },
  LIBRARY_DAMAGED: { status: 500, title: "The library is damaged" },
  INDEX_DAMAGED: { status: 500, title: "The index is damaged" },
  SNAPSHOT_DAMAGED: { status: 500, title: "A snapshot is damaged" },
  WORKER_FAILED: { status: 500, title: "A part of the engine has stopped" },
  LIBRARY_NOT_FOUND: { status: 503, title: "The library has no index" },
  LIBRARY_TOO_NEW: { status: 503, title: "The library needs a newer version" },
  MODEL_ALTERED: { status: 503, title: "A model's files have changed" },
  ABORTED: { status: 503, title: "The work was stopped" },
  CLOSED: { status: 503, title: "The engine is closed" },
  WATCH_UNAVAILABLE: { status: 503, title: "Folders cannot be watched" },
  ADDRESS_IN_USE: { status: 503, title: "The address is in use" },
  SHUTTING_DOWN: { status: 503, title: "The server is closing" },
  DISK_FULL: { status: 507, title: "The disk is full" },
};

/** The body of every answer that is not a success. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  /** What is wrong field by field, where the request did not meet its schema. */
  errors?: FieldProblem[];
  /** Names this one occurrence in the server's log; only of failures inside. */
  instance?: string;
};

export const problemMediaType = "application/problem+json";

/** A stable address of what the code means: a place on the page of the API. */
export function problemType(code: ProblemCode): string {
  return `/docs#problem-${code.toLowerCase().replaceAll("_", "-")}`;
}

/** A request that HTTP itself refuses. */
export class RequestRefused extends Error {
  readonly code: HttpCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HttpCode, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = "RequestRefused";
    this.code = code;
    this.headers = headers;
  }
}

/** The problem to answer with for anything thrown. */
export function problemOf(error: unknown, request: FastifyRequest): Problem {
  const { code, detail } = codeAndDetail(error, request);
  const { status, title } = problemKinds[code];
  const problem: Problem = { type: problemType(code), title, status, detail, code };
  if (error instanceof InvalidRequest) problem.errors = [...error.errors];
  if (status === 500) problem.instance = `urn:uuid:${request.id}`;
  return problem;
}

/** Fastify's error handler, also for failures before routing. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request);
  if (problem.status === 500 || problem.status === 507)
    request.log.error({ err: error, code: problem.code }, problem.title);
  else request.log.info({ code: problem.code, detail: problem.detail }, problem.title);
  if (error instanceof RequestRefused) reply.headers(error.headers);
  if (error instanceof LodestoneError && error.code === "QUEUE_FULL")
    reply.header("retry-after", String(error.detail.retryAfterSeconds));
  return reply.code(problem.status).type(problemMediaType).send(JSON.stringify(problem));
}

/** The same as raw bytes, for a connection whose request could not even be parsed. */
export function rawProblem(code: HttpCode, detail: string, headers: Readonly<Record<string, string>>): string {
  const { status, title } = problemKinds[code];
  const body = JSON.stringify({ type: problemType(code), title, status, detail, code } satisfies Problem);
  const lines = Object.entries({
    ...headers,
    "content-type": `${problemMediaType}; charset=utf-8`,
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`;
}

// What Fastify and its parts refuse by themselves.
const foreignCodes: Readonly<Record<string, { code: HttpCode; detail: string }>> = {
  FST_ERR_BAD_URL: {
    code: "URL_MALFORMED",
    detail: "A percent sign in the path is not followed by the UTF-8 bytes of a character, each as %XX.",
  },
  FST_ERR_MAX_PARAM_LENGTH: { code: "URL_TOO_LONG", detail: "A part of the path is too long." },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "MEDIA_TYPE_UNSUPPORTED",
    detail: "Send the body as JSON in UTF-8, with the header Content-Type: application/json.",
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: "BODY_MALFORMED",
    detail: "The body is not as long as its Content-Length says.",
  },
};

function codeAndDetail(error: unknown, request: FastifyRequest): { code: ProblemCode; detail: string } {
  if (error instanceof LodestoneError || error instanceof RequestRefused)
    return { code: error.code, detail: error.message };
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    const limit = request.routeOptions.bodyLimit;
    return {
      code: "BODY_TOO_LARGE",
      detail: `The body has more than the ${limit} bytes that this address takes. Send it in parts.`,
    };
  }
  const foreign = typeof code === "string" ? foreignCodes[code] : undefined;
  if (foreign) return foreign;
  if (statusCode === 412)
    return {
      code: "PRECONDITION_FAILED",
      detail: "The file is not the one that If-Match or If-Unmodified-Since names.",
    };
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) {
    return { code: "REQUEST_MALFORMED", detail: messageOf(error) };
  }
  return { code: "INTERNAL", detail: "The cause is in the server's log under this occurrence's id." };
}
