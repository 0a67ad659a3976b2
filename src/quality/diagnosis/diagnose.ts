// Walks through what an engineer would check when search turns bad, in that order, and ranks the causes by what was found.
//
// Evidence for a cause adds up as independent reasons do (noisy or, Pearl 1988): support = 1 - product of (1 - weight) over the
// hints for it. Hints against it take their share away: belief = support * product of (1 + weight) over the negative ones.

import type { Remedy } from "../remedies.js";
import { type Check, checks } from "./checks.js";
import type { Facts } from "./facts.js";
import { type Cause, causes, type Finding } from "./finding.js";

export type RankedCause = {
  cause: Cause;
  title: string;
  /** 0..1. An order, not a probability. */
  belief: number;
  /** Sentences of the findings that speak for it, the strongest first. */
  evidence: string[];
  remedy: Remedy;
};

export type Diagnosis = {
  atMs: number;
  /** In the order of the checks. */
  findings: Finding[];
  /** The most likely first; only those that something speaks for. */
  causes: RankedCause[];
  sentence: string;
};

/** Causes below this are listed, and not named as the likely one. */
const nameable = 0.4;

export function diagnose(facts: Facts, walk: readonly Check[] = checks): Diagnosis {
  const findings = walk.map(({ name, title, run }): Finding => ({ check: name, title, ...run(facts) }));
  const ranked = (Object.keys(causes) as Cause[])
    .map((cause) => rank(cause, findings))
    .filter(({ belief }) => belief > 0)
    .sort((a, b) => b.belief - a.belief);
  const [first] = ranked;
  const unknown = findings.filter(({ status }) => status === "unknown").length;
  const looked = `${findings.length - unknown} of ${findings.length} checks had facts to go by.`;
  const sentence =
    first && first.belief >= nameable
      ? `Most likely: ${first.title}. Run "${first.remedy.command}": it ${first.remedy.effect}.`
      : `Nothing found that explains bad answers. ${looked}`;
  return { atMs: facts.nowMs, findings, causes: ranked, sentence };
}

function rank(cause: Cause, findings: readonly Finding[]): RankedCause {
  const hints = findings.flatMap(({ hints, sentence }) =>
    hints.filter((hint) => hint.cause === cause).map(({ weight }) => ({ weight, sentence })),
  );
  const supporting = hints.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  const opposing = hints.filter(({ weight }) => weight < 0);
  const support = 1 - supporting.reduce((product, { weight }) => product * (1 - weight), 1);
  const belief = opposing.reduce((product, { weight }) => product * (1 + weight), support);
  const { title, remedy } = causes[cause];
  return { cause, title, belief, evidence: supporting.map(({ sentence }) => sentence), remedy };
}
