// One text, one document: chooses the reader by media type. For texts given directly (HTTP, standard input) and for the
// files that hold a single document.

import { normaliseLine } from "../documents/index.js";
import { LodestoneError, messageOf } from "../errors.js";
import { readHtml } from "./html.js";
import { readMarkdown } from "./markdown.js";
import type { TextMediaType } from "./media-type.js";
import type { ParsedDocument, ReadText } from "./parsed-document.js";
import { readPlainText } from "./plain-text.js";

const readers: Readonly<Record<TextMediaType, (text: string) => ReadText>> = {
  "text/plain": readPlainText,
  "text/markdown": (text) => readMarkdown(text.replace(/\r\n?/g, "\n")),
  "text/html": readHtml,
};

/**
 * The document in `text`. `fallbackTitle` is its title where the text gives none. The text of the document may be empty.
 * Throws INVALID_INPUT where the parser of the format fails.
 */
export function parseDocument(text: string, mediaType: TextMediaType, fallbackTitle: string): ParsedDocument {
  let read: ReadText;
  try {
    read = readers[mediaType](text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch (error) {
    throw new LodestoneError("INVALID_INPUT", `The ${mediaType} text could not be parsed: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const { title, notices, ...rest } = read;
  return {
    ...rest,
    title: title || normaliseLine(fallbackTitle),
    mediaType,
    ...(notices.length === 0 ? {} : { notices }),
  };
}
