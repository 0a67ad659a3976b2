// Which documents of a library are due, and what brings them up to date.

import { statSync } from "node:fs";
import { pipelineVersion } from "../documents/index.js";
import { type Filter, parseFilter } from "../filters/index.js";
import type { Freshness } from "../store/index.js";
import { assignPolicy, dueFor, type FileState, type StalenessPolicy } from "./staleness.js";

export type StaleRules = {
  /** The first rule whose filter a document meets decides. */
  rules: readonly { filter: Filter; policy: StalenessPolicy }[];
  nowMs: number;
};

export type StaleDocument = {
  id: string;
  title: string;
  policy: StalenessPolicy;
  /** Why it has this policy. */
  why: string;
  /** Why it is due; missing where it is not. */
  because?: string;
  /** When its content was last compared with where it comes from, ISO 8601. */
  checkedAt: string;
  /** How long ago that is. */
  ageMs: number;
};

export type StalePage = { documents: StaleDocument[]; total: number; offset: number; limit: number };

export type StaleWork = {
  /** Documents that are due. */
  due: number;
  /** Their files, and those of them that are not there any more. */
  files: string[];
  gone: string[];
  /** Ids of documents whose stored text is to be prepared anew. */
  texts: string[];
};

export function listStale(
  documents: Iterable<Freshness>,
  rules: StaleRules,
  { all, offset, limit }: { all: boolean; offset: number; limit: number },
): StalePage {
  const page: StaleDocument[] = [];
  let total = 0;
  for (const { document, policy, why, due } of judged(documents, rules)) {
    if (!due && !all) continue;
    if (total >= offset && page.length < limit) {
      const { id, title, checkedAtMs } = document;
      const because = due ? { because: due.because } : {};
      const checkedAt = new Date(checkedAtMs).toISOString();
      page.push({ id, title, policy, why, ...because, checkedAt, ageMs: Math.max(0, rules.nowMs - checkedAtMs) });
    }
    total++;
  }
  return { documents: page, total, offset, limit };
}

export function staleWork(documents: Iterable<Freshness>, rules: StaleRules): StaleWork {
  const files = new Set<string>();
  const gone = new Set<string>();
  const texts: string[] = [];
  let due = 0;
  for (const { document, due: found } of judged(documents, rules)) {
    if (!found) continue;
    due++;
    if (found.source === "text") texts.push(document.id);
    else if (stateOf(document) === "gone") gone.add(document.file!.path);
    else files.add(document.file!.path);
  }
  return { due, files: [...files], gone: [...gone], texts };
}

function* judged(documents: Iterable<Freshness>, { rules, nowMs }: StaleRules) {
  const parsed = rules.map(({ filter, policy }) => ({ filter: parseFilter(filter), policy }));
  for (const document of documents) {
    const { policy, why } = assignPolicy(document, parsed, nowMs);
    yield { document, policy, why, due: dueFor(document, policy, { nowMs, pipelineVersion, stateOf }) };
  }
}

function stateOf({ file }: Freshness): FileState {
  if (file === undefined) return "same";
  try {
    const found = statSync(file.path, { throwIfNoEntry: false });
    if (found === undefined) return "gone";
    return found.size === file.sizeBytes && Math.trunc(found.mtimeMs) === file.modifiedAtMs ? "same" : "changed";
  } catch {
    // Reading it will say why.
    return "changed";
  }
}
