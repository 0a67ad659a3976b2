// A diagnosis for people.

import type { Diagnosis } from "../../engine/index.js";
import type { Style } from "./style.js";

const marks: Readonly<Record<Diagnosis["findings"][number]["status"], string>> = {
  fine: "ok",
  notice: "note",
  suspicious: "!!",
  unknown: "--",
};

export function renderDiagnosis({ sentence, findings, causes }: Diagnosis, style: Style): string {
  const lines = findings.map(({ status, title, sentence: found }) => {
    const mark = marks[status].padEnd(4);
    return `${status === "suspicious" ? style.failure(mark) : style.dim(mark)}  ${title}\n      ${style.dim(found)}`;
  });
  const ranked = causes
    .filter(({ belief }) => belief >= 0.1)
    .map(({ title, belief, remedy }) => `  ${belief.toFixed(2)}  ${title}\n        ${style.dim(remedy.command)}`);
  const list = ranked.length > 0 ? `\nWhat speaks for what, 0 to 1:\n${ranked.join("\n")}\n` : "";
  return `${lines.join("\n")}\n${list}\n${style.bold(sentence)}\n`;
}
