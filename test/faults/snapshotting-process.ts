// Makes snapshots of a library and restores the newest, one after the other, and prints each step, until it is killed.
//   node snapshotting-process.js LIBRARY SNAPSHOTS TARGET

import { rmSync, writeSync } from "node:fs";
import { diskOperations, type FileOperations } from "../../src/files/index.js";
import { restore } from "../../src/lifecycle/restore.js";
import { makeSnapshot } from "../../src/lifecycle/snapshot.js";
import { context } from "../lifecycle/small-library.js";

const [library, directory, target] = process.argv.slice(2);
const tell = (step: string) => writeSync(1, `${step}\n`);

// Each operation on a file is a step: the kill comes before one of them.
const files = { ...diskOperations };
for (const name of Object.keys(files) as (keyof FileOperations)[]) {
  const real = files[name] as (...rest: string[]) => Promise<void>;
  Object.assign(files, {
    [name]: (...rest: string[]) => {
      tell("step");
      return real(...rest);
    },
  });
}

for (;;) {
  const request = { library: library!, directory: directory!, models: [], withModels: false, version: "0" };
  const { path, name } = await makeSnapshot(request, context({ files, now: Date.now, progress: () => tell("step") }));
  tell(`snapshot ${name}`);
  await restore({ snapshot: path, library: target! }, context({ files, progress: () => tell("step") }));
  tell("restored");
  rmSync(target!, { recursive: true });
}
