// TREC run files: one ranked document a line, "query Q0 document rank score tag". trec_eval holds scores as 32-bit floats,
// goes by them alone and orders equal ones by id; what is written here is read back in the same order by it.

import { rankByScore } from "./metrics.js";
import type { Run } from "./summary.js";
import { checkToken, readColumns } from "./trec-columns.js";

const FILE = "A run file";

/** Ranked documents of each query, best first. */
export type ScoredRun = ReadonlyMap<string, readonly { id: string; score: number }[]>;

/**
 * The lines of a run file. A score that is not below the one before it, as a 32-bit float, is written as the next smaller
 * float. Throws INVALID_INPUT for an id or a tag that is empty or has white space in it.
 */
export function* formatRun(run: ScoredRun, tag: string): Generator<string> {
  checkToken(tag, "tag", FILE);
  for (const [queryId, ranking] of run) {
    checkToken(queryId, "query id", FILE);
    let last = Number.POSITIVE_INFINITY;
    for (const [i, { id, score }] of ranking.entries()) {
      checkToken(id, "document id", FILE);
      const rounded = Math.fround(score);
      last = rounded < last ? rounded : floatBelow(last);
      yield `${queryId} Q0 ${id} ${i + 1} ${last} ${tag}\n`;
    }
  }
}

/** Reads a run file's lines; `file` is its name in errors. Throws INVALID_INPUT with the line at which it fails. */
export function parseRun(lines: Iterable<string>, file: string): Run {
  const scored = new Map<string, Map<string, number>>();
  for (const { columns, refuse } of readColumns(lines, file, ["query", "Q0", "document", "rank", "score", "tag"])) {
    const [queryId = "", , documentId = "", , score = ""] = columns;
    if (!Number.isFinite(Number(score))) refuse(`expected a number as score; found "${score}"`);
    const ranking = scored.get(queryId) ?? new Map<string, number>();
    if (ranking.has(documentId)) refuse(`document ${documentId} stands twice under query ${queryId}`);
    scored.set(queryId, ranking.set(documentId, Math.fround(Number(score))));
  }
  return new Map(
    Array.from(scored, ([queryId, ranking]) => [
      queryId,
      rankByScore(Array.from(ranking, ([id, score]) => ({ id, score }))),
    ]),
  );
}

// The largest 32-bit float below `value`. Bit patterns of floats of one sign are ordered like the floats.
function floatBelow(value: number): number {
  const floats = Float32Array.of(value);
  const bits = new Int32Array(floats.buffer);
  if (value === 0) bits[0] = 0x80000001 | 0;
  else bits[0]! += value > 0 ? -1 : 1;
  return floats[0]!;
}
