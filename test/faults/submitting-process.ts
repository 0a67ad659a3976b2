// Submits jobs one after the other without waiting for them, and prints each acknowledgement, until it is killed.
//   node submitting-process.js LIBRARY FIRST FOLDER

import { writeSync } from "node:fs";
import { openEngine } from "../../src/index.js";

const [library, first, folder] = process.argv.slice(2);
const engine = await openEngine({ library: library!, crossEncoder: null, queue: { maxBatch: 16 } });
for (let n = Number(first); ; n++) {
  const priority = n % 5 === 0 ? "interactive" : "bulk";
  const documents = ["a", "b", "c"].map((name) => ({
    id: `${n}-${name}`,
    text: `Document ${n}-${name} speaks of subject ${n} at some length. `.repeat(10),
  }));
  const put = await engine.submit(
    { kind: "put", documents: [...documents, { id: "shared", text: `As of ${n}.` }] },
    { priority },
  );
  writeSync(1, `put ${put.id} ${n}\n`);
  if (n % 4 === 0) {
    const removal = await engine.submit({ kind: "remove", ids: [`${n}-b`, `${n - 1}-c`] });
    writeSync(1, `remove ${removal.id} ${n}\n`);
  }
  if (n % 9 === 0) writeSync(1, `paths ${(await engine.submit({ kind: "paths", targets: [folder!] })).id} ${n}\n`);
}
