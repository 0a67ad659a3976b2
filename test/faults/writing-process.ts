// Puts and removes documents one call after the other and prints each acknowledgement, until it is killed.
//   node writing-process.js LIBRARY FIRST

import { writeSync } from "node:fs";
import { openEngine } from "../../src/index.js";

const [library, first] = process.argv.slice(2);
const engine = await openEngine({ library: library!, crossEncoder: null });
for (let n = Number(first); ; n++) {
  const ids = [`${n}-a`, `${n}-b`, `${n}-c`];
  await engine.put(
    ids.map((id) => ({ id, text: `Document ${id} speaks of subject ${n} at some length. `.repeat(20) })),
  );
  writeSync(1, `put ${ids.join(" ")}\n`);
  if (n % 3 !== 0) continue;
  await engine.remove([`${n}-b`]);
  writeSync(1, `removed ${n}-b\n`);
}
