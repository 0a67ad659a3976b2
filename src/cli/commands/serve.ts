// lodestone serve: a library over HTTP, with the search page.

import type { Command } from "commander";
import { type AlertOptions, addAlertOptions, monitoringOf } from "../alert-options.js";
import { describe, type Face } from "../face.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine } from "../open-library.js";
import { gathered, wholeNumber } from "../option-values.js";
import { listenForEnd, preloadServer, type ServeOptions, serveLibrary } from "../serve-library.js";
import { addServerTaskOptions, checkServerTasks, type ServerTaskOptions, startServerTasks } from "../server-tasks.js";
import { addSparseOption, type SparseOption, sparseOf } from "../sparse-option.js";
import { addVectorOptions, type VectorOptions, vectorsOf } from "../vector-options.js";

type Options = ServeOptions & ServerTaskOptions & VectorOptions & AlertOptions & SparseOption & { readOnly?: boolean };

export function addServeCommand(program: Command, face: Face): void {
  const command = program
    .command("serve")
    .description("Serve the library over HTTP, with a search page. Ends with Ctrl-C.")
    .option("-p, --port <port>", "port to listen on, 0 for any free one (default: 7878)", wholeNumber(0, 65535))
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--allow-host <name>", "further name that browsers may call this server by (may be repeated)", gathered)
    .option("--read-only", "serve beside another process that writes the library");
  addServerTaskOptions(command).action((options: Options) => run(options, face));
  addSparseOption(command);
  addVectorOptions(command);
  addAlertOptions(command);
  describe(command, {
    examples: [
      "serve",
      "serve --port 8080 --library ./docs-library",
      "serve --host 0.0.0.0 --allow-host search.lan",
      "serve --watch ~/notes --snapshot-every 24h --keep-daily 7 --keep-weekly 4",
    ],
    notes: [
      "int8 takes a quarter of the memory of float32 for nearly the same answers. What is on disk stays as it is: the next\nserve may choose anew.",
      "Only this machine can reach the default address. There are no user accounts yet: who reaches the port can read and\nwrite the library.",
    ],
    json: "one line when the server is ready: {url, library}",
  });
}

async function run(options: Options, face: Face): Promise<void> {
  const engineOptions = {
    library: libraryFolder(face.shared().library),
    readOnly: options.readOnly ?? false,
    onNotice: face.terminal.warn,
    ...(options.snapshotDirectory === undefined ? {} : { snapshotDirectory: options.snapshotDirectory }),
    ...sparseOf(options),
    vectors: vectorsOf(options),
    monitoring: monitoringOf(options),
  };
  checkServerTasks(options);
  const interrupt = listenForEnd();
  preloadServer();
  try {
    await withEngine(engineOptions, async (engine) => {
      const { library } = await engine.status();
      if (library.documents === 0 && !options.watch) {
        face.terminal.warn(
          `the library ${engine.library} is empty. Stop this server and fill it: lodestone index <folder>`,
        );
      }
      const tasks = startServerTasks(engine, options, face);
      try {
        await serveLibrary(engine, options, interrupt, face);
      } finally {
        await tasks.close();
      }
    });
  } finally {
    interrupt.release();
  }
}
