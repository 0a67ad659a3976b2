// Fills a cache in a process whose files may not grow past a limit, and prints what came of it.
//   node cache-filler.js LIBRARY

import { openEmbeddingCache } from "../../src/store/embedding-cache.js";

const notices: string[] = [];
const cache = openEmbeddingCache(process.argv[2]!, {
  memoryBytes: 0,
  diskBytes: 1 << 30,
  ttlMs: 1e12,
  now: Date.now,
  onNotice: (notice) => notices.push(notice),
});
const space = { tenant: "", modelVersion: "model@1", kind: "passage" } as const;
const texts = Array.from({ length: 4000 }, (_, i) => `text ${i}`);
const keys = cache.keysOf(space, texts);
for (let i = 0; i < texts.length; i += 20) {
  const batch = keys.slice(i, i + 20);
  cache.keep(
    space,
    batch.map((key) => ({ key, vector: new Float32Array(128).fill(i), tokens: 1, costMs: 1 })),
  );
}
await cache.settled();
const found = cache.find(keys).filter((entry) => entry !== undefined).length;
await cache.close();
process.stdout.write(JSON.stringify({ notices, found, kept: texts.length }));
