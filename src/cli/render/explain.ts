// How each stage ranked a hit, and what each stage took: tables under --explain.

import type { HitExplanation, SearchResponse } from "../../retrieval/index.js";
import { countOf, formatCount, formatMs } from "./numbers.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";
import { renderTable } from "./table.js";

export function renderExplanation(explanation: HitExplanation, style: Style, indent: string): string[] {
  const { lexical, dense, sparse, fused, rerank, diversity, final, terms } = explanation;
  const row = (stage: string, rank: number, score: number, note = "") => [
    stage,
    formatCount(rank),
    score.toFixed(3),
    note,
  ];
  const rows = [
    lexical
      ? row("bm25", lexical.rank, lexical.score, `normalised ${fused.lexicalNorm.toFixed(3)}`)
      : ["bm25", "-", "-", "not found"],
    dense
      ? row("dense", dense.rank, dense.score, `normalised ${fused.denseNorm.toFixed(3)}`)
      : ["dense", "-", "-", "not found"],
    ...(sparse ? [row("sparse", sparse.rank, sparse.score, `normalised ${fused.sparseNorm?.toFixed(3)}`)] : []),
    ...(!sparse && fused.sparseNorm !== undefined ? [["sparse", "-", "-", "not found"]] : []),
    row("fused", fused.rank, fused.score),
    ...(rerank ? [row("rerank", rerank.rank, rerank.score, `logit ${rerank.logit.toFixed(3)}`)] : []),
    ...(diversity
      ? [row("before", diversity.from, diversity.score, `likeness to those above ${diversity.similarity.toFixed(3)}`)]
      : []),
    row("final", final.rank, final.score),
  ];
  const columns = [
    { title: "stage" },
    { title: "rank", align: "right" },
    { title: "score", align: "right" },
    { title: "" },
  ] as const;
  return [
    ...renderTable(columns, rows, { style, indent }),
    ...(terms.length > 0 ? [`${indent}${style.dim("words")} ${oneLine(terms.join(", "))}`] : []),
  ];
}

export function renderStages(response: SearchResponse, style: Style): string {
  const { stages, plan, generation, model, tookMs, feedback, fusion, rerankDepth } = response;
  const rows = stages.map(({ name, ms, candidates }) => [name, formatMs(ms), formatCount(candidates)]);
  const columns = [
    { title: "stage" },
    { title: "time", align: "right" },
    { title: "candidates", align: "right" },
  ] as const;
  return [
    ...renderTable(columns, [...rows, ["all", formatMs(tookMs), ""]], { style }),
    `${style.dim("fusion")} ${describeFusion(fusion)}; ${countOf(rerankDepth, "passage")} read by the cross-encoder`,
    ...(feedback ? [`${style.dim("feedback")} ${describeFeedback(feedback)}`] : []),
    `${style.dim("vectors")} ${describePlan(plan)} (${plan.reason}), generation ${generation}, ${model}`,
    "",
  ].join("\n");
}

function describeFusion({ source, method, lexicalWeight, sparseWeight }: SearchResponse["fusion"]): string {
  const weight = lexicalWeight === undefined ? "" : `, weight of words ${lexicalWeight.toFixed(2)}`;
  const sparse = sparseWeight === undefined ? "" : `, of the sparse list ${sparseWeight.toFixed(2)}`;
  return `${method}${weight}${sparse} (${source})`;
}

function describeFeedback({ method, applied, reason, words }: NonNullable<SearchResponse["feedback"]>): string {
  const added = words.length === 0 ? "" : `: ${oneLine(words.join(", "))}`;
  return `${method}, ${applied ? "" : "left out: "}${reason}${added}`;
}

/** Its kind, and the numbers that it was carried out with. */
function describePlan(plan: SearchResponse["plan"]): string {
  switch (plan.kind) {
    case "prefilter":
      return `prefilter, ${perResult(plan.oversampling)}`;
    case "ivf":
      return `ivf, ${countOf(plan.probes, "list")}, ${perResult(plan.oversampling)}`;
    case "graph":
      return `graph, ${countOf(plan.ef, "candidate")}`;
    default:
      return plan.kind;
  }
}

function perResult(oversampling: number): string {
  return `${Number(oversampling.toFixed(1))} candidates for each result`;
}
