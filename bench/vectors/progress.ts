// One line on stderr for whatever takes long: how far, how fast, how long still. Off a terminal there is none.

import { openProgressBar } from "../../src/cli/progress/progress-bar.js";
import { openRateMeter } from "../../src/cli/progress/rate-meter.js";
import { formatCount, formatRate, formatRemaining } from "../../src/cli/render/numbers.js";
import { openTerminal } from "../../src/cli/terminal.js";

export type Progress = {
  /** Begins a part of the work; what it returns is told how far the part is. */
  part(label: string, unit: string): (done: number, total: number, detail?: string) => void;
  /** A line that stays. */
  note(text: string): void;
  stop(): void;
};

export function openProgress(): Progress {
  const { stderr, warn, note } = openTerminal();
  const bar = openProgressBar(stderr);
  return {
    part(label, unit) {
      bar.stop();
      const meter = openRateMeter();
      const start = performance.now();
      return (done, total, detail) => {
        const now = performance.now();
        meter.note(done, now);
        const rate = meter.perSecond();
        // Steps that differ in length are foretold best by all that went before.
        const remainingMs = done > 0 ? ((total - done) * (now - start)) / done : undefined;
        const facts = [
          `${formatCount(done)}/${formatCount(total)} ${unit}`,
          ...(rate === undefined ? [] : [`${formatRate(rate)}/s`]),
          ...(remainingMs === undefined ? [] : [`${formatRemaining(remainingMs)} left`]),
          ...(detail === undefined ? [] : [detail]),
        ];
        bar.show(label, total === 0 ? 1 : done / total, facts.join("  "));
      };
    },
    note(text) {
      bar.stop();
      if (stderr.isTerminal) note(text);
      else warn(text);
    },
    stop: () => bar.stop(),
  };
}
