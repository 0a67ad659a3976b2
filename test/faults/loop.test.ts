import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder.js";
import { killLoop } from "./loop.js";

const seed = Number(process.env.FAULTS_SEED ?? Date.now() % 100_000);

test(`killed at any moment of whatever it does at once, a library is whole and holds what was acknowledged (seed ${seed})`, async (t) => {
  t.diagnostic(`again with: npm run faults -- --rounds 10 --seed ${seed}`);
  await killLoop({ folder: temporaryFolder(), rounds: 10, seed, signal: t.signal });
});
