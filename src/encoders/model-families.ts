// What the authors of well-known bi-encoders publish in their cards only: how to pool, and what to put before a text.
// Used where a folder does not say it itself.

import type { Pooling } from "./manifest.js";

export type ModelFamily = { pattern: RegExp; pooling: Pooling; queryPrefix: string; passagePrefix: string };

const bgeInstruction = "Represent this sentence for searching relevant passages: ";

// The first match counts: the special cases stand before their family.
const families: readonly ModelFamily[] = [
  {
    pattern: /\be5-.*instruct/i,
    pooling: "mean",
    queryPrefix: "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ",
    passagePrefix: "",
  },
  { pattern: /\be5-/i, pooling: "mean", queryPrefix: "query: ", passagePrefix: "passage: " },
  { pattern: /\bbge-m3\b/i, pooling: "cls", queryPrefix: "", passagePrefix: "" },
  {
    pattern: /\bbge-.*zh\b/i,
    pooling: "cls",
    queryPrefix:
      "\u4e3a\u8fd9\u4e2a\u53e5\u5b50\u751f\u6210\u8868\u793a\u4ee5\u7528\u4e8e\u68c0\u7d22\u76f8\u5173\u6587\u7ae0\uff1a",
    passagePrefix: "",
  },
  { pattern: /\b(bge-.*en\b|mxbai-embed-)/i, pooling: "cls", queryPrefix: bgeInstruction, passagePrefix: "" },
  { pattern: /\barctic-embed-.*v2/i, pooling: "cls", queryPrefix: "query: ", passagePrefix: "" },
  { pattern: /\barctic-embed-/i, pooling: "cls", queryPrefix: bgeInstruction, passagePrefix: "" },
  {
    pattern: /\bnomic-embed-text-/i,
    pooling: "mean",
    queryPrefix: "search_query: ",
    passagePrefix: "search_document: ",
  },
  { pattern: /\b(gte-.*v1\.5|gte-modernbert-)/i, pooling: "cls", queryPrefix: "", passagePrefix: "" },
  {
    pattern: /\b(gte-|all-minilm-|all-mpnet-|all-distilroberta-|paraphrase-|multi-qa-|jina-embeddings-v2-)/i,
    pooling: "mean",
    queryPrefix: "",
    passagePrefix: "",
  },
];

/** The family of the first name that belongs to one. */
export function familyOf(names: readonly string[]): ModelFamily | undefined {
  for (const name of names) {
    const family = families.find(({ pattern }) => pattern.test(name));
    if (family) return family;
  }
  return undefined;
}
