// What the thread that writes notes for those who watch quality: it alone writes the library.

import type { BaselineRow, StoredAlertEvent, StoredCost, Writer } from "../store/index.js";

/** What was judged of a generation. */
export type JudgedHealth = {
  generation: number;
  /** JSON by run. */
  runs: { id: number; health: string }[];
  /** States of the generation to keep, as JSON by name; null: to forget. */
  states: Record<string, string | null>;
  /** Where it is another one. */
  baseline?: { rows: BaselineRow[]; vectors: Float32Array } | undefined;
};

/** What a minute of searching has left. */
export type WatchedMinute = {
  minutes: { minute: number; record: string }[];
  /** Earlier ones are forgotten. */
  firstKept: number;
  alerts?: { states: Record<string, string>; events: StoredAlertEvent[] } | undefined;
  costs: StoredCost[];
  /** States of a generation, as JSON by name. */
  states: { generation: number; name: string; value: string }[];
};

export type QualityVerbs = {
  keepHealth(argument: JudgedHealth): void;
  keepMinute(argument: WatchedMinute): void;
};

export type QualityVerbParts = {
  quality: Writer["quality"];
  /** Writes down what ingestion has noted. */
  flush(): void;
};

export function qualityVerbs({ quality, flush }: QualityVerbParts): QualityVerbs {
  return {
    keepHealth({ generation, runs, states, baseline }) {
      for (const { id, health } of runs) quality.judgeRun(id, health);
      if (baseline) quality.keepBaseline(generation, baseline.rows, baseline.vectors);
      for (const [name, value] of Object.entries(states)) quality.keepState(generation, name, value);
    },
    keepMinute({ minutes, firstKept, alerts, costs, states }) {
      flush();
      quality.keepMinutes(minutes, firstKept);
      if (alerts) quality.keepAlerts(alerts.states, alerts.events);
      if (costs.length > 0) quality.addCosts(costs);
      for (const { generation, name, value } of states) quality.keepState(generation, name, value);
    },
  };
}
