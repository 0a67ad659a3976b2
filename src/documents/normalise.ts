// The one form in which text is stored, embedded and searched; every offset in the engine counts from it.
// Readers normalise piece by piece and join the pieces with line feeds and spaces. That is safe: neither of the two
// composes with a character (NFC), so two normalised lines joined by a line feed are normalised.

const plainAscii = /^[\t\n -~]*$/;
const lineEnds = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
const controls = /(?![\t\n])\p{Cc}/gu;
const oddSpaces = /(?! )\p{Zs}/gu;
const loneSurrogates = /\p{Cs}/gu;
// Soft hyphen, zero-width space, marks of writing direction, invisible operators, byte order mark, interlinear
// annotation. The joiners U+200C and U+200D stay: words of some scripts and emoji need them.
const invisible = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
// More marks on one letter than any language writes. Sorting them, as NFC must, takes time by the square of their number.
const excessMarks = /(?<=\p{M}{30})\p{M}+/gu;
// The look-behind keeps this linear on long runs of spaces.
const trailingSpace = /(?<![ \t])[ \t]+$/gm;

/**
 * Unicode NFC; line ends as line feeds; odd spaces as spaces; control and invisible characters removed; lone surrogates
 * as U+FFFD; at most 30 combining marks in a row; no space at line ends; at most two blank lines in a row; none at the start and end of the text.
 * Idempotent: `normalise(normalise(text)) === normalise(text)`.
 */
export function normalise(text: string): string {
  return normaliseCharacters(text)
    .replace(trailingSpace, "")
    .replace(/\n{4,}/g, "\n\n\n")
    .replace(/^\n+/, "")
    .trimEnd();
}

/** One line of text: normalised, every run of white space a single space, none at the ends. */
export function normaliseLine(text: string): string {
  return normaliseCharacters(text).replace(/\s+/g, " ").trim();
}

/** The character rules of `normalise` alone: line breaks and spaces are kept where they are. */
export function normaliseCharacters(text: string): string {
  if (plainAscii.test(text)) return text;
  return text
    .replace(lineEnds, "\n")
    .replace(controls, "")
    .replace(invisible, "")
    .replace(oddSpaces, " ")
    .replace(loneSurrogates, "\ufffd")
    .replace(excessMarks, "")
    .normalize("NFC")
    .replace(excessMarks, "");
}
