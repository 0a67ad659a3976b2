// npm run bench:duplicates [-- --documents 4000] [-- --json]
// Near-duplicates: what a signature costs, and how well duplicates are found in a planted set. Documents are recombined real
// paragraphs; to every second one a revised copy is planted, with more or fewer words changed, left out and put in. What
// counts as a near-duplicate is decided by the exact Jaccard similarity of runs of five words.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { groupNearDuplicates, openSigner, type Signature, similarityOf } from "../src/documents/index.js";
import { openEngine } from "../src/index.js";
import { collectParagraphs, makeDocuments, mulberry32 } from "./corpus.js";
import { Figures } from "./figures.js";

const { values } = parseArgs({
  options: { documents: { type: "string", default: "4000" }, json: { type: "boolean" } },
});
const THRESHOLD = 0.85;
const figures = new Figures(3);
const note = figures.note.bind(figures);

const paragraphs = collectParagraphs();
const random = mulberry32(7);
const originals = [...makeDocuments(paragraphs, Number(values.documents), 150, 11)].map(({ text }) => text);
const vocabulary = paragraphs.slice(0, 500).flatMap((paragraph) => paragraph.split(" "));

/** Changes so many of every hundred words, in runs as people do: a word is replaced, left out, or put in. */
function revised(text: string, percent: number): string {
  const words = text.split(/\s+/);
  const edits = Math.round((words.length * percent) / 100);
  for (let edit = 0; edit < edits; edit++) {
    const at = Math.floor(random() * words.length);
    const word = vocabulary[Math.floor(random() * vocabulary.length)]!;
    const kind = random();
    if (kind < 0.6) words[at] = word;
    else if (kind < 0.8) words.splice(at, 1);
    else words.splice(at, 0, word);
  }
  return words.join(" ");
}

const copies = originals
  .filter((_, i) => i % 2 === 0)
  .map((text, i) => ({ of: i * 2, text: revised(text, (i % 16) / 2) }));
const texts = [...originals, ...copies.map(({ text }) => text)];

const sign = openSigner();
for (const text of texts.slice(0, 500)) sign(text);
const signedAt = performance.now();
const signatures = texts.map((text) => sign(text)!) as Signature[];
const signMs = performance.now() - signedAt;
note("a signature", (signMs * 1000) / texts.length, "us");
note(
  "words of a document, mean",
  texts.reduce((sum, text) => sum + text.split(/\s+/).length, 0) / texts.length,
  "words",
);

const groupedAt = performance.now();
const groups = groupNearDuplicates(signatures, THRESHOLD);
note(`grouping of ${texts.length} documents`, performance.now() - groupedAt, "ms");

const shingleSets = texts.map(shingles);
let [found, wanted, right, errorSum, clearWanted, clearRight, clearWrong, clearOthers] = [0, 0, 0, 0, 0, 0, 0, 0];
for (const [i, { of }] of copies.entries()) {
  const copy = originals.length + i;
  const exact = jaccard(shingleSets[of]!, shingleSets[copy]!);
  const isFound = groups[copy] === groups[of];
  errorSum += Math.abs(similarityOf(signatures[of]!, signatures[copy]!) - exact);
  if (exact >= THRESHOLD) wanted++;
  if (isFound) found++;
  if (isFound && exact >= THRESHOLD) right++;
  if (exact >= 0.92) {
    clearWanted++;
    if (isFound) clearRight++;
  }
  if (exact < 0.78) {
    clearOthers++;
    if (isFound) clearWrong++;
  }
}
// Documents that were not planted must stand alone: recombined paragraphs share some of their text by chance.
const members = new Map<number, number[]>();
for (const [i, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), i]);
const planted = new Map(copies.map(({ of }, i) => [originals.length + i, of]));
let strange = 0;
for (const group of members.values()) {
  for (const item of group.slice(1)) {
    const of = planted.get(item);
    if (of !== undefined && group.includes(of)) continue;
    if (
      !group.some((other) => other !== item && jaccard(shingleSets[item]!, shingleSets[other]!) >= THRESHOLD - 0.05)
    ) {
      strange++;
    }
  }
}
note("planted copies with J >= 0.85", wanted, `of ${copies.length}`);
note("mean error of the estimate", errorSum / copies.length, "");
note("recall at 0.85", right / wanted, "");
note("precision at 0.85", right / found, "");
note("found of those with J >= 0.92", clearRight / clearWanted, "");
note("found of those with J < 0.78", clearWrong / clearOthers, "");
note("documents in a group with nothing near them", strange, "documents");

// What indexing takes beside it, in the same process and minute.
const folder = mkdtempSync(join(tmpdir(), "lodestone-bench-duplicates-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const records = join(folder, "documents.jsonl");
writeFileSync(
  records,
  originals.map((text, i) => JSON.stringify({ id: `d${i}`, title: `Document ${i}`, text })).join("\n"),
);
{
  await using engine = await openEngine({ library: join(folder, "library"), crossEncoder: null });
  const { ms } = await engine.ingestPaths([records]);
  const before = performance.now();
  for (const text of originals) sign(text);
  const share = (performance.now() - before) / ms;
  note("indexing a document", (ms * 1000) / originals.length, "us");
  note("of which signing", share * 100, "%");
  const listedAt = performance.now();
  await engine.duplicates();
  note(`listing duplicates of ${originals.length} documents, first time`, performance.now() - listedAt, "ms");
}

function shingles(text: string): Set<string> {
  const words = text.toLowerCase().match(/[a-z0-9\u0080-\uffff]+/g) ?? [];
  return new Set(words.slice(4).map((_, i) => words.slice(i, i + 5).join(" ")));
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const shingle of a) if (b.has(shingle)) common++;
  return common / Math.max(1, a.size + b.size - common);
}

if (values.json) figures.printJson();
