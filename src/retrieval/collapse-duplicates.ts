// Collapse of duplicates: of documents with the same text, or nearly so, the one that ranks best stands for the others.

import { NEAR_DUPLICATE_THRESHOLD, NearDuplicates } from "../documents/index.js";
import type { Print } from "../store/index.js";

export type WithDuplicates<T> = T & {
  /** Keys of the documents that it stands for, in the order of the ranking. */
  duplicateKeys: number[];
};

/** `ranking` without those documents that an earlier one is a duplicate of. A document without a print stays. */
export function collapseDuplicates<T extends { documentKey: number }>(
  ranking: readonly T[],
  prints: readonly Print[],
): WithDuplicates<T>[] {
  const printOf = new Map(prints.map((print) => [print.documentKey, print]));
  const kept: WithDuplicates<T>[] = [];
  const byHash = new Map<string, WithDuplicates<T>>();
  const near = new NearDuplicates(NEAR_DUPLICATE_THRESHOLD);
  const byItem: WithDuplicates<T>[] = [];
  for (const document of ranking) {
    const print = printOf.get(document.documentKey);
    const original = print && (byHash.get(print.textHash) ?? nearest(print));
    if (original) {
      original.duplicateKeys.push(document.documentKey);
      continue;
    }
    const first = { ...document, duplicateKeys: [] };
    kept.push(first);
    if (!print) continue;
    byHash.set(print.textHash, first);
    if (print.signature) byItem[near.add(print.signature)] = first;
  }
  return kept;

  function nearest({ signature }: Print): WithDuplicates<T> | undefined {
    if (!signature) return undefined;
    const [best] = near.similarTo(signature).sort((a, b) => b.similarity - a.similarity || a.item - b.item);
    return best && byItem[best.item];
  }
}
