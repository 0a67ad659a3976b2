// What a failure means for a job: whether another try can mend it, and when that is.

import { type ErrorCode, LodestoneError } from "../errors.js";

/** Tries of a job, the first one included. */
export const MAX_TRIES = 5;
const BASE_MS = 500;
const CAP_MS = 60_000;

/**
 * How long to wait after try number `tries`: exponential backoff with full jitter, which spreads jobs that failed together.
 * "Exponential Backoff And Jitter", AWS Architecture Blog, 2015:
 *   delay = random(0, min(cap, base * 2^(tries - 1)))
 */
export function retryDelayMs(tries: number, random: () => number): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1));
}

const permanent: ReadonlySet<ErrorCode> = new Set([
  "INVALID_INPUT",
  "UNKNOWN_FIELD",
  "FILTER_INVALID",
  "NOT_FOUND",
  "PATH_NOT_FOUND",
  "MODEL_VERSION_MISMATCH",
  "LIBRARY_DAMAGED",
  "LIBRARY_READ_ONLY",
]);

/** Whether every further try would fail in the same way. */
export function isPermanent(error: unknown): boolean {
  return error instanceof LodestoneError && permanent.has(error.code);
}

const notOfADocument: ReadonlySet<ErrorCode> = new Set([
  "DISK_FULL",
  "LIBRARY_DAMAGED",
  "LIBRARY_READ_ONLY",
  "MODEL_VERSION_MISMATCH",
  "MODEL_NOT_FOUND",
  "MODEL_ALTERED",
  "CLOSED",
]);

/** The model could not even be opened. */
export class ModelUnavailable extends Error {
  constructor(cause: unknown) {
    super("The model could not be opened", { cause });
    this.name = "ModelUnavailable";
  }
}

/** Whether the failure has its cause outside the documents of a batch: to embed them one by one would find nothing. */
export function concernsAll(error: unknown): boolean {
  return error instanceof ModelUnavailable || (error instanceof LodestoneError && notOfADocument.has(error.code));
}

/** The failure itself, where it came wrapped. */
export function reasonOf(error: unknown): unknown {
  return error instanceof ModelUnavailable ? error.cause : error;
}
