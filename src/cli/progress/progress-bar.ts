// One line on stderr that is drawn over while work goes on, and gone when it is done. Off a terminal there is none.

import { SingleBar } from "cli-progress";
import type { Output } from "../terminal.js";

export type ProgressBar = {
  /** Draws the bar at `fraction` (0..1), between what is being done and the facts about it. */
  show(label: string, fraction: number, facts: string): void;
  /** Takes the line away. May be called twice. */
  stop(): void;
};

const BAR_COLUMNS = 24;

export function openProgressBar(output: Output): ProgressBar {
  if (!output.animated) return { show: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: "{label} {bar} {facts}",
    stream: output.stream,
    barsize: BAR_COLUMNS,
    barCompleteChar: "━",
    barIncompleteChar: "─",
    clearOnComplete: true,
    // Signals are the command's own affair: it stops the bar when it stops the work.
    gracefulExit: false,
    fps: 10,
  });
  let started = false;
  return {
    show(label, fraction, facts) {
      const payload = { label, facts };
      if (started) bar.update(fraction, payload);
      else bar.start(1, fraction, payload);
      started = true;
    },
    stop() {
      if (started) bar.stop();
      started = false;
    },
  };
}
