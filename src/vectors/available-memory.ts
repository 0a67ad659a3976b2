// Whether a graph fits into memory, said before the work begins: the addon's allocations end the process where they do not.

import { freemem, totalmem } from "node:os";
import { LodestoneError } from "../errors.js";
import { M } from "./graph.js";

/** Bytes that this process may still take: what the machine has to give, or less under a limit of its own. */
export function availableMemory(): number {
  const limit = process.constrainedMemory();
  const underLimit = limit > 0 && limit < totalmem() ? limit - process.memoryUsage.rss() : Infinity;
  return Math.max(0, Math.min(freemem(), underLimit));
}

/** Locks by label. */
const fixedBytes = 65536 * 40;

// hnswlib keeps for each row: vector, 2 M links and their number, label; a lock of 40 bytes; about 60 for its label's place, its
// level and the pointer to its upper links; and of these, which one row in M has, on average 1 / (1 - 1/M) layers of M.
export function graphMemoryBytes(rowCount: number, dimensions: number): number {
  const perRow = dimensions * 4 + 2 * M * 4 + 4 + 8 + 40 + 60 + ((4 + M * 4) / M) * (1 / (1 - 1 / M));
  // 60,000 rows of 16 dimensions took 19 MiB, 20,000 of 384 37 MiB.
  return Math.ceil((fixedBytes + rowCount * perRow) * 1.05);
}

/** Throws GRAPH_UNAVAILABLE with the numbers where a graph does not fit into `availableBytes`. */
export function checkMemory(
  work: "building" | "loading",
  rowCount: number,
  dimensions: number,
  availableBytes: number,
): void {
  const neededBytes = graphMemoryBytes(rowCount, dimensions);
  if (neededBytes <= availableBytes) return;
  throw new LodestoneError(
    "GRAPH_UNAVAILABLE",
    `${work === "building" ? "Building" : "Loading"} the graph of ${rowCount} rows needs about ${mebibytes(neededBytes)} MiB of ` +
      `memory; ${mebibytes(availableBytes)} MiB are available. Free some, or search without a graph.`,
    { detail: { neededBytes, availableBytes } },
  );
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
}
