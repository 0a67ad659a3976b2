// The words of an index: those that begin with given letters, and those that are spelled nearly like a given word. Words
// are as people type them, folded but not stemmed: a typo in "rotation" is far from its stem "rotat".

import { similarStrings } from "./edit-distance.js";
import { foldWord } from "./fold-word.js";
import type { Segment } from "./segment.js";

export type VocabularyWord = {
  /** Folded. */
  word: string;
  /** What the index knows it as. */
  term: string;
  /** Live rows that have the term. */
  rows: number;
  /** How often the word occurs; what deleted rows had counts until their segment is rewritten. */
  occurrences: number;
};

export type SimilarWord = VocabularyWord & { /** Edits from the word that was asked for. */ distance: number };

export type VocabularyOptions = {
  /** Most words to return. Default 10. */
  limit?: number;
  /** Words whose term it turns down are left out. Default: all are wanted. */
  accepts?: (term: string) => boolean;
};

type Found = { segment: Segment; index: number; occurrences: number; distance: number };

export class Vocabulary {
  readonly #segments: readonly Segment[];
  readonly #documentFrequency: (term: string) => number;

  constructor(segments: readonly Segment[], documentFrequency: (term: string) => number) {
    this.#segments = segments;
    this.#documentFrequency = documentFrequency;
  }

  /** The word, if a live row has it. */
  find(word: string): VocabularyWord | undefined {
    const folded = foldWord(word);
    return this.startingWith(folded, { limit: 1, exact: true })[0];
  }

  /** Words that begin with `prefix`, most frequent first, ties by code point. `exact`: only the word itself. */
  startingWith(
    prefix: string,
    { exact = false, ...options }: VocabularyOptions & { exact?: boolean } = {},
  ): VocabularyWord[] {
    const key = Buffer.from(foldWord(prefix));
    const found = new Map<string, Found>();
    for (const segment of this.#segments) {
      const cursor = segment.words.seek(key);
      for (let more = cursor.index < segment.words.count; more; more = cursor.next()) {
        if (cursor.length < key.length || key.compare(cursor.bytes, 0, key.length) !== 0) break;
        if (exact && cursor.length !== key.length) break;
        note(found, cursor.string(), segment, cursor.index, 0);
      }
    }
    return this.#best(found, options).map(({ distance: _, ...word }) => word);
  }

  /**
   * Words at most `distance` edits from `word`, nearest first, then most frequent, ties by code point; the word itself
   * among them where the index has it. `distance`: 1 or 2, default 2.
   */
  similarTo(word: string, { distance = 2, ...options }: VocabularyOptions & { distance?: 1 | 2 } = {}): SimilarWord[] {
    const found = new Map<string, Found>();
    for (const segment of this.#segments) {
      for (const similar of similarStrings(segment.words, foldWord(word), distance)) {
        note(found, similar.string, segment, similar.index, similar.distance);
      }
    }
    return this.#best(found, options);
  }

  #best(found: ReadonlyMap<string, Found>, { limit = 10, accepts = () => true }: VocabularyOptions): SimilarWord[] {
    const sorted = [...found].sort(
      ([aWord, a], [bWord, b]) =>
        a.distance - b.distance ||
        b.occurrences - a.occurrences ||
        Buffer.compare(Buffer.from(aWord), Buffer.from(bWord)),
    );
    const best: SimilarWord[] = [];
    for (const [word, { segment, index, occurrences, distance }] of sorted) {
      if (best.length === limit) break;
      const term = segment.terms.at(segment.wordTerms[index]!);
      const rows = this.#documentFrequency(term);
      if (rows > 0 && accepts(term)) best.push({ word, term, rows, occurrences, distance });
    }
    return best;
  }
}

function note(found: Map<string, Found>, word: string, segment: Segment, index: number, distance: number): void {
  const known = found.get(word);
  const occurrences = segment.wordOccurrences[index]!;
  if (known) known.occurrences += occurrences;
  else found.set(word, { segment, index, occurrences, distance });
}
