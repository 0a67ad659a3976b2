// The second search: what the best passages of the first one say is searched for as well, where that is likely to help.
//
// nDCG@10 after reranking, means of Cranfield, CISI, Medline and SciFact (bench:ablation): without .572; rocchio .579, better on
// each of the four (p .008); rm3 .576; both .581. The last two gain on topics and lose on SciFact, .705 without to .696 and .698:
// where one document is the answer, added words lead away from it. So rocchio is the default, and words are added on request.
// Its numbers are the middle of a grid, 1 to 5 passages with weights of 0.25 to 1.5, all of which gain: .577 on average. The best of
// the grid on four folds of the queries has .575 on the fifth (p .29), the best on three collections .576 on the fourth (p .22;
// bench:feedback).

import { passageOf } from "../documents/index.js";
import type { LexicalTerm } from "../store/index.js";
import { commonWords, expandTerms, type FeedbackSettings, moveQuery } from "./feedback.js";
import type { Lists } from "./first-stage.js";
import type { FusedRow } from "./fuse.js";
import type { CheckedSearchRequest } from "./request.js";
import type { FeedbackReport } from "./response.js";
import type { SearchRooms } from "./search.js";
import { vectorsByRow } from "./vectors-by-row.js";

/** What a phrasing is searched for in the second search. */
export type Refined = { vector?: Float32Array; terms?: LexicalTerm[] };

// Ranks within which the lists must have a passage in common.
const AGREEMENT_RANKS = 10;

/**
 * Why feedback would lead away from the question; undefined where it would not. Of what was tried as a sign for single queries
 * (agreement of the lists, clarity of the scores, likeness of the passages, the cross-encoder's confidence, length), none
 * predicted gains on a collection that was left out. This one keeps off what words and vectors disagree about altogether.
 */
export function driftRisk(
  mode: CheckedSearchRequest["mode"],
  lists: Lists,
  fused: readonly FusedRow[],
  settings: FeedbackSettings,
): string | undefined {
  const least = settings.method === "rm3" ? settings.wordPassages : settings.passages;
  if (fused.length <= least) return `only ${fused.length} passages were found`;
  const { lexical, dense } = lists;
  if (mode !== "hybrid") return undefined;
  const best = new Set(dense.rows.slice(0, AGREEMENT_RANKS).map(({ row }) => row));
  if (lexical.rows.slice(0, AGREEMENT_RANKS).some(({ row }) => best.has(row))) return undefined;
  return `words and vectors have none of their first ${AGREEMENT_RANKS} passages in common`;
}

/** What each phrasing is to be searched for next; undefined, with the reason, where the first search stands. */
export async function refine(
  rooms: SearchRooms,
  fused: readonly FusedRow[],
  phrasings: readonly { terms: LexicalTerm[]; vector: Float32Array | undefined }[],
  settings: FeedbackSettings,
  signal: AbortSignal | undefined,
): Promise<{ refined: Refined[] | undefined; report: FeedbackReport }> {
  const { method } = settings;
  const [centroid, expansion] = await Promise.all([
    method === "rm3" || phrasings.every(({ vector }) => !vector) ? undefined : passageVectors(rooms, fused, settings),
    method === "rocchio" || phrasings.every(({ terms }) => terms.length === 0)
      ? undefined
      : newWords(rooms, fused, settings, signal),
  ]);
  const words = new Set<string>();
  const refined = phrasings.map(({ terms, vector }): Refined => {
    const expanded = expansion && expandTerms(terms, expansion.candidates, expansion.rarity, settings);
    for (const word of expanded?.added ?? []) words.add(word);
    return {
      ...(expanded && expanded.added.length > 0 ? { terms: [...expanded.own, ...expanded.further] } : {}),
      ...(centroid && vector ? { vector: moveQuery(vector, centroid, settings.weight) } : {}),
    };
  });
  if (!centroid && words.size === 0) {
    const reason = "the best passages have nothing in common that tells them from others";
    return { refined: undefined, report: { method, applied: false, reason, words: [] } };
  }
  const reason = [
    ...(centroid ? [`the query's vector was moved to that of ${settings.passages} passages`] : []),
    ...(words.size > 0 ? [`words of ${settings.wordPassages} passages were added`] : []),
  ].join(", ");
  return { refined, report: { method, applied: true, reason, words: [...words] } };
}

async function passageVectors({ vectors }: SearchRooms, fused: readonly FusedRow[], { passages }: FeedbackSettings) {
  const found = await vectorsByRow(
    vectors(),
    fused.slice(0, passages).map(({ row }) => row),
  );
  return found.size === 0 ? undefined : [...found.values()];
}

async function newWords(
  { reader, lexical, analyser }: SearchRooms,
  fused: readonly FusedRow[],
  settings: FeedbackSettings,
  signal: AbortSignal | undefined,
) {
  const rows = Uint32Array.from(fused.slice(0, settings.wordPassages), ({ row }) => row);
  const records = await reader.call("chunks", { rows }, { signal });
  const passages = records.map(({ title, headingPath, text }) => passageOf(title, headingPath, text));
  // More than are wanted, for some turn out to be common.
  const candidates = commonWords(passages, 8 * settings.words).flatMap((candidate) =>
    // Of a word that the analyser takes apart the whole.
    analyser
      .wordsOf(candidate.word)
      .slice(0, 1)
      .map(({ term }) => ({ ...candidate, term })),
  );
  const rarity = await lexical.call("frequencies", { terms: candidates.map(({ term }) => term) }, { signal });
  return { candidates, rarity };
}
