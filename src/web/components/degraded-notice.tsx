// Says, quietly, that an answer was given without one of its stages, and why.
import type { SearchResponse } from "../api/search.js";
import { Icon } from "./icon.js";

const consequences = new Map([
  ["embed", "Found by words only, without meaning"],
  ["dense", "Found by words only, without meaning"],
  ["rerank", "Not reranked as deep as usual"],
]);

export function DegradedNotice({ degraded }: { degraded: SearchResponse["degraded"] }) {
  if (degraded.length === 0) return null;
  return (
    <ul class="notice degraded" aria-label="Degraded answer">
      {degraded.map(({ stage, reason }) => (
        <li key={stage}>
          <Icon name="notice" />
          <span>
            {consequences.get(stage) ?? `Without the stage ${stage}`}: {reason}
          </span>
        </li>
      ))}
    </ul>
  );
}
