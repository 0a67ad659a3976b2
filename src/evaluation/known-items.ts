// A judged set from nothing: queries that are known to ask for one document, because they come from it: its title, its headings,
// questions in its text, and what other documents call it where they link to it (known-item search; Azzopardi, de Rijke &
// Balog, SIGIR 2007, and for anchor texts Craswell, Hawking & Robertson, SIGIR 2001).
//
// What it is good for is comparing models and settings on one's own documents. Figures are higher than people's queries would
// give, most of all for lexical search: titles, headings and questions stand in their document word for word. Links do not.

import { splitmix32 } from "../splitmix32.js";
import type { BeirQuery } from "./beir.js";
import { nearIdenticalPairs, wordSet } from "./near-identical.js";
import { shuffled } from "./random.js";
import type { Qrels } from "./summary.js";

export type KnownItemSource = {
  id: string;
  title: string;
  text: string;
  headings?: readonly { title: string }[];
  /** What the document calls others, and their ids. */
  links?: readonly { text: string; target: string }[];
};

/** Where a query comes from, from the most telling to the least: of two alike from one document the first kind stays. */
export const knownItemKinds = ["title", "link", "question", "heading"] as const;
export type KnownItemKind = (typeof knownItemKinds)[number];

export type KnownItem = BeirQuery & { kind: KnownItemKind; document: string; split: "dev" | "test" };

export type KnownItemOptions = {
  /** Default: all. */
  kinds?: readonly KnownItemKind[];
  /** Default 500. Which ones are taken is drawn by the seed. */
  maxQueries?: number;
  /** Default 3, so that one long document does not outweigh many short ones. */
  maxPerDocument?: number;
  /** Share of the documents whose queries are for choosing settings; the rest are for reporting. Default 0.5. */
  devShare?: number;
  /** Default 1. */
  seed?: number;
};

export type KnownItemSet = {
  items: KnownItem[];
  /** Queries of one split and their judgements. A document's queries are all in one split. */
  of(split: KnownItem["split"]): { queries: BeirQuery[]; qrels: Qrels };
  /** Candidates that were left out, by reason. */
  dropped: { tooShortOrLong: number; ambiguous: number; repeated: number; beyondLimits: number };
};

const fewestWords: Readonly<Record<KnownItemKind, number>> = { title: 2, link: 2, question: 4, heading: 2 };
const mostWords = 25;
/** Above this share of common words two queries ask the same. */
const sameQuery = 0.8;

type Candidate = { text: string; kind: KnownItemKind; document: string };

export function makeKnownItems(
  documents: readonly KnownItemSource[],
  { kinds = knownItemKinds, maxQueries = 500, maxPerDocument = 3, devShare = 0.5, seed = 1 }: KnownItemOptions = {},
): KnownItemSet {
  const dropped = { tooShortOrLong: 0, ambiguous: 0, repeated: 0, beyondLimits: 0 };
  const all = candidatesOf(documents).filter(({ kind }) => kinds.includes(kind));
  const sized = all.filter(({ text, kind }) => {
    const words = wordSet(text).size;
    return words >= fewestWords[kind] && words <= mostWords;
  });
  dropped.tooShortOrLong = all.length - sized.length;
  const distinct = withoutLookAlikes(sized, dropped);
  const perDocument = new Map<string, number>();
  const chosen = shuffled(distinct, seed).filter(({ document }) => {
    const count = perDocument.get(document) ?? 0;
    perDocument.set(document, count + 1);
    return count < maxPerDocument;
  });
  const items = chosen.slice(0, maxQueries).map(
    (candidate, i): KnownItem => ({
      id: `${candidate.kind}-${i + 1}`,
      ...candidate,
      split: placeOf(candidate.document, seed) < devShare ? "dev" : "test",
    }),
  );
  dropped.beyondLimits = distinct.length - items.length;
  return {
    items,
    dropped,
    of(split) {
      const own = items.filter((item) => item.split === split);
      return {
        queries: own.map(({ id, text }) => ({ id, text })),
        qrels: new Map(own.map(({ id, document }) => [id, new Map([[document, 1]])])),
      };
    },
  };
}

function candidatesOf(documents: readonly KnownItemSource[]): Candidate[] {
  const known = new Set(documents.map(({ id }) => id));
  const candidates = documents.flatMap(({ id, title, text, headings = [], links = [] }): Candidate[] => [
    { text: title, kind: "title", document: id },
    ...headings.map((heading) => ({ text: heading.title, kind: "heading" as const, document: id })),
    ...questionsIn(text).map((question) => ({ text: question, kind: "question" as const, document: id })),
    ...links
      .filter(({ target }) => target !== id && known.has(target))
      .map((link) => ({ text: link.text, kind: "link" as const, document: link.target })),
  ]);
  const rank = ({ kind }: Candidate) => knownItemKinds.indexOf(kind);
  return candidates
    .map((candidate) => ({ ...candidate, text: candidate.text.replace(/\s+/g, " ").trim() }))
    .filter(({ text }) => text !== "")
    .sort((a, b) => rank(a) - rank(b));
}

function questionsIn(text: string): string[] {
  // From the end of a sentence or a line to a question mark, without signs that only code has.
  const questions = /(?:^|[.!?:;\n])\s*([^.!?:;\n]{10,200}\?)(?=\s|$)/g;
  return Array.from(text.matchAll(questions), ([, question]) => question!).filter(
    (question) => !/[{}[\]<>=|\\]|\/\*|&&/.test(question),
  );
}

// A query that two documents answer is no known item, so all that look like it go; of those from one document the first stays.
function withoutLookAlikes(candidates: readonly Candidate[], dropped: KnownItemSet["dropped"]): Candidate[] {
  const ambiguous = new Set<number>();
  const repeated = new Set<number>();
  const pairs = nearIdenticalPairs(
    candidates.map(({ text }) => wordSet(text)),
    sameQuery,
  );
  for (const [i, j] of pairs) {
    if (candidates[i]!.document === candidates[j]!.document) repeated.add(j);
    else {
      ambiguous.add(i);
      ambiguous.add(j);
    }
  }
  dropped.ambiguous = ambiguous.size;
  dropped.repeated = [...repeated].filter((i) => !ambiguous.has(i)).length;
  return candidates.filter((_, i) => !ambiguous.has(i) && !repeated.has(i));
}

/** A number in [0, 1) that depends on the document and the seed alone, so that more documents move none to the other split. */
function placeOf(document: string, seed: number): number {
  // FNV-1a over UTF-16 code units, then mixed: its high bits alone are poor for short ids.
  let hash = 0x811c9dc5;
  for (let i = 0; i < document.length; i++) hash = Math.imul(hash ^ document.charCodeAt(i), 0x01000193);
  return splitmix32(hash ^ Math.imul(seed, 0x9e3779b1)).next() / 2 ** 32;
}
