// What the stages and modes of a search are called on the page: in the words of someone who searches, not who builds.
import type { SearchMode } from "../api/search.js";

const stageNames = new Map([
  ["embed", "Read the query"],
  ["lexical", "Words"],
  ["dense", "Meaning"],
  ["sparse", "Related words"],
  ["fused", "Fused"],
  ["fuse", "Fuse"],
  ["feedback", "Search again"],
  ["rerank", "Rerank"],
  ["collapse", "Collapse"],
  ["diversify", "Vary"],
  ["facets", "Count values"],
  ["final", "Final"],
]);

export function stageName(stage: string): string {
  return stageNames.get(stage) ?? stage;
}

export const modeNames: Readonly<Record<SearchMode, { name: string; meaning: string }>> = {
  hybrid: { name: "Hybrid", meaning: "Words and meaning together" },
  lexical: { name: "Keyword", meaning: "The words as written (BM25)" },
  dense: { name: "Vectors", meaning: "What is meant, whatever the words" },
};
