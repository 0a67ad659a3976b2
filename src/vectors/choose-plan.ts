// Which way a search goes. The only place that decides; every search reports its plan and the reason.

import { LodestoneError } from "../errors.js";
import type { Calibration } from "./calibration.js";
import type { GraphCalibration } from "./graph-calibration.js";
import { exactMs, graphMs, listsMs, prefilterMs, rescoreMs } from "./plan-costs.js";
import type { VectorFormat } from "./vector-format.js";

export type Plan =
  | { kind: "exact" }
  /** Codes choose max(oversampling * k, minCandidates) rows, which are rescored by their float vectors. */
  | { kind: "prefilter"; oversampling: number }
  /**
   * As prefilter, of the codes in the `probes` lists whose centres are nearest, and of those in no list. With a `reach`, in the lists
   * whose centres score at most so far below that of the tenth nearest: `probes` is how many those are.
   */
  | { kind: "ivf"; probes: number; reach?: number; oversampling: number }
  | { kind: "graph"; ef: number };

/** "auto" leaves the choice to the index. */
export const planRequests = ["auto", "exact", "prefilter", "ivf", "graph"] as const;
export type PlanRequest = (typeof planRequests)[number];

export type PlanFacts = {
  requested: PlanRequest;
  /** Wanted share of the true nearest, up to 1. */
  recall: number;
  /** Wanted candidates of the graph walk; the default where absent. */
  ef?: number | undefined;
  /** Wanted candidates for each result, and wanted lists; what calibration found where absent. */
  oversampling?: number | undefined;
  probes?: number | undefined;
  k: number;
  dimensions: number;
  format?: VectorFormat | undefined;
  /** Whether vectors are read from disk. */
  onDisk?: boolean | undefined;
  /** Live rows. */
  rows: number;
  /** Live rows that the filter allows. */
  eligibleRows: number;
  codes:
    | { state: "none"; reason: string }
    /** `eligibleRows` have a code; a scan of them reads the codes of `scannedRows`, whole blocks. */
    | {
        state: "ready";
        eligibleRows: number;
        scannedRows: number;
        /** Lists, and rows of whole blocks that are in none. */
        lists?: { count: number; looseRows: number } | undefined;
        calibration: Pick<Calibration, "oversamplingFor" | "probingFor">;
      };
  graph:
    | { state: "none" | "unavailable"; reason: string }
    /** `rows` in the graph; `eligibleRows` of them are unchanged since the build, live and allowed. */
    | {
        state: "ready";
        rows: number;
        eligibleRows: number;
        /** Absent until walks have been measured. */
        calibration?: Pick<GraphCalibration, "efFor"> | undefined;
      };
};

export type ChosenPlan = { plan: Plan; reason: string };

/** Of a graph that is not measured. At 64 recall@10 was 0.999, at 128 1.000, over 10,000 to 100,000 clustered vectors of 512 dimensions; real ones are harder. */
export const defaultEf = 128;
export const defaultRecall = 0.99;
/** Fewer candidates than these save nothing: they are rescored in 10 µs. */
export const minCandidates = 32;
/** Codes that do not reach the wanted recall, where they are insisted on. */
const mostOversampling = 100;
/** Under a filter at least so many results are looked for: where they lay tells whether others lie further off. */
export const leastResults = 10;
/** Up to so many of the nearest rows what was measured for 100 holds well enough. */
const mostDepth = 4000;
/** Real passages, ef 128: 0.998 (100,000 of 512 dimensions). More is not promised of a graph that is not measured. */
const graphRecall = 0.995;
/** Below this share of usable rows the graph walk drops most of what it finds, and the exact scan has little to read. */
const minGraphShare = 0.3;
/** The tail of a walk's ef candidates is thin: of k = ef = 200 results 97 % are right. */
const efPerResult = 2;
/** An exact scan that takes this much longer is taken all the same: it misses nothing. */
const exactBonusMs = 0.2;

/** Candidates that a prefilter rescores for `k` results. */
export function candidatesOf(oversampling: number, k: number): number {
  return Math.max(Math.ceil(oversampling * k), minCandidates);
}

type Option = { plan: Plan; ms: number } | { not: string };

/** Throws GRAPH_UNAVAILABLE where the caller insists on a graph that is not there. */
export function choosePlan(facts: PlanFacts): ChosenPlan {
  const { requested, eligibleRows } = facts;
  const exact = (reason: string): ChosenPlan => ({ plan: { kind: "exact" }, reason });
  const insisted = (option: Option): ChosenPlan =>
    "plan" in option ? { plan: option.plan, reason: "asked for" } : exact(option.not);
  switch (requested) {
    case "exact":
      return exact("asked for");
    case "prefilter":
      return insisted(prefilterOption(facts));
    case "ivf":
      return insisted(listsOption(facts));
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
  const scan = scanMs(facts);
  const options = [listsOption(facts), prefilterOption(facts), graphOption(facts)];
  const possible = options.filter((option) => "plan" in option).sort((a, b) => a.ms - b.ms);
  const [best] = possible;
  if (!best) return exact([...new Set(options.map((option) => ("not" in option ? option.not : "")))].join("; "));
  if (scan <= best.ms + exactBonusMs) {
    return exact(`${eligibleRows} rows take ${about(scan)}; by ${best.plan.kind} they would take ${about(best.ms)}`);
  }
  const others = possible.slice(1).map(({ plan, ms }) => `, ${plan.kind} ${about(ms)}`);
  return {
    plan: best.plan,
    reason: `about ${about(best.ms)} for ${eligibleRows} rows (exact ${about(scan)}${others.join("")})`,
  };
}

function prefilterOption(facts: PlanFacts): Option {
  const { codes, requested, recall, oversampling, k, rows, eligibleRows } = facts;
  if (codes.state === "none") return { not: codes.reason };
  const chosen = oversampling ?? codes.calibration.oversamplingFor(recall, k);
  if (chosen === undefined && requested === "auto") return { not: `codes do not reach a recall of ${recall} here` };
  const plan: Plan = { kind: "prefilter", oversampling: chosen ?? mostOversampling };
  const uncoded = exactMs(eligibleRows - codes.eligibleRows, facts);
  // Under a filter twice as many are looked at (code-rounds.ts).
  const rescored = candidatesOf(plan.oversampling, k) * (eligibleRows < rows ? 2 : 1);
  return { plan, ms: prefilterMs(codes.scannedRows, rescored, facts) + uncoded };
}

function listsOption({ codes, oversampling, probes, ...facts }: PlanFacts): Option {
  const { requested, recall, k, rows, eligibleRows, dimensions } = facts;
  if (codes.state === "none") return { not: codes.reason };
  if (!codes.lists) return { not: "the codes are in no lists" };
  const share = eligibleRows / rows;
  const depth = share < 1 ? depthOf(k, share) : k;
  if (depth > mostDepth && requested === "auto") {
    return { not: `the filter allows only ${(share * 100).toPrecision(2)} % of the rows: all lists are scanned` };
  }
  const measured = depth > mostDepth ? undefined : codes.calibration.probingFor(recall, depth);
  if (!measured && requested === "auto") return { not: `lists do not reach a recall of ${recall} here` };
  const { count, looseRows } = codes.lists;
  // Results that lie among the first part of the candidates need no second look: with a reserve they mostly do.
  const reserve = (1 - recall) * k < 1 ? 2.5 : 1.5;
  const more = share < 1 ? (reserve * depth * share) / k : 1;
  const candidates = scaled(measured?.oversampling, more) ?? codes.calibration.oversamplingFor(recall, k);
  const plan: Plan = {
    kind: "ivf",
    probes: Math.min(count, Math.ceil(probes ?? measured?.probes ?? count)),
    ...(probes === undefined && measured ? { reach: measured.reach } : {}),
    oversampling: oversampling ?? candidates ?? mostOversampling,
  };
  // Blocks without an allowed row are passed over.
  const blockShare = Math.min(1, codes.scannedRows / (count * 32 + looseRows));
  const scannedRows = (plan.probes * 32 + looseRows) * blockShare;
  const scanned = prefilterMs(scannedRows, candidatesOf(plan.oversampling, k), facts);
  const uncoded = exactMs(eligibleRows - codes.eligibleRows, facts);
  return { plan, ms: scanned + listsMs(count, dimensions) + uncoded };
}

/** How many of the nearest rows hold the `k` nearest of those that a filter allows: k / share, more or less by chance. */
function depthOf(k: number, share: number): number {
  const few = Math.max(k, leastResults);
  return Math.ceil((few / share) * (1 + 1.5 / Math.sqrt(few)));
}

function scaled(perResult: number | undefined, factor: number): number | undefined {
  return perResult === undefined ? undefined : perResult * factor;
}

/** An exact search: rows that a filter leaves far apart are read one by one. */
export function scanMs(facts: Pick<PlanFacts, "rows" | "eligibleRows" | "dimensions" | "format" | "onDisk">): number {
  const { rows, eligibleRows } = facts;
  const inOrder = exactMs(eligibleRows, facts);
  return eligibleRows < rows
    ? Math.max(inOrder, Math.min(rescoreMs(eligibleRows, facts), exactMs(rows, facts)))
    : inOrder;
}

function graphOption(facts: PlanFacts): Option {
  const { graph, requested, ef: wantedEf, recall, k, eligibleRows, dimensions } = facts;
  if (graph.state !== "ready") return { not: graph.reason };
  const share = graph.eligibleRows / graph.rows;
  if (share < minGraphShare) {
    const percent = Math.floor(share * 100);
    return { not: `only ${percent} % of the graph's rows are live and allowed, fewer than ${minGraphShare * 100} %` };
  }
  // The k nearest that are live and allowed are among the k / share nearest of the graph.
  const met = k / share;
  const measured = graph.calibration?.efFor(recall, met);
  if (requested === "auto" && wantedEf === undefined && measured === undefined) {
    if (graph.calibration) return { not: `walks of the graph do not reach a recall of ${recall} here` };
    if (recall > graphRecall) return { not: `a graph that is not measured does not promise a recall of ${recall}` };
  }
  const least = measured === undefined ? Math.ceil(efPerResult * met) : 0;
  const ef = Math.min(graph.rows, Math.max(wantedEf ?? measured ?? defaultEf, least));
  const outside = exactMs(eligibleRows - graph.eligibleRows, facts);
  return { plan: { kind: "graph", ef }, ms: graphMs(graph.rows, ef, dimensions) + outside };
}

function about(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
