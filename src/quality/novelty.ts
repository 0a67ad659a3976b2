// Whether texts speak of something else: how many of their words the baseline does not know. It tells a batch of another
// domain from one whose texts were only prepared differently, which moves its vectors as well.

import { compareRanks, type RankComparison } from "./rank-test.js";
import { withoutMarkup } from "./text-profile.js";

/**
 * Compares the shares of unknown words: every other baseline text makes up the vocabulary, the remaining ones show how many words
 * an honest text has that it lacks, and the batch is held against them. `auc` is the chance that a text of the batch
 * has a larger share than one of the baseline: 0.5 for the same domain, near 1 for another.
 */
export function lexicalNovelty(baseline: readonly string[], batch: readonly string[]): RankComparison {
  const known = new Set<string>();
  for (let i = 0; i < baseline.length; i += 2) for (const word of wordsOf(baseline[i]!)) known.add(word);
  const honest = baseline.filter((_, i) => i % 2 === 1);
  const shares = (texts: readonly string[]) => texts.flatMap((text) => unknownShare(text, known));
  return compareRanks(shares(honest), shares(batch));
}

function unknownShare(text: string, known: ReadonlySet<string>): number[] {
  const words = wordsOf(text);
  if (words.length < 5) return [];
  return [words.filter((word) => !known.has(word)).length / words.length];
}

// Words of three letters and more, marks and case aside.
function wordsOf(text: string): string[] {
  return (
    withoutMarkup(text)
      .normalize("NFKC")
      .toLowerCase()
      .match(/\p{L}{3,}/gu) ?? []
  );
}
