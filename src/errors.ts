// The one error class of the engine. Every failure that a caller can act on carries a stable code; the faces map
// codes to HTTP statuses (http/problem.ts) and exit codes (cli/exit-code.ts). A message says what was expected, what
// was found and what to do.

/** Codes are part of the public contract: they are never renamed, only added. */
export type ErrorCode =
  | "INVALID_INPUT"
  | "UNKNOWN_FIELD"
  | "FILTER_INVALID"
  | "NOT_FOUND"
  | "PATH_NOT_FOUND"
  | "FILE_UNREADABLE"
  | "LIBRARY_NOT_FOUND"
  | "LIBRARY_LOCKED"
  | "LIBRARY_READ_ONLY"
  | "LIBRARY_TOO_NEW"
  | "LIBRARY_DAMAGED"
  | "SNAPSHOT_DAMAGED"
  | "SNAPSHOT_RUNNING"
  | "TUNING_RUNNING"
  | "NO_MIGRATION"
  | "MIGRATION_RUNNING"
  | "MIGRATION_INCOMPLETE"
  | "FOLDER_NOT_EMPTY"
  | "WATCH_UNAVAILABLE"
  | "MODEL_NOT_FOUND"
  | "MODEL_INVALID"
  | "MODEL_ALTERED"
  | "MODEL_VERSION_MISMATCH"
  | "VECTOR_INVALID"
  | "INDEX_DAMAGED"
  | "GRAPH_UNAVAILABLE"
  | "DISK_FULL"
  | "QUEUE_FULL"
  | "WORKER_FAILED"
  | "ABORTED"
  | "CLOSED"
  | "ADDRESS_IN_USE";

/** An error with a stable `code`. `detail` holds machine-readable facts (paths, names, numbers) for logs and `--json`. */
export class LodestoneError extends Error {
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; detail?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "LodestoneError";
    this.code = code;
    this.detail = options.detail ?? {};
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
