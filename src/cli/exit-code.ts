// What the process answers to its caller: 0 done, 1 it could not be done, 2 it was asked for wrongly. A run that a signal
// ended answers 128 and the signal's number, as shells do.

import { type ErrorCode, LodestoneError } from "../errors.js";

export const EXIT_OK = 0;
export const EXIT_FAILURE = 1;
export const EXIT_USAGE = 2;

const exitCodes: Record<ErrorCode, number> = {
  INVALID_INPUT: EXIT_USAGE,
  UNKNOWN_FIELD: EXIT_USAGE,
  FILTER_INVALID: EXIT_USAGE,
  NOT_FOUND: EXIT_FAILURE,
  PATH_NOT_FOUND: EXIT_FAILURE,
  FILE_UNREADABLE: EXIT_FAILURE,
  LIBRARY_NOT_FOUND: EXIT_FAILURE,
  LIBRARY_LOCKED: EXIT_FAILURE,
  LIBRARY_READ_ONLY: EXIT_FAILURE,
  LIBRARY_TOO_NEW: EXIT_FAILURE,
  LIBRARY_DAMAGED: EXIT_FAILURE,
  SNAPSHOT_DAMAGED: EXIT_FAILURE,
  SNAPSHOT_RUNNING: EXIT_FAILURE,
  FOLDER_NOT_EMPTY: EXIT_FAILURE,
  WATCH_UNAVAILABLE: EXIT_FAILURE,
  MODEL_NOT_FOUND: EXIT_FAILURE,
  MODEL_INVALID: EXIT_FAILURE,
  MODEL_ALTERED: EXIT_FAILURE,
  MODEL_VERSION_MISMATCH: EXIT_FAILURE,
  VECTOR_INVALID: EXIT_FAILURE,
  INDEX_DAMAGED: EXIT_FAILURE,
  GRAPH_UNAVAILABLE: EXIT_FAILURE,
  DISK_FULL: EXIT_FAILURE,
  QUEUE_FULL: EXIT_FAILURE,
  WORKER_FAILED: EXIT_FAILURE,
  ABORTED: EXIT_FAILURE,
  CLOSED: EXIT_FAILURE,
  ADDRESS_IN_USE: EXIT_FAILURE,
};

/** The exit code for anything thrown. */
export function exitCodeOf(error: unknown): number {
  return error instanceof LodestoneError ? exitCodes[error.code] : EXIT_FAILURE;
}
