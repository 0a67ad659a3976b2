// Which alerts stand: of queries by their rules, of vectors by what was judged last. Tells of each that begins or ends.

import {
  type AlertEvent,
  type AlertRule,
  type AlertStates,
  type HealthReport,
  type QuerySummary,
  stepAlerts,
} from "../quality/index.js";

/** An alert that stands, wherever it comes from. Plain JSON; times are ISO 8601. */
export type Alert = {
  id: string;
  /** queries: of the last minutes. batch: of what came in last. index: of all vectors. */
  source: "queries" | "batch" | "index";
  severity: "warning" | "critical";
  title: string;
  /** What was found, with figures. */
  sentence: string;
  since: string;
  value: number | null;
  threshold: number;
  /** A command line, and what it does about it. */
  command: string;
  effect: string;
};

/** That an alert began or ended. */
export type AlertNews = Pick<Alert, "id" | "source" | "severity" | "sentence" | "value"> & {
  kind: "raised" | "cleared";
  at: string;
};

type Judged = { source: "batch" | "index"; report: HealthReport; atMs: number };

export class AlertKeeper {
  #states: AlertStates = {};
  #rules: readonly AlertRule[] = [];
  #judged: Judged[] = [];
  #sentences = new Map<string, string>();

  restore(states: AlertStates, sentences: Readonly<Record<string, string>>): void {
    this.#states = states;
    this.#sentences = new Map(Object.entries(sentences));
  }

  /** What `restore` takes, as JSON by rule. */
  stored(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.#states).map(([rule, state]) => [
        rule,
        JSON.stringify({ state, sentence: this.#sentences.get(rule) ?? "" }),
      ]),
    );
  }

  /** Reads the rules once; to be called about every minute. */
  step(rules: readonly AlertRule[], summaryOf: (minutes: number) => QuerySummary, nowMs: number): AlertNews[] {
    const { states, events } = stepAlerts(rules, this.#states, summaryOf, nowMs);
    this.#states = states;
    this.#rules = rules;
    for (const { kind, rule, sentence } of events) if (kind === "raised") this.#sentences.set(rule.id, sentence);
    return events.map(newsOfQueries);
  }

  /** Takes in what was judged of the vectors last. */
  judge(judged: readonly Judged[]): AlertNews[] {
    const before = new Map(this.#ofVectors().map((alert) => [alert.id, alert]));
    this.#judged = [...judged];
    const after = new Map(this.#ofVectors().map((alert) => [alert.id, alert]));
    const news = (kind: AlertNews["kind"], { id, source, severity, sentence, value, since }: Alert): AlertNews => {
      const shown = kind === "raised" ? sentence : `Over: ${sentence}`;
      return { kind, id, source, severity, sentence: shown, value, at: since };
    };
    const raised = [...after.values()].filter(({ id }) => !before.has(id)).map((alert) => news("raised", alert));
    const cleared = [...before.values()].filter(({ id }) => !after.has(id)).map((alert) => news("cleared", alert));
    return [...raised, ...cleared];
  }

  /** The worst first. */
  standing(): Alert[] {
    return [...this.#ofQueries(), ...this.#ofVectors()].sort(
      (a, b) => Number(b.severity === "critical") - Number(a.severity === "critical"),
    );
  }

  #ofQueries(): Alert[] {
    return this.#rules.flatMap((rule): Alert[] => {
      const state = this.#states[rule.id];
      if (state?.phase !== "raised" && state?.phase !== "clearing") return [];
      const { id, severity, title, threshold, remedy } = rule;
      const sentence = this.#sentences.get(id) || title;
      const since = new Date(state.raisedMs).toISOString();
      return [{ id, source: "queries", severity, title, sentence, since, value: state.value, threshold, ...remedy }];
    });
  }

  #ofVectors(): Alert[] {
    return this.#judged.flatMap(({ source, report, atMs }) =>
      report.alerts.map(
        ({ id, severity, figure, threshold, sentence, remedy }): Alert => ({
          id: `${source}-${id}`,
          source,
          severity,
          title: source === "batch" ? "What came in last is unlike the library" : "The library is unlike its baseline",
          sentence,
          since: new Date(atMs).toISOString(),
          value: figure,
          threshold,
          ...remedy,
        }),
      ),
    );
  }
}

function newsOfQueries({ kind, rule: { id, severity }, atMs, value, sentence }: AlertEvent): AlertNews {
  return { kind, id, source: "queries", severity, sentence, value, at: new Date(atMs).toISOString() };
}
