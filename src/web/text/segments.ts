// Cuts a text at the offsets of its highlights, so that it can be shown as text nodes and <mark> elements. The page never
// builds HTML from what a document says.

export type Segment = { text: string; marked: boolean };

/** Ranges may be unsorted, overlap, or reach past the text. Joined, the segments are the text. */
export function segments(text: string, ranges: readonly (readonly [start: number, end: number])[]): Segment[] {
  const parts: Segment[] = [];
  let at = 0;
  for (const [start, end] of mergeRanges(text.length, ranges)) {
    if (start > at) parts.push({ text: text.slice(at, start), marked: false });
    parts.push({ text: text.slice(start, end), marked: true });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at), marked: false });
  return parts;
}

function mergeRanges(length: number, ranges: readonly (readonly [number, number])[]): [number, number][] {
  const sorted = ranges
    .map(([start, end]): [number, number] => [Math.max(0, start), Math.min(length, end)])
    .filter(([start, end]) => start < end)
    .sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}
