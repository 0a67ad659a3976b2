// Ctrl-C and kill: the first one stops the work in an orderly way, the second one ends the process at once. A library
// survives both: what was committed is durable, the rest was never there.

import { constants } from "node:os";

export type Interrupt = {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** 128 + the signal's number once one came. */
  exitCode(): number | undefined;
  /** Back to Node's own behaviour. */
  release(): void;
};

// How long an orderly stop may take before the process ends anyway. A server needs longer: it answers what is in flight.
const GRACE_MS = 1_000;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens until `release`. `onFirst` is called at the first signal. */
export function listenForInterrupt(onFirst: () => void = () => undefined, graceMs = GRACE_MS): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    if (exitCode !== undefined) process.exit(exitCode);
    const code = 128 + constants.signals[name];
    exitCode = code;
    setTimeout(() => process.exit(code), graceMs).unref();
    onFirst();
    controller.abort(new Error(`stopped by ${name}`));
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    release() {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
