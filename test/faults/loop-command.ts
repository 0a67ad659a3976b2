// The loop of kills by command: npm run faults -- [--rounds N] [--seed N]

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { killLoop } from "./loop.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
  },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  throw new Error("--rounds takes a number from 1, --seed a whole number");
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), "lodestone-faults-"));
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
print(`${rounds} rounds with seed ${seed}`);
try {
  const tally = await killLoop({ folder, rounds, seed, onRound: print, signal: stop.signal });
  print(`Done: ${Array.from(tally, ([name, times]) => `${name} ${times}`).join(", ")}`);
  print(`All ${rounds} rounds left a whole library.`);
  rmSync(folder, { recursive: true });
} catch (error) {
  if (stop.signal.aborted) rmSync(folder, { recursive: true });
  else print(`The library lies in ${folder}`);
  process.exitCode = 1;
  if (!stop.signal.aborted) throw error;
}
