// The passages of a document as they are searched: which part of the text each is, under which headings, and of how many tokens.
import { useState } from "preact/hooks";
import type { StoredDocument, TextRange } from "../api/documents.js";
import { headingTrail } from "../text/heading-trail.js";
import { formatCount, plural } from "../text/numbers.js";
import { HeadingTrail } from "./heading-trail.js";

/** Laid out at once; a book has thousands. */
const shownAtFirst = 100;

type Props = { record: StoredDocument; onShow(chunk: TextRange): void };

export function ChunkList({ record, onShow }: Props) {
  const [shown, setShown] = useState(shownAtFirst);
  const { chunks, text, title } = record;
  if (chunks.length === 0) return <p class="state-hint">It has no text, and so no passage to search.</p>;
  return (
    <>
      <ol class="chunks">
        {chunks.slice(0, shown).map((chunk) => (
          <li key={chunk.id} class="chunk">
            <p class="chunk-facts">
              <span class="chunk-number">{formatCount(chunk.index + 1)}</span>
              <span>{plural(chunk.tokens, "token")}</span>
              <span>
                characters {formatCount(chunk.start)} to {formatCount(chunk.end)}
              </span>
              <button
                type="button"
                class="quiet"
                aria-label={`Show passage ${chunk.index + 1} in the text`}
                onClick={() => onShow({ start: chunk.start, end: chunk.end })}
              >
                In the text
              </button>
            </p>
            <HeadingTrail headings={headingTrail(title, chunk.headingPath)} />
            <p class="chunk-text">{withoutGaps(text.slice(chunk.start, chunk.end))}</p>
          </li>
        ))}
      </ol>
      {shown < chunks.length && (
        <button type="button" class="button more" onClick={() => setShown(shown * 4)}>
          Show more ({formatCount(shown)} of {formatCount(chunks.length)})
        </button>
      )}
    </>
  );
}

// Only the first lines are seen: none of them should be empty.
function withoutGaps(text: string): string {
  return text.trim().replace(/\n\s*\n/g, "\n");
}
