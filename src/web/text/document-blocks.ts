// A document's text as blocks to lay out: headings, code, and paragraphs cut at empty lines. Every block is a range of the
// text, so a passage given in offsets can be found again in them.
import type { Heading, TextRange } from "../api/documents.js";

export type DocumentBlock =
  | { kind: "heading"; level: number; start: number; end: number }
  | { kind: "code"; start: number; end: number }
  /** `flows`: its line breaks are those of an 80-column file and mean nothing. */
  | { kind: "paragraph"; flows: boolean; start: number; end: number };

export function documentBlocks(
  text: string,
  headings: readonly Heading[] = [],
  codeBlocks: readonly TextRange[] = [],
): DocumentBlock[] {
  const known: DocumentBlock[] = [
    ...codeBlocks.map(({ start, end }): DocumentBlock => ({ kind: "code", start, end })),
    ...headings.map(
      ({ level, start }): DocumentBlock => ({ kind: "heading", level, start, end: lineEnd(text, start) }),
    ),
  ].sort((a, b) => a.start - b.start);
  const blocks: DocumentBlock[] = [];
  let at = 0;
  for (const block of known) {
    // A heading mark inside a code block is a comment of that code.
    if (block.start < at || block.end > text.length || block.start >= block.end) continue;
    blocks.push(...paragraphs(text, at, block.start), block);
    at = block.end;
  }
  return [...blocks, ...paragraphs(text, at, text.length)];
}

function paragraphs(text: string, start: number, end: number): DocumentBlock[] {
  const pattern = /[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*/g;
  return [...text.slice(start, end).matchAll(pattern)].map((match) => ({
    kind: "paragraph",
    flows: isHardWrapped(match[0]),
    start: start + match.index,
    end: start + match.index + match[0].length,
  }));
}

// Prose that was wrapped by hand: all lines but the last are about as long as lines in files are, and none starts like an
// item, a table row, a quotation or an indented line.
function isHardWrapped(paragraph: string): boolean {
  const lines = paragraph.split("\n");
  const isLong = lines.slice(0, -1).every((line) => line.length >= 45 && line.length <= 130);
  return lines.length > 1 && isLong && !lines.some((line) => /^(?:\s|[-*+|>#•]|\d+[.)]\s)/.test(line));
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end === -1 ? text.length : end;
}
