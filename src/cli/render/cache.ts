// The cache of embeddings for people.

import type { CacheStatus } from "../../engine/index.js";
import { renderFacts } from "./facts.js";
import { countOf, formatBytes, formatCount, formatMs } from "./numbers.js";
import type { Style } from "./style.js";

export function renderCache(status: CacheStatus, style: Style): string {
  const { entries, bytes, limits, hits, misses, saved, since } = status;
  return renderFacts(
    [
      ["state", status.reason === undefined ? status.state : `${status.state}: ${status.reason}`],
      ["embeddings", `${formatCount(entries)} in ${formatBytes(bytes)} of at most ${formatBytes(limits.diskBytes)}`],
      ["kept for", countOf(limits.ttlDays, "day")],
      ["found", `${formatCount(hits.memory)} in memory, ${formatCount(hits.disk)} on disk`],
      ["computed", formatCount(misses)],
      ["hit rate", formatShare(status.hitRate)],
      ["saved", describeSaved(saved)],
      ["since", since?.slice(0, 10)],
    ],
    style,
  );
}

/** One line of the library's status. */
export function summariseCache({ state, entries, bytes, hitRate, hits, misses, saved }: CacheStatus): string {
  if (state !== "on") return state;
  const used =
    hits.memory + hits.disk + misses > 0 ? `; ${formatShare(hitRate)} hits, ${describeSaved(saved)} saved` : "";
  return `${countOf(entries, "embedding")} in ${formatBytes(bytes)}${used}`;
}

function describeSaved({ bytes, tokens, ms }: CacheStatus["saved"]): string {
  return `${formatMs(ms)} of computing, ${countOf(tokens, "token")}, ${formatBytes(bytes)} of vectors`;
}

function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
