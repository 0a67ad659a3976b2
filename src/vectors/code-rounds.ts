// A search by code. How many candidates and lists it takes was measured on searches of all rows; a filter may leave rows that all
// lie far from the query, where codes tell less apart and the lists that hold them are many. So under a filter the search looks at
// where its results lay, and looks further while they lay near the end of what it looked at. In two ways:
//
// In lists: among the allowed rows of those lists that the nearest of all rows lie in, as many of all as hold enough that are allowed.
// What was measured holds as it is, unless the filter leaves out just what is near the query.
//
// Under a very narrow filter, or one that does: among the allowed rows of all lists, in rounds of more and more candidates.

import { candidatesOf, leastResults, type Plan, type PlanRequest, scanMs } from "./choose-plan.js";
import type { Probing } from "./code-lists.js";
import type { CodeSearch } from "./code-search.js";
import type { CodeStore } from "./code-store.js";
import type { ExactSearch, Found } from "./exact.js";
import { prefilterMs } from "./plan-costs.js";
import type { RowBitmap } from "./row-bitmap.js";
import type { ScanPool } from "./scan-pool.js";
import type { Scope } from "./search-scopes.js";
import type { VectorStore } from "./vector-store.js";

/** Of results, 1 in 10 may come from lists in the last part of the reach. */
const lastPart = 0.85;
const mostInLastPart = 0.1;
const widerReach = 1.25;
/** Rows that are counted to tell how many lie before the results: fewer tell too little, more take longer. */
const countedRows = 250;

type CodePlan = Extract<Plan, { kind: "prefilter" | "ivf" }>;

type Parts = {
  store: VectorStore;
  exact: ExactSearch;
  scan: CodeSearch;
  codes: CodeStore;
  poolFor(scannedRows: number): ScanPool | undefined;
};

type Request = {
  scope: Scope & { coded: NonNullable<Scope["coded"]> };
  /** Results wanted, at least 1 and at most the rows of the scope. */
  wanted: number;
  recall: number;
  plan: CodePlan;
  requested: PlanRequest;
  /** Numbers that the caller gave: they are kept to. */
  oversampling?: number | undefined;
  probes?: number | undefined;
};

/** `note`: what was found out on the way. */
export type CodeAnswer = { found: Found; plan: Plan; note?: string };

export function searchByCode(parts: Parts, query: Float32Array, request: Request): CodeAnswer {
  const { scope, wanted, plan, oversampling, probes } = request;
  if (!scope.filtered || oversampling !== undefined || probes !== undefined) {
    const { positions } = scope.coded;
    const once = { positions, candidates: candidatesOf(plan.oversampling, wanted), probing: probingOf(plan) };
    const { found } = look(parts, query, request, { ...once, results: wanted });
    const took: Plan = plan.kind === "ivf" ? { ...plan, probes: parts.scan.probes } : plan;
    if (found.rows.length === wanted) return { found, plan: took };
    return lookFurther(parts, query, request, "the lists that were looked into have too few rows");
  }
  if (plan.kind === "prefilter" || plan.reach === undefined) return lookFurther(parts, query, request);
  return (
    lookInLists(parts, query, request, plan.reach) ??
    lookFurther(parts, query, request, "looked further, for results lay far behind")
  );
}

/**
 * Undefined where allowed rows may be nearer than those it found. Looks into more lists once where results come from the last of them:
 * of some queries all that is near lies far apart.
 */
function lookInLists(parts: Parts, query: Float32Array, request: Request, reach: number): CodeAnswer | undefined {
  const answer = lookWithin(parts, query, request, reach);
  if (!answer || countBeyond(parts, answer.found, lastPart * reach) <= mostInLastPart * answer.found.rows.length)
    return answer;
  return lookWithin(parts, query, request, widerReach * reach);
}

/** How many results come from lists beyond a reach. */
function countBeyond({ store, codes }: Parts, { rows }: Found, reach: number): number {
  const { lists } = codes;
  if (!lists) return 0;
  return rows.filter((row) => lists.gapOf(Math.floor(codes.positionOf(store.slotOf(row)) / 32)) > reach).length;
}

function lookWithin(parts: Parts, query: Float32Array, request: Request, reach: number): CodeAnswer | undefined {
  const { scope, wanted, recall, plan } = request;
  const { positions } = scope.coded;
  const results = Math.min(Math.max(wanted, leastResults), scope.rows);
  const candidates = candidatesOf(plan.oversampling, wanted);
  const { found, slots } = look(parts, query, request, { positions, candidates, probing: { reach }, results });
  if (found.rows.length < results) return undefined;
  const places = placesOf(found, slots, parts.store);
  if (!isDeepEnough(places, candidates, { recall, share: 1 / 3 })) return undefined;
  const { probes } = parts.scan;
  // A filter that leaves out what is near the query has results that stand far behind among all rows, where lists may hide others.
  const last = parts.scan.scores[(places.at(-1) ?? 1) - 1]!;
  const before = (candidates / 3) * (parts.store.rowCount / scope.rows);
  const sampledEvery = Math.max(1, Math.floor(before / countedRows));
  if (parts.scan.countAbove(parts.codes, last, { limit: before, sampledEvery }) > before) return undefined;
  return { found: first(wanted, found), plan: plan.kind === "ivf" ? { ...plan, probes } : plan };
}

function lookFurther(parts: Parts, query: Float32Array, request: Request, note?: string): CodeAnswer {
  const { scope, wanted, recall, plan, requested } = request;
  const { positions, rows } = scope.coded;
  const noted = note === undefined ? {} : { note };
  const results = Math.min(Math.max(wanted, leastResults), scope.rows);
  const { rowCount, dimensions, format, onDisk } = parts.store;
  const exactMs = scanMs({ rows: rowCount, eligibleRows: scope.rows, dimensions, format, onDisk });
  const least = 2 * candidatesOf(plan.oversampling, wanted);
  for (let candidates = least; ; ) {
    candidates = Math.min(candidates, rows);
    // Choosing among so many takes about as long as scoring them.
    if (
      requested === "auto" &&
      candidates > least &&
      prefilterMs(scope.coded.scannedRows, 2 * candidates, parts.store) > exactMs / 2
    ) {
      parts.exact.begin(query, wanted);
      parts.exact.scan(scope.slots);
      return { found: parts.exact.take(), plan: { kind: "exact" }, note: note ?? "codes tell too little apart here" };
    }
    const { found, slots } = look(parts, query, request, { positions, candidates, probing: undefined, results });
    const places = placesOf(found, slots, parts.store);
    if (candidates === rows || isDeepEnough(places, candidates, { recall, share: 1 / 4 })) {
      const oversampling = candidates / wanted;
      const all = plan.kind === "ivf" && note === undefined;
      const took: Plan = all ? { kind: "ivf", probes: plan.probes, oversampling } : { kind: "prefilter", oversampling };
      return { found: first(wanted, found), plan: took, ...noted };
    }
    candidates = Math.max(2 * candidates, (1 - recall) * results < 1 ? 4 * (places.at(-1) ?? 0) : 0);
  }
}

/** One scan of codes and the exact scores of those of its candidates that are allowed; rows without a code are scored too. */
function look(
  { exact, scan, codes, poolFor }: Parts,
  query: Float32Array,
  { scope, plan }: Request,
  {
    positions,
    candidates,
    probing,
    results,
  }: { positions: RowBitmap; candidates: number; probing: Probing | undefined; results: number },
): { slots: Uint32Array; found: Found } {
  const scannedRows = probing && plan.kind === "ivf" ? plan.probes * 32 : scope.coded.scannedRows;
  // A caller may ask for more candidates than there are rows.
  const count = Math.max(1, Math.min(candidates, codes.end));
  const slots = scan.best(codes, query, { positions, count, probing, pool: poolFor(scannedRows) });
  exact.begin(query, results);
  exact.offer(positions === scope.coded.positions ? slots : slots.filter((slot) => scope.slots.has(slot)));
  if (scope.coded.rows < scope.rows) exact.scan(scope.slots, codes.covered);
  return { slots, found: exact.take() };
}

function probingOf(plan: CodePlan): Probing | undefined {
  if (plan.kind === "prefilter") return undefined;
  return plan.reach === undefined ? { probes: plan.probes } : { reach: plan.reach };
}

/**
 * Whether results at `places` leave none behind the last of the candidates, or few enough. Where none may be missed, a result
 * behind the first `share` of the candidates is a sign of others behind them all; where some may, one in the second half stands for
 * about one.
 */
function isDeepEnough(
  places: readonly number[],
  candidates: number,
  { recall, share }: { recall: number; share: number },
): boolean {
  const spare = Math.floor((1 - recall) * places.length + 1e-9);
  return places.filter((place) => place > candidates * (spare === 0 ? share : 1 / 2)).length <= spare;
}

/** Places from 1 of what was found among the candidates in `slots`, ascending. */
function placesOf({ rows }: Found, slots: Uint32Array, store: VectorStore): number[] {
  const found = new Set(Array.from(rows, (row) => store.slotOf(row)));
  const places: number[] = [];
  for (let i = 0; i < slots.length; i++) if (found.has(slots[i]!)) places.push(i + 1);
  return places;
}

function first(count: number, { rows, scores }: Found): Found {
  return rows.length <= count ? { rows, scores } : { rows: rows.slice(0, count), scores: scores.slice(0, count) };
}
