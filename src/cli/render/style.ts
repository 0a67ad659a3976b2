// Colours and weights of text. The plain style is for pipes, files and NO_COLOR: it adds nothing.

export type Style = {
  bold(text: string): string;
  dim(text: string): string;
  accent(text: string): string;
  /** A query word in a snippet. */
  mark(text: string): string;
  warning(text: string): string;
  failure(text: string): string;
};

const same = (text: string) => text;

export const plainStyle: Style = { bold: same, dim: same, accent: same, mark: same, warning: same, failure: same };

// SGR parameters to set and to take back again: ECMA-48, 8.3.117.
function sgr(set: string, reset: string): (text: string) => string {
  return (text) => (text === "" ? "" : `\x1b[${set}m${text}\x1b[${reset}m`);
}

export const ansiStyle: Style = {
  bold: sgr("1", "22"),
  dim: sgr("2", "22"),
  accent: sgr("36", "39"),
  mark: sgr("1;4", "22;24"),
  warning: sgr("33", "39"),
  failure: sgr("31", "39"),
};
