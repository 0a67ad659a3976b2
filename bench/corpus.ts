// Text for the benchmarks: real paragraphs found on this machine (documentation and type declarations under
// node_modules, and the evaluation collections where they lie beside the project), recombined by a seeded generator into
// as many documents as a benchmark asks for. The words are real; which paragraphs stand together is not.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../src/package-root.js";

export type BenchDocument = { id: string; title: string; text: string };

const TEXT_FILE = /\.(md|mdx|txt|markdown|d\.ts|d\.mts)$/i;
const MAX_FILE_BYTES = 2_000_000;
const EVALUATION_FOLDER = join(packageRoot, "..", "shared", "data", "eval");

/** Distinct paragraphs of 15 to 200 words, in a fixed order. */
export function collectParagraphs(): string[] {
  const paragraphs = new Set<string>();
  const take = (text: string) => {
    for (const paragraph of text.split(/\n\s*\n/)) {
      const clean = paragraph.replace(/\s+/g, " ").trim();
      const words = clean.split(" ").length;
      if (words >= 15 && words <= 200) paragraphs.add(clean);
    }
  };
  const root = join(packageRoot, "node_modules");
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !TEXT_FILE.test(entry.name)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
    if (text.length <= MAX_FILE_BYTES) take(text);
  }
  for (const collection of existsSync(EVALUATION_FOLDER) ? readdirSync(EVALUATION_FOLDER) : []) {
    const corpus = join(EVALUATION_FOLDER, collection, "corpus.jsonl");
    if (!existsSync(corpus)) continue;
    for (const line of readFileSync(corpus, "utf8").split("\n")) {
      if (line !== "") take((JSON.parse(line) as { text: string }).text);
    }
  }
  return [...paragraphs].sort();
}

/** Documents of about `words` words (150 words are about 200 tokens of the bundled model). */
export function* makeDocuments(
  paragraphs: readonly string[],
  count: number,
  words = 150,
  seed = 1,
): Generator<BenchDocument> {
  const random = mulberry32(seed);
  const pick = () => paragraphs[Math.floor(random() * paragraphs.length)]!;
  for (let n = 0; n < count; n++) {
    const parts: string[] = [];
    let left = words;
    while (left > 0) {
      const part = pick().split(" ").slice(0, Math.max(left, 8));
      parts.push(part.join(" "));
      left -= part.length;
    }
    yield { id: `doc-${n}`, title: `Document ${n}`, text: parts.join("\n\n") };
  }
}

/** Queries of `words` consecutive words of paragraphs, as people paste them. */
export function makeQueries(paragraphs: readonly string[], count: number, words = 8, seed = 2): string[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => {
    const all = paragraphs[Math.floor(random() * paragraphs.length)]!.split(" ");
    const start = Math.floor(random() * Math.max(1, all.length - words));
    return all.slice(start, start + words).join(" ");
  });
}

/** A small seeded generator (Mulberry32): numbers from 0 up to but without 1. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
