// Which part of a long document is laid out: all of a usual one, and of a huge one the surroundings of the passage, since
// megabytes of text would hold up the page. The reader can widen it.
import type { TextRange } from "../api/documents.js";

/** Laying out 300,000 characters takes well under a second on a slow laptop. */
export const comfortableChars = 300_000;

export function readingWindow(textChars: number, passage: TextRange | undefined, widthChars: number): TextRange {
  if (textChars <= widthChars) return { start: 0, end: textChars };
  const middle = passage === undefined ? 0 : Math.floor((passage.start + passage.end) / 2);
  const start = Math.min(Math.max(0, middle - Math.floor(widthChars / 2)), textChars - widthChars);
  return { start, end: start + widthChars };
}
