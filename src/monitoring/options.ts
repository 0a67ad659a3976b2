// What watching can be told: rules of alerts, who is told of them, and list prices. One schema, and the one place of its defaults.

import { z } from "zod";
import { LodestoneError } from "../errors.js";
import { type AlertRule, type ConfidenceCalibration, defaultAlertRules, type ListPrice } from "../quality/index.js";

const minutes = z.number().min(0).max(60);

const ruleChangeSchema = z.strictObject({
  /** Which rule: "top-score-low", "low-confidence-high", "latency-high", "cache-hits-low" or "degraded-high". */
  id: z.string().min(1),
  /** Never alarms. */
  off: z.boolean().optional(),
  severity: z.enum(["warning", "critical"]).optional(),
  /** The figure that raises the alert, and the one that clears it: shares 0..1, cosines, milliseconds. */
  threshold: z.number().optional(),
  clearThreshold: z.number().optional(),
  /** The figure is taken over these last minutes. */
  windowMinutes: z.int().min(1).max(60).optional(),
  raiseAfterMinutes: minutes.optional(),
  clearAfterMinutes: minutes.optional(),
  /** Fewer queries say nothing. */
  minimumCount: z.int().min(1).optional(),
});

export const monitoringOptionsSchema = z
  .strictObject({
    /** Changes to the default rules, by their ids. */
    rules: z.array(ruleChangeSchema).max(100).default([]),
    /** Is sent each alert that begins or ends, as JSON by POST. Only an address of this machine is taken. */
    webhook: z.string().optional(),
    /** A program that is run for each alert that begins or ends: its sentence is the argument, the event stands in JSON on stdin. */
    command: z.string().min(1).optional(),
    /** Finds out in the background what confidence means in this library. Default true. */
    calibrate: z.boolean().default(true),
    /** What hosted APIs charge, to be shown beside the costs. Default: a table of list prices. */
    prices: z
      .array(
        z.strictObject({
          provider: z.string(),
          model: z.string(),
          usdPerMillionTokens: z.number().min(0),
          asOf: z.string(),
          source: z.string(),
        }),
      )
      .optional(),
  })
  .prefault({});

export type MonitoringOptions = Omit<z.output<typeof monitoringOptionsSchema>, "prices"> & {
  prices?: ListPrice[] | undefined;
};

/** Rules that compare with what a model usually gives: without a calibration they would alarm on models that are as they should be. */
const calibratedRules: readonly string[] = ["top-score-low", "low-confidence-high"];

/** The rules that hold now. Those that need a calibration rest without one, unless they were given a threshold. */
export function alertRules(
  { rules: changes }: Pick<MonitoringOptions, "rules">,
  calibration: ConfidenceCalibration | undefined,
): AlertRule[] {
  return defaultAlertRules(calibration).flatMap((rule) => {
    const { off, ...change } = Object.assign({}, ...changes.filter(({ id }) => id === rule.id)) as RuleChange;
    const rests = !calibration?.isReliable && calibratedRules.includes(rule.id) && change.threshold === undefined;
    if (off || rests) return [];
    const clearThreshold = change.clearThreshold ?? change.threshold ?? rule.clearThreshold;
    return [{ ...rule, ...defined(change), clearThreshold }];
  });
}

type RuleChange = Partial<z.output<typeof ruleChangeSchema>>;

function defined(change: RuleChange): Partial<AlertRule> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

/** Throws INVALID_INPUT for an unknown rule, limits that contradict each other, and a webhook on another machine. */
export function checkMonitoring({ rules, webhook }: MonitoringOptions): void {
  const known = defaultAlertRules();
  for (const { id, ...change } of rules) {
    const rule = known.find((candidate) => candidate.id === id);
    if (!rule) {
      const names = known.map((candidate) => candidate.id).join(", ");
      throw new LodestoneError("INVALID_INPUT", `There is no alert rule "${id}". The rules are ${names}.`);
    }
    const { threshold, clearThreshold = threshold } = change;
    if (threshold === undefined || clearThreshold === undefined) continue;
    const isBeyond = rule.direction === "above" ? clearThreshold > threshold : clearThreshold < threshold;
    if (isBeyond) {
      throw new LodestoneError(
        "INVALID_INPUT",
        `The rule "${id}" alarms ${rule.direction} ${threshold}; it cannot clear at ${clearThreshold} already. ` +
          "Put clearThreshold on the other side of threshold.",
      );
    }
  }
  if (webhook !== undefined) checkWebhook(webhook);
}

/** Throws INVALID_INPUT for what is no http address of this machine: nothing here opens a connection to another one. */
export function checkWebhook(webhook: string): URL {
  const url = URL.canParse(webhook) ? new URL(webhook) : undefined;
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (url && isHttp && isThisMachine(url.hostname)) return url;
  throw new LodestoneError(
    "INVALID_INPUT",
    `Alerts are sent to this machine only: http://localhost:<port>/..., 127.0.0.1 or [::1]; not to ${JSON.stringify(webhook.slice(0, 200))}. ` +
      "To tell another machine, let a program of yours listen here and pass them on.",
  );
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
