// Says how far indexing is, while it runs.
import type { Status } from "../api/status.js";
import { formatCount } from "../text/numbers.js";

export function IngestNotice({ ingest }: { ingest: Status["ingest"] }) {
  if (!ingest.running) return null;
  return (
    <div class="notice ingest">
      <label>
        <span>
          Indexing: {formatCount(ingest.done)}
          {ingest.total > 0 && ` of ${formatCount(ingest.total)}`}
        </span>
        <progress {...(ingest.total > 0 ? { max: ingest.total, value: ingest.done } : {})} />
      </label>
    </div>
  );
}
