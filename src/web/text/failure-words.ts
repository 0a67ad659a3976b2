// What went wrong, in one sentence.
import type { Failure } from "../api/request.js";

export function failureWords(failure: Failure): string {
  return failure.kind === "unreachable" ? "The server cannot be reached." : (failure.detail ?? failure.title);
}
