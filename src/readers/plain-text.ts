// Plain text: nothing but the text, and a title from its first line.

import { normalise, normaliseLine } from "../documents/index.js";
import type { ReadText } from "./parsed-document.js";

const longestTitle = 120;

export function readPlainText(text: string): ReadText {
  const normalised = normalise(text);
  return { text: normalised, headings: [], codeBlocks: [], metadata: {}, title: titleOf(normalised), notices: [] };
}

/**
 * The first line that has words, unless it is longer than a title (120 characters); the directives and comments of
 * reStructuredText ("..") are no titles. `text` is normalised.
 */
export function titleOf(text: string): string | undefined {
  const line = /^(?!\.\. ).*[\p{L}\p{N}].*$/mu.exec(text.slice(0, 10_000))?.[0];
  if (line === undefined) return undefined;
  const title = normaliseLine(line);
  return title.length <= longestTitle ? title : undefined;
}
