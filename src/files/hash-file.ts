// Size and SHA-256 of a file: what every manifest says of its files.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { LodestoneError } from "../errors.js";

export type FileHash = { bytes: number; sha256: string };

export type HashOptions = {
  signal?: AbortSignal | undefined;
  /** Called with the size of each piece read. */
  onBytes?: (bytes: number) => void;
};

/** Reads the file in pieces between which other work of this thread goes on. `sha256` is hexadecimal. */
export async function hashFile(path: string, { signal, onBytes }: HashOptions = {}): Promise<FileHash> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    if (signal?.aborted) throw new LodestoneError("ABORTED", "The call was aborted.");
    hash.update(piece);
    bytes += piece.length;
    onBytes?.(piece.length);
  }
  return { bytes, sha256: hash.digest("hex") };
}
