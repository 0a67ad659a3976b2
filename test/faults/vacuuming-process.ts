// Puts and removes documents and vacuums all the while, and prints each acknowledgement and each step, until it is killed.
//   node vacuuming-process.js LIBRARY FIRST

import { writeSync } from "node:fs";
import { openEngine } from "../../src/index.js";

const [library, first] = process.argv.slice(2);
const engine = await openEngine({ library: library!, crossEncoder: null, vacuum: { auto: false } });
const say = (line: string) => writeSync(1, `${line}\n`);

const vacuuming = async () => {
  for (;;) await engine.vacuum({ cache: true, onProgress: ({ phase }) => say(`step ${phase}`) });
};
void vacuuming();

for (let n = Number(first); ; n++) {
  const ids = Array.from({ length: 40 }, (_, i) => `${n}-${i}`);
  await engine.put(
    ids.map((id) => ({ id, text: `Document ${id} speaks of subject ${n} at some length. `.repeat(20) })),
  );
  say(`put ${ids.join(" ")}`);
  const gone = ids.filter((_, i) => i % 3 !== 0);
  await engine.remove(gone);
  say(`removed ${gone.join(" ")}`);
}
