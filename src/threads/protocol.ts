// What crosses the border between a thread and its worker: numbered requests, replies and progress. Errors keep their
// code, so that a LodestoneError thrown in a worker is the same error to the caller.

import { type ErrorCode, LodestoneError } from "../errors.js";

/** What a verb may use while it runs. */
export type CallContext = {
  /** Aborted when the caller gave up; long verbs look at it between slices. */
  readonly signal: AbortSignal;
  /** Sends a progress value to the caller's `onProgress`. */
  progress(value: unknown): void;
};

export type Request =
  | { kind: "call"; id: number; verb: string; argument: unknown }
  | { kind: "abort"; id: number }
  | { kind: "close" };

export type Reply =
  | { kind: "ready" }
  | { kind: "progress"; id: number; value: unknown }
  | { kind: "result"; id: number; value: unknown }
  | { kind: "error"; id: number; error: WireError }
  | { kind: "failed"; error: WireError };

export type WireError = {
  message: string;
  stack?: string;
  code?: ErrorCode;
  detail?: Record<string, unknown>;
};

export function toWire(error: unknown): WireError {
  if (error instanceof LodestoneError) {
    return {
      message: error.message,
      code: error.code,
      detail: error.detail,
      ...(error.stack ? { stack: error.stack } : {}),
    };
  }
  if (error instanceof Error) return { message: error.message, ...(error.stack ? { stack: error.stack } : {}) };
  return { message: String(error) };
}

export function fromWire(wire: WireError): Error {
  const error = wire.code
    ? new LodestoneError(wire.code, wire.message, { detail: wire.detail ?? {} })
    : new Error(wire.message);
  if (wire.stack) error.stack = wire.stack;
  return error;
}
