// How many columns a text takes on a terminal: none for combining marks, two for wide characters and emoji.

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const marks = /^[\p{Mark}\p{Format}]+/u;
const narrowOnly = /^[\u0020-\u007e\u00a0-\u02ff]*$/u;

export function displayWidth(text: string): number {
  if (narrowOnly.test(text)) return text.length;
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const shown = segment.replace(marks, "");
    if (shown !== "") width += wide.test(shown) ? 2 : 1;
  }
  return width;
}

/** Cut to `columns`, with an ellipsis where something was left out. */
export function fitted(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let cut = "";
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += displayWidth(segment);
    if (width > columns - 1) break;
    cut += segment;
  }
  return `${cut.trimEnd()}…`;
}

/** `text` filled with spaces to `columns`. */
export function padded(text: string, columns: number, align: "left" | "right" = "left"): string {
  const fill = " ".repeat(Math.max(0, columns - displayWidth(text)));
  return align === "left" ? text + fill : fill + text;
}
