// Folding: spellings of a word that differ in case, in diacritics or in compatibility forms become one.

const ASCII = /^[\0-\x7f]*$/;
// Combining Diacritical Marks only: the vowel signs of Indic scripts and the voicing marks of Japanese tell words apart.
const DIACRITICS = /[\u0300-\u036f]+/g;
const IGNORED = /\u00ad|\u200c|\u200d|\u2060/g;
const NOT_OF_WORDS = /[^\p{L}\p{N}\p{M}\p{Co}]/u;

/** A word (or word part) in lower case, compatibility decomposed, without diacritics, composed again. Idempotent. */
export function foldWord(word: string): string {
  const lower = word.toLowerCase();
  if (ASCII.test(lower)) return lower;
  const plain = lower.replace(IGNORED, "");
  // Capitals hide in compatibility forms; ½ would become three characters of which one separates words.
  const wide = plain.normalize("NFKD").toLowerCase();
  const decomposed = NOT_OF_WORDS.test(wide) ? plain.normalize("NFD") : wide;
  return decomposed.replace(DIACRITICS, "").replaceAll("ß", "ss").replaceAll("ς", "σ").normalize("NFC");
}
