// The passage of a chunk: its text with the title and the headings above it, so that a section is found by what it is
// about even where its own words do not say so. The encoder, the full-text index and the reranker all read this text.

import { hash } from "node:crypto";

/** Title, headings and text of a chunk, one line each; a title or heading with which the text itself begins is not repeated. */
export function passageOf(title: string, headingPath: readonly string[], text: string): string {
  const context: string[] = [];
  for (const line of [title, ...headingPath]) {
    if (line !== "" && !context.includes(line) && !text.startsWith(line)) context.push(line);
  }
  return context.length === 0 ? text : `${context.join("\n")}\n${text}`;
}

/** 128-bit identity of a passage: chunks with the same passage share one vector. */
export function passageHash(passage: string): Uint8Array {
  return hash("sha256", passage, "buffer").subarray(0, 16);
}
