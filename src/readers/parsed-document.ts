// What every reader makes of a file or a record: the document as the engine stores it.

import type { Metadata } from "../documents/index.js";
import type { MediaType } from "./media-type.js";
import type { BuiltText } from "./text-builder.js";

/** `text` is normalised; all offsets are UTF-16 offsets into it. */
export type ParsedDocument = BuiltText & {
  /** The id that the source itself gives (JSONL and CSV records only). */
  id?: string;
  title: string;
  metadata: Metadata;
  mediaType: MediaType;
  /** The line a record begins at, from 1 (JSONL and CSV only). */
  line?: number;
  /** What the reader had to leave out or guess, for the user to know: unreadable front matter, an assumed encoding. */
  notices?: string[];
};

/** What a reader of whole texts returns; a title is filled in where the text gives none. */
export type ReadText = BuiltText & { title: string | undefined; metadata: Metadata; notices: string[] };
