// A process that opens a library for writing, says so, and holds it until it is killed.

import { openWriter } from "../../src/store/writer.js";

openWriter(process.argv[2]!);
process.stdout.write("holding\n");
setInterval(() => undefined, 1000);
