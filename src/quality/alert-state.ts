// Alerts over time, with hysteresis: clear -> pending -> raised -> clearing -> clear. A figure that wavers about its limit
// raises an alert once; what lies between the two limits changes nothing; minutes with too few queries hold what stands.

import { type AlertRule, readingOf } from "./alert-rules.js";
import type { QuerySummary } from "./query-window.js";

export type AlertState =
  | { phase: "clear" }
  /** Past the limit, not for long enough. */
  | { phase: "pending"; sinceMs: number }
  | { phase: "raised"; raisedMs: number; value: number; readMs: number }
  /** Back beyond the clearing limit, not for long enough. */
  | { phase: "clearing"; sinceMs: number; raisedMs: number; value: number; readMs: number };

/** By rule id; plain JSON. */
export type AlertStates = Record<string, AlertState>;

export type AlertEvent = {
  kind: "raised" | "cleared";
  rule: AlertRule;
  atMs: number;
  /** The figure; null where the alert ended because nothing was asked any more. */
  value: number | null;
  sentence: string;
};

export type Reading = { value: number | null; count: number };

/** An alert that stands without enough queries to read its figure ends after this long. */
export const silenceMs = 60 * 60_000;
const minuteMs = 60_000;

/** Reads all rules at one time. Call it about once a minute; states of rules that are gone are dropped. */
export function stepAlerts(
  rules: readonly AlertRule[],
  states: AlertStates,
  summaryOf: (minutes: number) => QuerySummary,
  nowMs: number,
): { states: AlertStates; events: AlertEvent[] } {
  const next: AlertStates = {};
  const events: AlertEvent[] = [];
  for (const rule of rules) {
    const reading = readingOf(rule, summaryOf(rule.windowMinutes));
    const { state, event } = stepAlert(rule, states[rule.id] ?? { phase: "clear" }, reading, nowMs);
    next[rule.id] = state;
    if (event) events.push(event);
  }
  return { states: next, events };
}

/** One rule, one reading. */
export function stepAlert(
  rule: AlertRule,
  state: AlertState,
  { value, count }: Reading,
  nowMs: number,
): { state: AlertState; event?: AlertEvent } {
  const usable = value !== null && count >= rule.minimumCount ? value : undefined;
  const isPast = usable !== undefined && passes(rule, usable, rule.threshold);
  const isBack = usable !== undefined && passes(opposite(rule), usable, rule.clearThreshold);
  const heldFor = (sinceMs: number, minutes: number) => nowMs - sinceMs >= minutes * minuteMs;
  const raise = (figure: number) => ({
    state: { phase: "raised", raisedMs: nowMs, value: figure, readMs: nowMs } as const,
    event: eventOf("raised", rule, nowMs, figure),
  });
  const clear = (figure: number | null) => ({
    state: { phase: "clear" } as const,
    event: eventOf("cleared", rule, nowMs, figure),
  });

  switch (state.phase) {
    case "clear":
      if (!isPast) return { state };
      return rule.raiseAfterMinutes === 0 ? raise(usable) : { state: { phase: "pending", sinceMs: nowMs } };
    case "pending":
      if (!isPast) return { state: { phase: "clear" } };
      return heldFor(state.sinceMs, rule.raiseAfterMinutes) ? raise(usable) : { state };
    case "raised":
    case "clearing": {
      const { raisedMs } = state;
      if (usable === undefined) {
        if (nowMs - state.readMs >= silenceMs) return clear(null);
        return { state: { phase: "raised", raisedMs, value: state.value, readMs: state.readMs } };
      }
      const read = { raisedMs, value: usable, readMs: nowMs };
      if (!isBack) return { state: { phase: "raised", ...read } };
      const sinceMs = state.phase === "clearing" ? state.sinceMs : nowMs;
      if (heldFor(sinceMs, rule.clearAfterMinutes)) return clear(usable);
      return { state: { phase: "clearing", sinceMs, ...read } };
    }
    default:
      return state satisfies never;
  }
}

function passes({ direction }: Pick<AlertRule, "direction">, value: number, limit: number): boolean {
  return direction === "above" ? value > limit : value < limit;
}

function opposite({ direction }: AlertRule): Pick<AlertRule, "direction"> {
  return { direction: direction === "above" ? "below" : "above" };
}

function eventOf(kind: AlertEvent["kind"], rule: AlertRule, atMs: number, value: number | null): AlertEvent {
  const { title, figure, direction, threshold, clearThreshold, windowMinutes } = rule;
  const over = windowMinutes === 1 ? "the last minute" : `the last ${windowMinutes} minutes`;
  if (value === null) return { kind, rule, atMs, value, sentence: `Over: ${title}. Too few queries to tell since.` };
  const sentence =
    kind === "raised"
      ? `${title}: ${figure} ${round(value)} over ${over}, ${direction} ${round(threshold)}.`
      : `Over: ${title}. ${figure} is ${round(value)} over ${over}, back beyond ${round(clearThreshold)}.`;
  return { kind, rule, atMs, value, sentence };
}

function round(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
