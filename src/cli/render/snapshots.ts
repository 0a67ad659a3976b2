// Snapshots for people.

import type { ListedSnapshot, SnapshotMade, VerifyReport } from "../../engine/index.js";
import { countOf, formatBytes, formatCount } from "./numbers.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";
import { renderTable } from "./table.js";

export function renderMade({ name, path, documents, chunks, bytes }: SnapshotMade): string {
  return `${name}: ${countOf(documents, "document")}, ${countOf(chunks, "chunk")}, ${formatBytes(bytes)}\nin ${oneLine(path)}`;
}

export function renderSnapshots(snapshots: readonly ListedSnapshot[], style: Style): string {
  const rows = snapshots.map((snapshot) =>
    snapshot.state === "damaged"
      ? [snapshot.name, "", "", "", oneLine(snapshot.reason)]
      : [
          snapshot.name,
          formatCount(snapshot.documents),
          formatCount(snapshot.chunks),
          formatBytes(snapshot.bytes),
          snapshot.models.map(({ name, complete }) => (complete ? name : `(${name})`)).join(", "),
        ],
  );
  const right = "right" as const;
  const columns = [
    { title: "snapshot" },
    { title: "documents", align: right },
    { title: "chunks", align: right },
    { title: "size", align: right },
    { title: "models (not copied)" },
  ];
  const isDamaged = (row: number) => snapshots[row]?.state === "damaged";
  const styleCell = (text: string, row: number) => (isDamaged(row) ? style.failure(text) : text);
  return renderTable(columns, rows, { style, styleCell }).join("\n");
}

export function renderFaults({ path, faults }: VerifyReport, style: Style): string {
  const lines = faults.map(({ file, fault }) => `  ${style.bold(oneLine(file))}: ${oneLine(fault)}`);
  return [`${style.failure("damaged")}  ${oneLine(path)}`, ...lines].join("\n");
}
