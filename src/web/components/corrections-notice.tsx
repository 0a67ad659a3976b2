// Says, quietly, which words of the query were read as others, since the library does not have them.
import type { SearchResponse } from "../api/search.js";
import { Icon } from "./icon.js";

export function CorrectionsNotice({ corrections = [] }: { corrections: SearchResponse["corrections"] }) {
  if (corrections.length === 0) return null;
  return (
    <ul class="notice" aria-label="Words read as others">
      {corrections.map(({ word, read }) => (
        <li key={word}>
          <Icon name="notice" />
          <span>
            No text has “{word}”; it was read as {read.join(", ")}.
          </span>
        </li>
      ))}
    </ul>
  );
}
