// Which way a search goes. The only place that decides; every search reports its plan and the reason.

import { LodestoneError } from "../errors.js";
import { exactMs, graphMs, prefilterMs } from "./plan-costs.js";

export type Plan =
  | { kind: "exact" }
  /** Codes choose max(oversampling * k, minCandidates) rows, which are rescored by their float vectors. */
  | { kind: "prefilter"; oversampling: number }
  | { kind: "graph"; ef: number };

/** "auto" leaves the choice to the index. */
export type PlanRequest = "auto" | Plan["kind"];

export type PlanFacts = {
  requested: PlanRequest;
  /** Wanted share of the true nearest, up to 1. */
  recall: number;
  /** Wanted candidates of the graph walk; the default where absent. */
  ef?: number | undefined;
  /** Wanted candidates of the prefilter for each result; what calibration found where absent. */
  oversampling?: number | undefined;
  k: number;
  dimensions: number;
  /** Live rows that the filter allows. */
  eligibleRows: number;
  codes:
    | { state: "none"; reason: string }
    /** `eligibleRows` have a code; a scan of them reads the codes of `scannedRows`, whole blocks. */
    | {
        state: "ready";
        eligibleRows: number;
        scannedRows: number;
        /** Absent: not measured yet. */
        calibration?: { oversamplingFor(recall: number, k: number): number | undefined } | undefined;
      };
  graph:
    | { state: "none" | "unavailable"; reason: string }
    /** `rows` in the graph; `eligibleRows` of them are unchanged since the build, live and allowed. */
    | { state: "ready"; rows: number; eligibleRows: number };
};

export type ChosenPlan = { plan: Plan; reason: string };

/** At 64 recall@10 was 0.999, at 128 1.000, over 10,000 to 100,000 clustered vectors of 512 dimensions; real ones are harder. */
export const defaultEf = 128;
export const defaultRecall = 0.99;
/** Fewer candidates than these save nothing: they are rescored in 10 µs. */
export const minCandidates = 32;
/** For a forced prefilter that has not been measured. */
const unmeasuredOversampling = 10;
/** Real passages, ef 128: 0.998 (100,000 of 512 dimensions). More is not promised of a graph. */
const graphRecall = 0.995;
/** Below this share of usable rows the graph walk drops most of what it finds, and the exact scan has little to read. */
const minGraphShare = 0.3;
/** The tail of a walk's ef candidates is thin: of k = ef = 200 results 97 % are right. */
const efPerResult = 1.5;
/** An exact scan that takes this much longer is taken all the same: it misses nothing. */
const exactBonusMs = 0.2;

/** Candidates that a prefilter rescores for `k` results. */
export function candidatesOf(oversampling: number, k: number): number {
  return Math.max(Math.ceil(oversampling * k), minCandidates);
}

type Option = { plan: Plan; ms: number } | { not: string };

/** Throws GRAPH_UNAVAILABLE where the caller insists on a graph that is not there. */
export function choosePlan(facts: PlanFacts): ChosenPlan {
  const { requested, eligibleRows, dimensions } = facts;
  const exact = (reason: string): ChosenPlan => ({ plan: { kind: "exact" }, reason });
  const insisted = (option: Option): ChosenPlan =>
    "plan" in option ? { plan: option.plan, reason: "asked for" } : exact(option.not);
  switch (requested) {
    case "exact":
      return exact("asked for");
    case "prefilter":
      return insisted(prefilterOption(facts));
    case "graph":
      if (facts.graph.state !== "ready") {
        throw new LodestoneError(
          "GRAPH_UNAVAILABLE",
          `No graph to search: ${facts.graph.reason}. Build one, or search "exact".`,
        );
      }
      return insisted(graphOption(facts));
    case "auto":
      break;
    default:
      requested satisfies never;
  }
  if (facts.recall === 1) return exact("a recall of 1 takes an exact search");
  const scan = exactMs(eligibleRows, dimensions);
  const options = [prefilterOption(facts), graphOption(facts)];
  const possible = options.filter((option) => "plan" in option).sort((a, b) => a.ms - b.ms);
  const [best] = possible;
  if (!best) return exact(options.map((option) => ("not" in option ? option.not : "")).join("; "));
  if (scan <= best.ms + exactBonusMs) {
    return exact(`${eligibleRows} rows take ${about(scan)}; by ${best.plan.kind} they would take ${about(best.ms)}`);
  }
  const others = possible.slice(1).map(({ plan, ms }) => `, ${plan.kind} ${about(ms)}`);
  return {
    plan: best.plan,
    reason: `about ${about(best.ms)} for ${eligibleRows} rows (exact ${about(scan)}${others.join("")})`,
  };
}

function prefilterOption({ codes, requested, recall, oversampling, k, eligibleRows, dimensions }: PlanFacts): Option {
  if (codes.state === "none") return { not: codes.reason };
  let chosen = oversampling;
  if (chosen === undefined && codes.calibration) {
    chosen = codes.calibration.oversamplingFor(recall, k);
    if (chosen === undefined && requested === "auto") return { not: `codes do not reach a recall of ${recall} here` };
  }
  if (chosen === undefined && requested === "auto") return { not: "the codes have not been measured yet" };
  chosen ??= unmeasuredOversampling;
  const uncoded = exactMs(eligibleRows - codes.eligibleRows, dimensions);
  const ms = prefilterMs(codes.scannedRows, candidatesOf(chosen, k), dimensions) + uncoded;
  return { plan: { kind: "prefilter", oversampling: chosen }, ms };
}

function graphOption({ graph, requested, ef: wantedEf, recall, k, eligibleRows, dimensions }: PlanFacts): Option {
  if (graph.state !== "ready") return { not: graph.reason };
  const share = graph.eligibleRows / graph.rows;
  if (share < minGraphShare) {
    const percent = Math.floor(share * 100);
    return { not: `only ${percent} % of the graph's rows are live and allowed, fewer than ${minGraphShare * 100} %` };
  }
  if (requested === "auto" && recall > graphRecall) {
    return { not: `a graph does not promise a recall of ${recall}` };
  }
  const ef = Math.max(wantedEf ?? defaultEf, Math.ceil((efPerResult * k) / share));
  const outside = exactMs(eligibleRows - graph.eligibleRows, dimensions);
  return { plan: { kind: "graph", ef }, ms: graphMs(graph.rows, ef, dimensions) + outside };
}

function about(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
