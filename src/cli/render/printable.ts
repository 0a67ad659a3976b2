// Text from documents is not trusted on a terminal: an escape sequence in a title could move the cursor, change the
// window's title or worse, and a change of writing direction could make it read as another one. Such characters are made
// visible; line breaks and tabs stay.

const controls = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** `text` with control characters replaced, one for one: offsets stay true. */
export function printable(text: string): string {
  return text.replace(controls, "\ufffd");
}

/** `text` as one line: runs of white space become one space, control characters become visible. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/gu, " ").trim());
}
