// The options of a command that say when alerts are raised and who is told of them.

import { type Command, InvalidArgumentError } from "commander";
import type { EngineOptions } from "../engine/index.js";

type Monitoring = NonNullable<EngineOptions["monitoring"]>;
type RuleChange = NonNullable<Monitoring["rules"]>[number];

export type AlertOptions = { alert?: RuleChange[]; alertWebhook?: string; alertCommand?: string };

export function addAlertOptions(command: Command): Command {
  return command
    .option(
      "--alert <rule=limit>",
      "another limit for an alert, for instance latency-high=200, or latency-high=off (may be repeated)",
      ruleChange,
    )
    .option("--alert-webhook <url>", "address on this machine that alerts are sent to, as JSON by POST")
    .option("--alert-command <program>", "program that is run with the sentence of each alert");
}

export function monitoringOf({ alert, alertWebhook, alertCommand }: AlertOptions): Monitoring {
  return {
    ...(alert === undefined ? {} : { rules: alert }),
    ...(alertWebhook === undefined ? {} : { webhook: alertWebhook }),
    ...(alertCommand === undefined ? {} : { command: alertCommand }),
  };
}

function ruleChange(text: string, earlier: RuleChange[] = []): RuleChange[] {
  const [, id, limit] = /^([a-z-]+)=(off|\d*\.?\d+)$/.exec(text.trim()) ?? [];
  if (id === undefined || limit === undefined) {
    throw new InvalidArgumentError(
      "Expected a rule and its limit, for instance latency-high=200 or cache-hits-low=off.",
    );
  }
  return [...earlier, limit === "off" ? { id, off: true } : { id, threshold: Number(limit) }];
}
