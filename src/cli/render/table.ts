// A table of plain cells: columns as wide as their widest cell, two spaces between them, no lines.

import type { Style } from "./style.js";
import { displayWidth, padded } from "./width.js";

export type Column = { title: string; align?: "left" | "right" };

/** One string a line, the titles first. Cells hold no escape sequences; `styleRow` dresses whole cells after padding. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  {
    style,
    indent = "",
    styleCell,
  }: { style: Style; indent?: string; styleCell?: (text: string, row: number, column: number) => string },
): string[] {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, c) => Math.max(...[titles, ...rows].map((row) => displayWidth(row[c] ?? ""))));
  const line = (cells: readonly string[], dress: (cell: string, column: number) => string) => {
    const dressed = columns.map(({ align = "left" }, c) => {
      const isLast = c === columns.length - 1;
      const cell = cells[c] ?? "";
      // Nothing after the last cell: trailing spaces would be copied along.
      return dress(isLast && align === "left" ? cell : padded(cell, widths[c] ?? 0, align), c);
    });
    return (indent + dressed.join("  ")).trimEnd();
  };
  return [
    ...(titles.some((title) => title !== "") ? [line(titles, (cell) => style.dim(cell))] : []),
    ...rows.map((cells, r) => line(cells, (cell, c) => styleCell?.(cell, r, c) ?? cell)),
  ];
}
