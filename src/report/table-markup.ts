// A table as HTML: in a box that scrolls sideways by itself, also by keyboard.

import { element, type Markup } from "./markup.js";
import type { Table } from "./table.js";

/** Cells of more letters may break into lines. */
const longCell = 40;

export function tableMarkup({ title, note, columns, rows }: Table): Markup {
  const classOf = (column: number, cell: string) =>
    columns[column]?.kind === "number" ? "number" : cell.length > longCell ? "long" : undefined;
  return element(
    "div",
    {},
    note !== undefined && element("p", { class: "table-note" }, note),
    element(
      "section",
      { class: "scroll", tabindex: 0, "aria-label": title },
      element(
        "table",
        {},
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            columns.map(({ name, kind }) =>
              element("th", { scope: "col", class: kind === "number" ? "number" : undefined }, name),
            ),
          ),
        ),
        element(
          "tbody",
          {},
          rows.map(({ kind, cells }) =>
            element(
              "tr",
              { class: kind },
              cells.map((cell, i) =>
                i === 0
                  ? element("th", { scope: "row", class: classOf(i, cell) }, cell)
                  : element("td", { class: classOf(i, cell) }, cell),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Closed until it is asked for: what a plot shows, as numbers. */
export function tableDetails(table: Table): Markup {
  return element("details", {}, element("summary", {}, `Table: ${table.title}`), tableMarkup(table));
}
