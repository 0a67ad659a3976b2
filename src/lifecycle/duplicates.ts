// Duplicates of a library: documents with the same text, and documents whose texts are nearly the same.

import { groupNearDuplicates, type Signature, similarityOf } from "../documents/index.js";
import type { DocumentSummary, Print } from "../store/index.js";

export type DuplicateQuery = {
  /** Groups of one text only, groups of several texts only, or both. Default "all". */
  kind?: "all" | "exact" | "near";
  /** Default 0.85. */
  threshold?: number;
  offset?: number;
  limit?: number;
};

export type DuplicateGroup = {
  /** "exact": all have the same text. */
  kind: "exact" | "near";
  /** The first is the one that was added first; `similarity` is to it, 0..1, estimated unless it is 1. */
  documents: (DocumentSummary & { similarity: number })[];
};

export type DuplicatePage = {
  groups: DuplicateGroup[];
  /** Groups in all, and documents in them that another one stands before. */
  total: number;
  surplus: number;
  offset: number;
  limit: number;
};

export type FoundGroup = { kind: "exact" | "near"; keys: number[]; similarities: number[] };

/** Groups of two documents or more, the largest first. `prints` in the order in which documents were added. */
export function findDuplicates(
  prints: readonly Print[],
  { kind, threshold }: { kind: "all" | "exact" | "near"; threshold: number },
): FoundGroup[] {
  const groupOf = kind === "exact" ? byText(prints) : byNearness(prints, threshold);
  const members = new Map<number, Print[]>();
  prints.forEach((print, i) => {
    const group = members.get(groupOf[i]!);
    if (group) group.push(print);
    else members.set(groupOf[i]!, [print]);
  });
  return [...members.values()]
    .filter((group) => group.length > 1)
    .map(foundGroup)
    .filter((group) => kind === "all" || group.kind === kind)
    .sort((a, b) => b.keys.length - a.keys.length || a.keys[0]! - b.keys[0]!);
}

function byText(prints: readonly Print[]): ArrayLike<number> {
  const first = new Map<string, number>();
  return prints.map(({ textHash }, i) => {
    const known = first.get(textHash) ?? i;
    first.set(textHash, known);
    return known;
  });
}

// Equal texts have equal signatures; texts without a word have none and are alike only where they are equal.
function byNearness(prints: readonly Print[], threshold: number): ArrayLike<number> {
  const groups = Array.from(byText(prints));
  const signed: number[] = [];
  const signatures: Signature[] = [];
  prints.forEach(({ signature }, i) => {
    if (signature === undefined) return;
    signed.push(i);
    signatures.push(signature);
  });
  groupNearDuplicates(signatures, threshold).forEach((first, n) => {
    groups[signed[n]!] = signed[first]!;
  });
  return groups;
}

function foundGroup(group: readonly Print[]): FoundGroup {
  const [first] = group as readonly [Print, ...Print[]];
  const similarities = group.map(({ textHash, signature }) =>
    textHash === first.textHash || !signature || !first.signature ? 1 : similarityOf(first.signature, signature),
  );
  const isExact = group.every(({ textHash }) => textHash === first.textHash);
  return { kind: isExact ? "exact" : "near", keys: group.map(({ documentKey }) => documentKey), similarities };
}
