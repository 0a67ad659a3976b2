// The six things that happen to files (after Lucene's tests), each done to one.

import {
  closeSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";

/** `at`: which byte has a bit flipped, as a share of the file. */
export const damages: Record<string, (path: string, at?: number) => void> = {
  deleted: (path) => rmSync(path),
  emptied: (path) => truncateSync(path, 0),
  halved: (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  zeroed: (path) => writeFileSync(path, new Uint8Array(readFileSync(path).length)),
  "one bit flipped": (path, at = 0.4) => flipBit(path, Math.floor(statSync(path).size * at), 3),
  untouched: () => undefined,
};

export function flipBit(path: string, at: number, bit: number): void {
  const file = openSync(path, "r+");
  const byte = new Uint8Array(1);
  readSync(file, byte, 0, 1, at);
  byte[0]! ^= 1 << bit;
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}
