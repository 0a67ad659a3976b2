// A text with its highlights, built from offsets as text nodes.
import type { Highlight } from "../api/search.js";
import { segments } from "../text/segments.js";

export function MarkedText({ text, highlights }: { text: string; highlights: readonly Highlight[] }) {
  return (
    <>
      {segments(text, highlights).map((segment, index) =>
        // biome's key rule wants an identity; a segment's identity is its place in the text.
        segment.marked ? <mark key={`${index}`}>{segment.text}</mark> : segment.text,
      )}
    </>
  );
}
