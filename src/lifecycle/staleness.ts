// Staleness: when a document's content is looked at again. A policy is assigned to each document, and says whether it is due.
// It decides about content only: another model is always a migration, and nothing here ever asks for one.

import { evaluateFilter, type FilterNode } from "../filters/index.js";
import type { Freshness } from "../store/index.js";

export const stalenessPolicies = ["never", "weekly", "daily", "on_change", "on_model_upgrade"] as const;

/**
 * - `never`: not again by itself.
 * - `weekly`, `daily`: its file is read again after so long.
 * - `on_change`: its file is read again as soon as it looks another one.
 * - `on_model_upgrade`: its content is embedded again with another model only, which is a migration.
 *
 * The text of a weekly, daily or on_change document is prepared anew, too, when the text pipeline has another version.
 */
export type StalenessPolicy = (typeof stalenessPolicies)[number];

/** Documents that meet the filter get the policy. */
export type StalenessRule = { filter: FilterNode; policy: StalenessPolicy };

export type Assignment = { policy: StalenessPolicy; why: string };

/** Why a document is due, and by what it is brought up to date: its file, or the text that is stored. */
export type Due = { because: string; source: "file" | "text" };

/** Whether a file is as it was when it was last read. */
export type FileState = "same" | "changed" | "gone";

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;

// What the fields of a document, or a folder that it is in, call it.
const KIND_FIELDS = ["type", "kind", "category", "genre"];
const POLICY_OF_KIND = new Map<string, StalenessPolicy>([
  ...["paper", "papers", "book", "books", "thesis", "theses", "publication", "publications"].map(
    (kind) => [kind, "never"] as const,
  ),
  ...["news", "post", "posts", "_posts", "blog", "blogs"].map((kind) => [kind, "daily"] as const),
]);

export function isStalenessPolicy(value: unknown): value is StalenessPolicy {
  return stalenessPolicies.some((policy) => policy === value);
}

/**
 * The policy of a document. The first of these that says anything decides: what came with it (the field `staleness` of a put,
 * or of its metadata), the rules in their order, what it is (papers and books never, news and posts daily), how often it has
 * changed (at least weekly: on_change). All others: weekly.
 */
export function assignPolicy(document: Freshness, rules: readonly StalenessRule[], nowMs: number): Assignment {
  const given = document.staleness ?? document.metadata.staleness;
  if (isStalenessPolicy(given)) return { policy: given, why: "given with the document" };
  const rule = rules.findIndex(({ filter }) => evaluateFilter(filter, document));
  if (rule >= 0) return { policy: rules[rule]!.policy, why: `rule ${rule + 1}` };
  for (const { kind, of } of kindsOf(document)) {
    const policy = POLICY_OF_KIND.get(kind.toLowerCase());
    if (policy !== undefined) return { policy, why: `${of} "${kind}"` };
  }
  const everyMs = (nowMs - document.addedAtMs) / document.changes;
  if (document.changes >= 2 && everyMs <= WEEK_MS) {
    return { policy: "on_change", why: `it changed every ${formatDays(everyMs)} so far` };
  }
  return { policy: "weekly", why: "nothing says otherwise" };
}

/** Whether a document is to be looked at again. Its file is only asked about where that matters. */
export function dueFor(
  document: Freshness,
  policy: StalenessPolicy,
  {
    nowMs,
    pipelineVersion,
    stateOf,
  }: { nowMs: number; pipelineVersion: string; stateOf(document: Freshness): FileState },
): Due | undefined {
  if (policy === "never" || policy === "on_model_upgrade") return undefined;
  const source = document.file === undefined ? "text" : "file";
  if (document.pipeline !== pipelineVersion) {
    return { source, because: `the text pipeline is at ${pipelineVersion}, it was prepared at ${document.pipeline}` };
  }
  // A text that was handed in changes when it is handed in again.
  if (source === "text") return undefined;
  if (policy === "on_change") {
    const state = stateOf(document);
    return state === "same"
      ? undefined
      : { source, because: state === "gone" ? "its file is gone" : "its file has changed" };
  }
  const ageMs = nowMs - document.checkedAtMs;
  if (ageMs < (policy === "daily" ? DAY_MS : WEEK_MS)) return undefined;
  return { source, because: `it was last compared with its file ${formatDays(ageMs)} ago` };
}

function* kindsOf({ path = "", metadata }: Freshness): Generator<{ kind: string; of: string }> {
  for (const field of KIND_FIELDS) {
    for (const kind of [metadata[field] ?? []].flat()) {
      if (typeof kind === "string") yield { kind, of: `its ${field} is` };
    }
  }
  // The folder nearest to the document says most.
  const folders = path.split("/").slice(0, -1);
  for (const kind of folders.reverse()) yield { kind, of: "it is in a folder" };
}

function formatDays(ms: number): string {
  const days = ms / DAY_MS;
  if (days < 1.5) return days < 1 ? `${Math.max(1, Math.round(days * 24))} hours` : "day";
  return `${days < 9.5 ? Math.round(days * 10) / 10 : Math.round(days)} days`;
}
