// The words that a snippet marks, and where they stand in another text: so that the open document shows the same words.
import type { Highlight } from "../api/search.js";

export function matchedWords(snippet: { text: string; highlights: readonly Highlight[] }): string[] {
  const words = snippet.highlights.map(([start, end]) => snippet.text.slice(start, end).toLowerCase().trim());
  return [...new Set(words.filter((word) => word !== ""))];
}

/** Whole words only: "key" is not marked inside "monkey". */
export function findWords(text: string, words: readonly string[]): Highlight[] {
  if (words.length === 0) return [];
  const choices = [...words].sort((a, b) => b.length - a.length).map(escapePattern);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${choices.join("|")})(?![\\p{L}\\p{N}_])`, "giu");
  return [...text.matchAll(pattern)].map((match): Highlight => [match.index, match.index + match[0].length]);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
