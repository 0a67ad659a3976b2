// What happens to files: Lucene's six.

import { readFileSync, rmSync, writeFileSync } from "node:fs";

const rewrite = (change: (bytes: Buffer) => Buffer) => (path: string) =>
  writeFileSync(path, change(readFileSync(path)));

export const damages: Readonly<Record<string, (path: string) => void>> = {
  deleted: (path) => rmSync(path),
  emptied: rewrite(() => Buffer.alloc(0)),
  halved: rewrite((bytes) => bytes.subarray(0, Math.floor(bytes.length / 2))),
  zeroed: rewrite((bytes) => Buffer.alloc(bytes.length)),
  "with one bit flipped": rewrite((bytes) => {
    const flipped = Buffer.from(bytes);
    flipped[Math.floor(bytes.length / 2)]! ^= 4;
    return flipped;
  }),
  untouched: () => undefined,
};
