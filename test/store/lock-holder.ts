// A process that opens a library for writing, says so, and holds it until it is killed.

import { openWriter } from "../../src/store/writer.js";

const writer = openWriter(process.argv[2]!);
// What nobody refers to is collected, and with it the lock.
process.once("exit", () => writer.close());
process.stdout.write("holding\n");
setInterval(() => undefined, 1000);
