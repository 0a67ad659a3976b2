// Short ways to say what a check found.

import type { Outcome } from "./checks.js";
import type { Figure, Hint } from "./finding.js";

export function unknown(missing: string): Outcome {
  return { status: "unknown", sentence: `Not checked: ${missing}.`, figures: [], hints: [] };
}

export function fine(sentence: string, figures: Figure[] = [], hints: Hint[] = []): Outcome {
  return { status: "fine", sentence, figures, hints };
}

export function notice(sentence: string, figures: Figure[] = [], hints: Hint[] = []): Outcome {
  return { status: "notice", sentence, figures, hints };
}

export function suspicious(sentence: string, figures: Figure[], hints: Hint[]): Outcome {
  return { status: "suspicious", sentence, figures, hints };
}

/** From `from` at nothing up to `to` at `full` and above. */
export function weightOf(value: number, full: number, from: number, to: number): number {
  return from + (to - from) * Math.min(1, Math.max(0, value / full));
}

export function percent(share: number): string {
  const value = 100 * share;
  return `${value !== 0 && Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}
