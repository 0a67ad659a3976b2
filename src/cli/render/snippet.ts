// A snippet in lines of a given width, its highlights marked.

import { printable } from "./printable.js";
import type { Style } from "./style.js";
import { displayWidth } from "./width.js";

type Snippet = { text: string; highlights: readonly (readonly [number, number])[] };

/** The lines; one single line where `columns` is undefined. */
export function renderSnippet({ text, highlights }: Snippet, columns: number | undefined, style: Style): string[] {
  const shown = printable(text);
  const words = [...shown.matchAll(/\S+/gu)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
  const lines: (typeof words)[] = [];
  let width = 0;
  for (const word of words) {
    const wordWidth = displayWidth(shown.slice(word.start, word.end));
    const line = lines.at(-1);
    if (line && (columns === undefined || width + 1 + wordWidth <= columns)) {
      line.push(word);
      width += 1 + wordWidth;
    } else {
      lines.push([word]);
      width = wordWidth;
    }
  }
  return lines.map((line) => line.map((word, i) => gapBefore(line, i) + marked(word)).join(""));

  // A highlight that runs over a space marks the space as well.
  function gapBefore(line: typeof words, i: number): string {
    const before = line[i - 1];
    const word = line[i];
    if (!before || !word) return "";
    return highlights.some(([from, to]) => from < before.end && to > word.start) ? style.mark(" ") : " ";
  }

  function marked({ start, end }: { start: number; end: number }): string {
    let dressed = "";
    let at = start;
    for (const [from, to] of highlights) {
      if (to <= at || from >= end) continue;
      dressed += shown.slice(at, Math.max(at, from)) + style.mark(shown.slice(Math.max(at, from), Math.min(end, to)));
      at = Math.min(end, to);
    }
    return dressed + shown.slice(at, end);
  }
}
