// A migration for people: where it stands, and its two indexes side by side.

import type { MigrationSide, MigrationStatus } from "../../engine/index.js";
import { renderFacts } from "./facts.js";
import { countOf, formatCount, formatMs, formatRate, formatRemaining } from "./numbers.js";
import type { Style } from "./style.js";
import { renderTable } from "./table.js";

export function renderMigration(status: MigrationStatus, style: Style): string {
  const { documents, failing, reason, startedAt, endedAt } = status;
  const facts = renderFacts(
    [
      ["migration", `${status.id}, begun ${moment(startedAt)}${endedAt === null ? "" : `, ended ${moment(endedAt)}`}`],
      ["state", describeState(status)],
      ["documents", status.state === "ended" ? undefined : describeDocuments(documents, status)],
      ["failing", failing ? `${countOf(failing.documents, "document")}, the last ${failing.error}` : undefined],
      ["taken off", reason ?? undefined],
    ],
    style,
  );
  return `${facts}\n${renderSides(status, style)}`;
}

function describeState({ state, share, target }: MigrationStatus): string {
  switch (state) {
    case "filling":
      return share > 0
        ? `filling: the new index answers ${share} of 100 queries again once it holds every document`
        : "filling: the new index does not hold every document yet";
    case "ready":
      return "ready: the new index holds every document and answers no query yet";
    case "split":
      return `split: the new index answers ${share} of 100 queries`;
    case "promoted":
      return "promoted: the new index answers all queries; the old one is kept up for a way back";
    case "ended":
      return `ended: the ${target?.isActive ? "old" : "new"} index was dropped`;
    default:
      return state satisfies never;
  }
}

function describeDocuments({ done, total }: MigrationStatus["documents"], status: MigrationStatus): string {
  return [`${formatCount(done)} of ${formatCount(total)}`, ...paceOf(status)].join(", ");
}

/** "35 documents/s", "8 s left": where they are known. */
export function paceOf({ rate, remainingMs }: Pick<MigrationStatus, "rate" | "remainingMs">): string[] {
  return [
    ...(rate === null ? [] : [`${formatRate(rate)} documents/s`]),
    ...(remainingMs === null ? [] : [`${formatRemaining(remainingMs)} left`]),
  ];
}

function renderSides({ state, share, source, target }: MigrationStatus, style: Style): string {
  const newShare = state === "ended" ? (target?.isActive ? 100 : 0) : state === "filling" ? 0 : share;
  const row = (name: string, tell: (side: MigrationSide, share: number) => string) => [
    name,
    source ? tell(source, 100 - newShare) : "dropped",
    target ? tell(target, newShare) : "dropped",
  ];
  const rows = [
    row("model", ({ model }) => model),
    ...([source, target].some((side) => side?.sparseEncoder)
      ? [row("sparse encoder", ({ sparseEncoder }) => sparseEncoder ?? "none")]
      : []),
    row("dimensions", ({ dimensions }) => formatCount(dimensions)),
    row("chunks of", ({ chunking }) => `${chunking.maxTokens} tokens, ${chunking.overlapTokens} shared`),
    row("queries", (_, answered) => `${answered} %`),
    row("searches", ({ figures }) => formatCount(figures.searches)),
    row("failed", ({ figures }) => (figures.searches === 0 ? "-" : percent(figures.errorRate))),
    row("confidence", ({ figures }) => figures.confidence?.toFixed(3) ?? "-"),
    row("low confidence", ({ figures }) => percent(figures.lowConfidenceRate)),
    row("p50 / p95", ({ figures: { latency } }) =>
      latency ? `${formatMs(latency.p50Ms)} / ${formatMs(latency.p95Ms)}` : "-",
    ),
    row("clicks", ({ figures: { clicks, clickRate } }) =>
      clickRate === null ? "-" : `${formatCount(clicks)}, ${percent(clickRate)}`,
    ),
    row("nDCG@10", ({ figures: { ndcg, graded } }) =>
      ndcg === null ? "-" : `${ndcg.toFixed(3)} of ${countOf(graded, "search", "searches")}`,
    ),
  ];
  const columns = [{ title: "" }, { title: "old index" }, { title: "new index" }] as const;
  const styleCell = (text: string, _row: number, column: number) => (column === 0 ? style.dim(text) : text);
  return renderTable(columns, rows, { style, styleCell }).join("\n");
}

function percent(share: number | null): string {
  return share === null ? "-" : `${(share * 100).toFixed(1)} %`;
}

/** To the minute. */
function moment(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
