// The state of a library for people.

import type { Status } from "../../engine/index.js";
import { summariseCache } from "./cache.js";
import { renderFacts } from "./facts.js";
import { countOf, formatBytes, formatCount } from "./numbers.js";
import type { Style } from "./style.js";

export function renderStatus(
  { library, generation, models, ranking, vectors, cache, queue, version }: Status,
  style: Style,
): string {
  const { maxTokens, overlapTokens } = generation.chunking;
  return renderFacts(
    [
      ["library", library.path],
      ["documents", formatCount(library.documents)],
      [
        "chunks",
        `${formatCount(library.chunks)} (${countOf(library.tokens, "token")}, ${formatCount(library.characters)} characters)`,
      ],
      ["on disk", `${formatBytes(library.bytes)}, format ${library.formatVersion}`],
      ["chunking", `at most ${maxTokens} tokens, ${overlapTokens} of overlap`],
      ["bi-encoder", `${models.biEncoder}, ${generation.dimensions} dimensions`],
      ["sparse encoder", models.sparseEncoder ?? "none"],
      ["cross-encoder", models.crossEncoder ?? "none"],
      ["fusion", describeRanking(ranking)],
      ["vectors", describeVectors(vectors)],
      ["codes", describeCodes(vectors)],
      ["graph", describeGraph(vectors)],
      ["cache", summariseCache(cache)],
      ["jobs", describeQueue(queue)],
      ["generation", `${generation.id}, since ${generation.createdAt.slice(0, 10)}`],
      ["version", version],
    ],
    style,
  );
}

function describeRanking(ranking: Status["ranking"]): string {
  if (!ranking) return "as the model recommends";
  const { lexicalWeight, sparseWeight, feedback, queries, defaultNdcg, heldOutNdcg, learnedAt } = ranking;
  return (
    `weight of words ${lexicalWeight.toFixed(2)}${sparseWeight === undefined ? "" : `, of the sparse list ${sparseWeight.toFixed(2)}`}, feedback ${feedback}; learned from ${countOf(queries, "query", "queries")} on ` +
    `${learnedAt.slice(0, 10)}, nDCG@10 ${defaultNdcg.toFixed(3)} -> ${heldOutNdcg.toFixed(3)}`
  );
}

function describeVectors({ rows, bytes, onDisk, format, storedDimensions, dimensions }: Status["vectors"]): string {
  const kept = storedDimensions < dimensions ? `, ${storedDimensions} of ${dimensions} dimensions` : "";
  const disk = onDisk ? ` and ${formatBytes(onDisk.bytes)} on disk` : "";
  return `${formatCount(rows)} in ${formatBytes(bytes)} of memory${disk}, ${format}${kept}`;
}

function describeCodes({ codes }: Status["vectors"]): string {
  if (codes.state !== "ready") return `none: ${codes.reason}`;
  const asked = codes.calibration?.chosen.find(({ recall, k }) => recall === 0.99 && k === 10);
  const measured = asked
    ? `; recall@10 ${asked.measured.toFixed(3)} measured at ${asked.oversampling.toFixed(1)} candidates for each result`
    : "; not measured yet";
  return `${countOf(codes.rows, "row")} as ${codes.form}, ${formatBytes(codes.bytes)}${measured}`;
}

function describeGraph({ graph }: Status["vectors"]): string {
  if (graph.building)
    return `being built, ${formatCount(graph.building.done)} of ${countOf(graph.building.total, "row")}`;
  if (graph.state !== "ready") return `none: ${graph.reason}`;
  return `${countOf(graph.rows, "row")}, ${formatBytes(graph.bytes)}; ${describeWalks(graph.calibration?.curve)}`;
}

/** The first measured point that 99 % are found at, or the last one. */
function describeWalks(curve: readonly { ef: number; recallAt10: number }[] | undefined): string {
  const told = curve?.find(({ recallAt10 }) => recallAt10 >= 0.99) ?? curve?.at(-1);
  if (!told) return "not measured yet";
  return `recall@10 ${told.recallAt10.toFixed(3)} measured at ${countOf(told.ef, "candidate")}`;
}

function describeQueue({ queued, running, failed }: Status["queue"]): string {
  const parts = [
    ...(running > 0 ? [`${formatCount(running)} running`] : []),
    ...(queued > 0 ? [`${formatCount(queued)} queued`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} failed, see: lodestone jobs list --state failed`] : []),
  ];
  return parts.length === 0 ? "none to do" : parts.join(", ");
}
