// Health and costs for people.

import type { CostGrouping, CostReport, HealthOverview } from "../../engine/index.js";
import { renderFacts } from "./facts.js";
import { countOf, formatCount, formatMs } from "./numbers.js";
import type { Style } from "./style.js";
import { type Column, renderTable } from "./table.js";

export function renderHealth(overview: HealthOverview, style: Style): string {
  const { status, sentence, embeddings, queries, alerts, model } = overview;
  const { lastHour, confidence } = queries;
  const head = renderFacts(
    [
      ["health", `${status}: ${sentence}`],
      ["model", model],
      ["baseline", describeBaseline(embeddings.baseline)],
      ["index", embeddings.index?.sentence ?? "not judged yet"],
      ["queries", describeQueries(lastHour)],
      ["latency", describeLatency(lastHour)],
      [
        "confidence",
        confidence
          ? `calibrated by ${confidence.from}, low below ${confidence.threshold.toFixed(2)} (AUC ${confidence.auc.toFixed(2)})`
          : "not calibrated: it takes 60 documents, and a server or --check",
      ],
    ],
    style,
  );
  const standing = alerts.map(
    ({ severity, sentence: found, command }) =>
      `${severity === "critical" ? style.failure(severity) : style.bold(severity)}  ${found}\n  ${style.dim(command)}\n`,
  );
  const runs = embeddings.runs
    .slice(0, 8)
    .map(({ finishedAt, documents, failed, health }) => [
      finishedAt.slice(0, 16).replace("T", " "),
      formatCount(documents),
      formatCount(failed),
      health?.figures ? health.figures.mmd.toFixed(3) : "-",
      health?.figures ? health.figures.coherence.toFixed(3) : "-",
      health?.status ?? "-",
    ]);
  const table =
    runs.length === 0
      ? ""
      : tableOf(["came in (UTC)", "documents", "failed", "shift", "coherence", "health"], runs, style);
  return `${head}${standing.length > 0 ? `\n${standing.join("")}` : ""}${table === "" ? "" : `\n${table}`}`;
}

export function renderCost({ groups, total, hosted }: CostReport, by: CostGrouping, style: Style): string {
  const rows = [...groups, ...(groups.length > 1 ? [{ name: "all", ...total }] : [])].map((line) => [
    line.name === "" ? "(nobody's)" : line.name,
    formatCount(line.tokens),
    formatSeconds(line.cpuSeconds),
    formatCount(line.savedTokens),
    formatSeconds(line.savedCpuSeconds),
  ]);
  if (rows.length === 0) return "Nothing has been embedded yet.\n";
  const prices = hosted.map(({ provider, model, usdPerMillionTokens, asOf, usd, savedUsd }) => [
    `${provider} ${model}`,
    formatUsd(usd),
    formatUsd(savedUsd),
    `${formatUsd(usdPerMillionTokens)} a million tokens, ${asOf}`,
  ]);
  const own = tableOf([by, "tokens", "computing", "tokens spared", "computing spared"], rows, style);
  const elsewhere = tableOf(["model", "price", "spared", "at"], prices, style);
  return `${own}\nThe same tokens at hosted APIs, by list prices:\n${elsewhere}`;
}

/** Figures are on the right; the first column and the last are words. */
function tableOf(titles: readonly string[], rows: readonly (readonly string[])[], style: Style): string {
  const columns = titles.map(
    (title, i): Column => ({
      title,
      align: i === 0 || i === titles.length - 1 ? "left" : "right",
    }),
  );
  return `${renderTable(columns, rows, { style }).join("\n")}\n`;
}

function describeBaseline(baseline: HealthOverview["embeddings"]["baseline"]): string {
  if (!baseline) return "none yet: it takes 64 documents";
  return `${countOf(baseline.rows, "document")} of ${baseline.madeAt.slice(0, 10)}, coherence ${baseline.coherence.toFixed(3)}`;
}

function describeQueries(summary: HealthOverview["queries"]["lastHour"]): string {
  const { queries, lowConfidenceRate, zeroResultRate, degradedRate, cacheHitRate } = summary;
  if (queries === 0) return "none in the last hour";
  const shares = [
    `${percent(lowConfidenceRate)} of low confidence`,
    `${percent(zeroResultRate)} without results`,
    `${percent(degradedRate)} degraded`,
    `${percent(cacheHitRate)} remembered`,
  ];
  return `${formatCount(queries)} in the last hour: ${shares.join(", ")}`;
}

function describeLatency({ p50Ms, p95Ms, p99Ms }: HealthOverview["queries"]["lastHour"]): string {
  if (p50Ms === null || p95Ms === null || p99Ms === null) return "-";
  return `p50 ${formatMs(p50Ms)}, p95 ${formatMs(p95Ms)}, p99 ${formatMs(p99Ms)}`;
}

function percent(share: number | null): string {
  return share === null ? "-" : `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

function formatSeconds(seconds: number): string {
  return formatMs(seconds * 1000);
}

function formatUsd(usd: number): string {
  return `$${usd > 0 && usd < 1 ? usd.toPrecision(2) : usd.toFixed(2)}`;
}
