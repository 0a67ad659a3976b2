// lodestone monitor: how well the library answers, what embedding has cost.

import type { Command } from "commander";
import type { CostGrouping, Engine } from "../../engine/index.js";
import { describe, type Face } from "../face.js";
import { listenForInterrupt } from "../interrupt.js";
import { libraryFolder } from "../library-folder.js";
import { orAskTheWriter, withEngine, withoutReranking } from "../open-library.js";
import { listOf } from "../option-values.js";
import { renderCost, renderHealth } from "../render/health.js";

const WATCH_EVERY_MS = 5_000;
const groupings = ["model", "tenant", "day"] as const satisfies readonly CostGrouping[];

type Options = { watch?: boolean; check?: boolean };

export function addMonitorCommand(program: Command, face: Face): void {
  const command = program
    .command("monitor")
    .description("Show how well the library answers: its vectors, the last hour of its queries, its alerts.")
    .option("--check", "judge all vectors again and find out what confidence means here, some seconds")
    .option("-w, --watch", "show it again every few seconds, until Ctrl-C")
    .action((options: Options) => run(options, face));
  describe(command, {
    examples: ["monitor", "monitor --check", "monitor --watch", "monitor cost --by tenant", "monitor baseline"],
    notes: [
      "A server over the same library notes its queries once a minute; what it has in memory is at its /v1/health and on its\nhealth page. What came in is judged against a sample of a known-good time, the baseline.",
    ],
    json: "{status, sentence, embeddings, queries, alerts, events}, with --watch a line each time",
  });
  addCost(command, face);
  addBaseline(command, face);
}

function addCost(monitor: Command, face: Face): void {
  const command = monitor
    .command("cost")
    .description("Show what embedding has cost, and what the same tokens cost at hosted APIs.")
    .option(
      "--by <what>",
      `a line for each: ${groupings.join(", ")} (default: model)`,
      (text: string) => listOf(groupings)(text)[0],
    )
    .action(async ({ by = "model" }: { by?: CostGrouping }) => {
      const { terminal, shared } = face;
      const { library, json } = shared();
      const report = await withEngine(
        { library: libraryFolder(library), readOnly: true, ...withoutReranking },
        (engine) => engine.monitor.cost(by),
      );
      if (json) terminal.printJson(report);
      else terminal.print(renderCost(report, by, terminal.stdout.style));
    });
  describe(command, {
    examples: ["monitor cost", "monitor cost --by day"],
    notes: ["A sparse encoder has a line of its own; hosted prices are for vectors, and leave its tokens out."],
    json: "{groups, total, hosted}",
  });
}

function addBaseline(monitor: Command, face: Face): void {
  const command = monitor
    .command("baseline")
    .description("From now on take the library as it is now for the known-good one.")
    .action(async () => {
      const { terminal, shared } = face;
      const { library, json } = shared();
      const options = { library: libraryFolder(library), onNotice: terminal.warn };
      const overview = await orAskTheWriter('Ask that one: POST /v1/health/check with {"rebase": true}.', () =>
        withEngine(options, (engine) => engine.monitor.check({ rebase: true })),
      );
      if (json) terminal.printJson(overview);
      else terminal.print(renderHealth(overview, terminal.stdout.style));
    });
  describe(command, {
    examples: ["monitor baseline"],
    notes: [
      "For a library that has changed because you wanted it to: what comes in later is held against what is there now.",
    ],
    json: "what monitor prints",
  });
}

async function run({ watch = false, check = false }: Options, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const library = libraryFolder(shared().library);
  const show = async (engine: Engine) => {
    const overview = check ? await engine.monitor.check() : await engine.monitor.overview();
    if (shared().json) terminal.printJson(overview);
    else terminal.print(renderHealth(overview, terminal.stdout.style));
  };
  if (check && !watch) {
    const options = { library, onNotice: terminal.warn };
    await orAskTheWriter("Ask that one: POST /v1/health/check.", () => withEngine(options, show));
    return;
  }
  const options = { library, readOnly: true, ...withoutReranking };
  if (!watch) return withEngine(options, show);
  const interrupt = listenForInterrupt(() => undefined);
  try {
    while (!interrupt.signal.aborted) {
      // Opened anew each time: what another process has written since is read from the library.
      await withEngine(options, show);
      await untilNext(interrupt.signal);
    }
  } finally {
    interrupt.release();
  }
}

function untilNext(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, WATCH_EVERY_MS);
    signal.addEventListener("abort", end, { once: true });
  });
}
