// Reads a document from standard input, within a limit, as UTF-8 and nothing else.

import { LodestoneError } from "../errors.js";
import { formatBytes } from "./render/numbers.js";
import type { Terminal } from "./terminal.js";

/** Throws INVALID_INPUT past `maxBytes`, for an empty input, and where the bytes are not UTF-8. */
export async function readStandardInput(maxBytes: number, terminal: Terminal): Promise<string> {
  if (process.stdin.isTTY) terminal.note("Reading from the keyboard; end with Ctrl-D on a line of its own.");
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) {
      throw new LodestoneError(
        "INVALID_INPUT",
        `Standard input is longer than ${formatBytes(maxBytes)}. Raise --max-file-size, or index it as a file.`,
      );
    }
    parts.push(part);
  }
  const text = decode(Buffer.concat(parts));
  if (text.trim() === "")
    throw new LodestoneError("INVALID_INPUT", "Standard input is empty: there is nothing to index.");
  return text;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LodestoneError(
      "INVALID_INPUT",
      "Standard input is not UTF-8 text. Convert it first, for instance with: iconv -f latin1 -t utf-8",
      { cause },
    );
  }
}
