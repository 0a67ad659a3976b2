// The outline of a document: where its headings stand and which parts are code. Offsets are UTF-16 units into its text.

export type TextRange = { start: number; end: number };

/** `start` is the offset of the heading's line; the line reads `title`. */
export type Heading = { level: 1 | 2 | 3 | 4 | 5 | 6; title: string; start: number };
