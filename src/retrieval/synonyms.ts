// Synonyms: words that a query is searched for as well, or instead. The file has Solr's format, which Elasticsearch reads too:
//
//   # a comment
//   car, automobile, motor car        each stands for the others
//   tv, telly => television           what is left becomes what is right
//   heart attack => myocardial infarction^0.8, heart attack
//
// Entries may have several words. `^0.8` weighs one against a word of the query; without it `weight` holds, and 1 for what
// replaces. A backslash takes the meaning from the character after it.

import { LodestoneError } from "../errors.js";
import { type Analyser, foldWord } from "../lexical/index.js";
import type { LexicalTerm } from "../store/index.js";
import { queryTerms } from "./query-terms.js";
import { stemOf } from "./word-match.js";

type Expansion = { words: string[]; weight: number };

export type SynonymRule = {
  /** Stems of what must stand in the query, one after the other. */
  from: string[];
  to: Expansion[];
  /** Whether what stands in the query counts no more. */
  replaces: boolean;
};

const DEFAULT_WEIGHT = 0.5;
const MAX_ENTRY_WORDS = 8;
const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;

/**
 * Reads a file's text. `weight`: what a synonym counts against a word of the query, 0..1; 0.5 unless told. Throws INVALID_INPUT
 * naming `path` and the line.
 */
export function parseSynonyms(text: string, path: string, weight = DEFAULT_WEIGHT): SynonymRule[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    const refuse = (problem: string): never => {
      throw new LodestoneError("INVALID_INPUT", `${path}, line ${i + 1}: ${problem}`, {
        detail: { path, line: i + 1 },
      });
    };
    return parseLine(line.replace(/^\uFEFF/, ""), weight, refuse);
  });
}

function parseLine(line: string, weight: number, refuse: (problem: string) => never): SynonymRule[] {
  if (line.trim() === "" || line.trimStart().startsWith("#")) return [];
  const sides = splitAt(line, "=>");
  if (sides.length > 2) refuse('expected one "=>" at most.');
  const entriesOf = (side: string) => splitAt(side, ",").map((entry) => parseEntry(entry, refuse));
  const [left = [], right] = sides.map(entriesOf);
  if (right) {
    const to = right.map(({ words, weight: own }) => ({ words, weight: own ?? 1 }));
    if (left.some((entry) => entry.weight !== undefined)) refuse('a weight stands right of "=>" only.');
    return left.map(({ words }) => ({ from: words.map(stemOf), to, replaces: true }));
  }
  if (left.length < 2) refuse('expected several words with commas between them, or "from => to".');
  return left.map(({ words }, i) => ({
    from: words.map(stemOf),
    to: left.filter((_, other) => other !== i).map((entry) => ({ words: entry.words, weight: entry.weight ?? weight })),
    replaces: false,
  }));
}

function parseEntry(
  entry: string,
  refuse: (problem: string) => never,
): { words: string[]; weight: number | undefined } {
  const [, text = "", digits] = /^(.*?)(?:\^\s*([\d.]+)\s*)?$/s.exec(entry) ?? [];
  const weight = digits === undefined ? undefined : Number(digits);
  if (weight !== undefined && !(weight > 0 && weight <= 10))
    refuse(`the weight ^${digits} is not above 0 and at most 10.`);
  const words = text.replace(/\\(.)/gs, "$1").toLowerCase().normalize("NFC").match(WORD) ?? [];
  if (words.length === 0) refuse(`expected a word, found ${JSON.stringify(entry.trim())}.`);
  if (words.length > MAX_ENTRY_WORDS) refuse(`${words.length} words in one entry; ${MAX_ENTRY_WORDS} at most.`);
  return { words, weight };
}

/** Parts of a line between separators that no backslash stands before. */
function splitAt(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text.startsWith(separator, i)) {
      parts.push(text.slice(start, i));
      i += separator.length - 1;
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}

export class Synonyms {
  readonly #byFirst = new Map<string, SynonymRule[]>();

  constructor(rules: readonly SynonymRule[]) {
    for (const rule of rules) {
      const known = this.#byFirst.get(rule.from[0]!);
      if (known) known.push(rule);
      else this.#byFirst.set(rule.from[0]!, [rule]);
    }
  }

  /** The terms of a query with those of its synonyms. Where several entries begin at a word, the longest holds. */
  termsOf(analyser: Analyser, query: string): LexicalTerm[] {
    const terms = queryTerms(analyser, query);
    if (this.#byFirst.size === 0) return terms;
    const words = query.normalize("NFC").toLowerCase().match(WORD) ?? [];
    const stems = words.map(stemOf);
    const known = new Map(terms.map((term) => [term.word, term]));
    const add = (term: LexicalTerm, weight: number) =>
      known.set(term.word, { ...term, weight: (known.get(term.word)?.weight ?? 0) + weight });
    for (let at = 0; at < stems.length; ) {
      const rules = this.#longestAt(stems, at);
      const length = rules[0]?.from.length ?? 1;
      if (rules.some(({ replaces }) => replaces)) {
        for (const word of words.slice(at, at + length)) {
          const replaced = known.get(foldWord(word));
          if (replaced) add(replaced, -1);
        }
      }
      for (const { to } of rules) {
        // An entry of several words counts as much as one of a single word: what was one thing in the query stays one.
        for (const { words: synonym, weight } of to) {
          for (const term of queryTerms(analyser, synonym.join(" ")))
            add(term, (weight * term.weight * length) / synonym.length);
        }
      }
      at += length;
    }
    return [...known.values()].filter(({ weight }) => weight > 1e-9);
  }

  #longestAt(stems: readonly string[], at: number): SynonymRule[] {
    const fitting = (this.#byFirst.get(stems[at]!) ?? []).filter(({ from }) =>
      from.every((stem, i) => stems[at + i] === stem),
    );
    const longest = Math.max(0, ...fitting.map(({ from }) => from.length));
    return fitting.filter(({ from }) => from.length === longest);
  }
}
