// Stemmers by language. A stemmer sees folded words and is part of the analyser's version.

import { stemmer as porter } from "stemmer";
import { LodestoneError } from "../errors.js";

/** Takes a folded word to the form that it shares with its inflections. `name` changes whenever an answer changes. */
export type Stemmer = { readonly name: string; stem(word: string): string };

// Porter's rules need a vowel and a suffix; longer ones than this are no words, and its patterns are quadratic.
const SHORTEST = 3;
const LONGEST = 64;

/** M. F. Porter, "An algorithm for suffix stripping", 1980. */
export const englishStemmer: Stemmer = {
  name: "porter",
  stem: (word) => (word.length < SHORTEST || word.length > LONGEST ? word : porter(word)),
};

/** Every word stands for itself. */
export const noStemmer: Stemmer = { name: "none", stem: (word) => word };

const stemmers: Readonly<Record<string, Stemmer>> = { en: englishStemmer, none: noStemmer };

/** The stemmer of a language by its ISO 639-1 code, or "none". Throws INVALID_INPUT where there is none. */
export function stemmerOf(language: string): Stemmer {
  const found = Object.hasOwn(stemmers, language) ? stemmers[language] : undefined;
  if (found) return found;
  throw new LodestoneError(
    "INVALID_INPUT",
    `There is no stemmer for the language "${language}"; there is one for ${Object.keys(stemmers).join(", ")}.`,
    { detail: { language } },
  );
}
