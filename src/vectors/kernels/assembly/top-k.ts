// The k best (score, row) pairs seen so far, as a binary heap with the worst at its root, in two parallel arrays.
// An entry is worse when its score is lower, and at equal scores when its row number is higher.

@inline
function isWorse(score: f32, row: u32, thanScore: f32, thanRow: u32): bool {
  return score < thanScore || (score == thanScore && row > thanRow);
}

function siftUp(scores: usize, rows: usize, from: u32, score: f32, row: u32): void {
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const parentScore = load<f32>(scores + ((<usize>parent) << 2));
    const parentRow = load<u32>(rows + ((<usize>parent) << 2));
    if (!isWorse(score, row, parentScore, parentRow)) break;
    store<f32>(scores + ((<usize>at) << 2), parentScore);
    store<u32>(rows + ((<usize>at) << 2), parentRow);
    at = parent;
  }
  store<f32>(scores + ((<usize>at) << 2), score);
  store<u32>(rows + ((<usize>at) << 2), row);
}

function siftDown(scores: usize, rows: usize, size: u32, score: f32, row: u32): void {
  let at: u32 = 0;
  for (;;) {
    let child: u32 = 2 * at + 1;
    if (child >= size) break;
    let childScore = load<f32>(scores + ((<usize>child) << 2));
    let childRow = load<u32>(rows + ((<usize>child) << 2));
    if (child + 1 < size) {
      const rightScore = load<f32>(scores + ((<usize>child) << 2), 4);
      const rightRow = load<u32>(rows + ((<usize>child) << 2), 4);
      if (isWorse(rightScore, rightRow, childScore, childRow)) {
        child++;
        childScore = rightScore;
        childRow = rightRow;
      }
    }
    if (!isWorse(childScore, childRow, score, row)) break;
    store<f32>(scores + ((<usize>at) << 2), childScore);
    store<u32>(rows + ((<usize>at) << 2), childRow);
    at = child;
  }
  store<f32>(scores + ((<usize>at) << 2), score);
  store<u32>(rows + ((<usize>at) << 2), row);
}

/** Offers one pair to a heap of `size` entries that may hold `k` (at least 1); returns the heap's new size. */
@inline
export function offer(scores: usize, rows: usize, size: u32, k: u32, score: f32, row: u32): u32 {
  if (size < k) {
    siftUp(scores, rows, size, score, row);
    return size + 1;
  }
  if (isWorse(load<f32>(scores), load<u32>(rows), score, row)) siftDown(scores, rows, size, score, row);
  return size;
}

/** Turns the heap into a list, best first (heap sort: the root, the worst, goes to the end). */
export function sortTopK(scores: usize, rows: usize, size: u32): void {
  for (let end = size; end > 1; end--) {
    const last = (<usize>(end - 1)) << 2;
    const worstScore = load<f32>(scores);
    const worstRow = load<u32>(rows);
    siftDown(scores, rows, end - 1, load<f32>(scores + last), load<u32>(rows + last));
    store<f32>(scores + last, worstScore);
    store<u32>(rows + last, worstRow);
  }
}
