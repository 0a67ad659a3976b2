// Turns ranked documents into what a caller sees: snippet, place, score and, on request, how every stage ranked it.

import type { ChunkRecord, DocumentSummary } from "../store/index.js";
import type { CollapsedDocument } from "./collapse.js";
import type { DiversityPlace } from "./diversity.js";
import type { FusedRow } from "./fuse.js";
import { snippetOf } from "./highlight.js";
import type { Combined } from "./rerank.js";
import type { Hit, HitExplanation } from "./response.js";

/** A candidate with its place in the final ranking. */
export type RankedCandidate = Combined<FusedRow> & { fusedRank: number; score: number };

export function hitOf(
  { best, matchingChunks, diversity }: CollapsedDocument<RankedCandidate> & { diversity?: DiversityPlace },
  rank: number,
  parts: { document: DocumentSummary; chunk: ChunkRecord; words: readonly string[]; explain: boolean },
): Hit {
  const { document, chunk, words, explain } = parts;
  return {
    id: document.id,
    title: document.title,
    ...(document.path === undefined ? {} : { path: document.path }),
    type: document.type,
    score: best.score,
    metadata: document.metadata,
    headingPath: chunk.headingPath,
    ...(document.modifiedAt === undefined ? {} : { modifiedAt: document.modifiedAt }),
    chunk: { id: chunk.id, index: chunk.index, start: chunk.start, end: chunk.end },
    matchingChunks,
    snippet: snippetOf(chunk.text, words),
    ...(explain ? { explain: explanationOf(best, rank, words, diversity) } : {}),
  };
}

function explanationOf(
  { candidate, rerank, fusedRank, score }: RankedCandidate,
  rank: number,
  words: readonly string[],
  diversity: DiversityPlace | undefined,
): HitExplanation {
  const { lexical, dense, sparse, lexicalNorm, denseNorm, sparseNorm } = candidate;
  return {
    ...(lexical ? { lexical } : {}),
    ...(dense ? { dense } : {}),
    ...(sparse ? { sparse } : {}),
    fused: {
      rank: fusedRank,
      score: candidate.score,
      lexicalNorm,
      denseNorm,
      ...(sparseNorm === undefined ? {} : { sparseNorm }),
    },
    ...(rerank ? { rerank } : {}),
    ...(diversity ? { diversity } : {}),
    final: { rank, score },
    terms: [...words],
  };
}
