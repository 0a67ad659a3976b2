// The words of a paragraph whose marks are of the simplest kind: `code`, [links](address), *emphasis* and **strong** set
// off by spaces. These make up most marks of most texts, and need no parser. Where anything is in doubt the answer is
// undefined, and the parser decides; the tests hold both together.

const mark = /[\\`*_[\]<~]|&(?=[#\w])/;
const codeSpan = /`([^`]+)`/g;
const link = /(?<![!\]])\[([^\\`*_[\]<~&^\s][^\\`*_[\]<~&]*)\]\(([^\s()<>\\`"'[\]]*)\)/g;
const reference = /(?<![!\]])\[([^\\`*_[\]<~&^\s][^\\`*_[\]<~&]*)\](?:\[([^\\`*[\]<~&^\n]*)\])?(?![[(:])/g;
const emphasis = /(?<=^|\s)(\*\*?|__?)(?=[^\s*_])([^\\`*_[\]<~&]*[^\\`*_[\]<~&\s])\1(?=$|[\s.,:;!?)])/g;
const underscoreInWord = /(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}])/gu;
// Stand for code spans and for underscores that are only that, while marks are looked for.
const codeSign = "\ue001";
const underscoreSign = "\ue002";
const signs = /[\ue000-\ue002]/;

/**
 * The text of a paragraph of Markdown without its marks, or undefined where that takes a parser. `labels` has those of link
 * definitions, as `labelKey` makes them.
 */
export function plainInline(source: string, labels: { has(label: string): boolean }): string | undefined {
  if (!mark.test(source)) return source;
  if (signs.test(source) || source.includes("``")) return undefined;
  const codes: string[] = [];
  const text = source
    .replace(codeSpan, (_span, code: string) => {
      codes.push(withoutPadding(code));
      return codeSign;
    })
    .replace(link, "$1")
    .replace(reference, (whole, words: string, label?: string) => {
      const key = label || words;
      return !key.includes(codeSign) && labels.has(labelKey(key)) ? words : whole;
    })
    .replace(emphasis, "$2")
    .replace(underscoreInWord, underscoreSign);
  if (mark.test(text)) return undefined;
  let next = 0;
  return text.replaceAll(underscoreSign, "_").replaceAll(codeSign, () => codes[next++] ?? "");
}

/** Labels of links match without regard to case and to the amount of white space. */
export function labelKey(label: string): string {
  return label.replace(/\s+/g, " ").trim().toLowerCase();
}

/** CommonMark takes one space off both ends of a code span that has more than spaces in it. */
function withoutPadding(code: string): string {
  const line = code.replaceAll("\n", " ");
  return /^ .*[^ ].* $/.test(line) ? line.slice(1, -1) : line;
}
