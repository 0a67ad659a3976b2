// The tables of a scenario, for the terminal and the report alike. Figures are of the held half of the queries.

import { figure, number, type Row, type Table, text } from "../../src/report/index.js";
import { type Choice, cheapestReaching, curvesOf, pointsOf } from "../vectors/choose-setting.js";
import { worstLoop } from "../vectors/loop-delay.js";
import type { LoopDelay } from "../vectors/process-protocol.js";
import { isSameSearch, type ScenarioResult, type Searched, type SystemResult } from "../vectors/result.js";
import type { Setting } from "../vectors/systems/system.js";

const all: Searched = { kind: "all" };
const targets = { high: 0.99, low: 0.98 };

export function tablesOf(scenario: ScenarioResult): Table[] {
  return [
    matchedRecall(scenario, 10),
    matchedRecall(scenario, 100),
    throughput(scenario),
    builds(scenario),
    filters(scenario),
    deletes(scenario),
    promises(scenario),
    eventLoop(scenario),
  ].filter(({ rows }) => rows.length > 0);
}

/** One row for each curve: the cheapest setting that reaches the recall. */
export function matchedRecall({ systems }: ScenarioResult, k: number): Table {
  const rows = systems.flatMap((system): Row[] =>
    [...curvesOf(pointsOf(system, k, all))].flatMap(([family, points]): Row[] => {
      const high = cheapestReaching(points, targets.high);
      const low = cheapestReaching(points, targets.low);
      if (!high || !low) return [];
      const { held, setting } = high.point;
      const { waited, reported } = held;
      return [
        {
          kind: system.kind,
          cells: [
            curveName(system, family),
            low.reaches ? figure.ms(low.point.held.waited.p50Ms) : "-",
            `${setting.label}${high.reaches ? "" : ` (below ${targets.high})`}`,
            figure.recall(held.recall),
            figure.ms(waited.p50Ms),
            figure.ms(waited.p95Ms),
            figure.ms(waited.p99Ms),
            reported ? figure.ms(reported.p50Ms) : "-",
          ],
        },
      ];
    }),
  );
  return {
    title: `Latency at matched recall@${k}`,
    note: `The cheapest setting with recall@${k} of at least ${targets.high} on the check half of the queries, and its figures on the held half, as the caller waits; "own clock" is what the system itself reports.`,
    columns: [
      text("search"),
      number(`p50 at ${targets.low}`),
      text("setting"),
      number(`recall@${k}`),
      number("p50"),
      number("p95"),
      number("p99"),
      number("p50 by own clock"),
    ],
    rows,
  };
}

/** Every setting of every curve. */
export function settingsTable({ systems }: ScenarioResult, k: number): Table {
  const rows = systems.flatMap((system) =>
    pointsOf(system, k, all).map(({ setting, held, check, plans }): Row => {
      const { waited } = held;
      return {
        kind: system.kind,
        cells: [
          curveName(system, setting.family),
          setting.label,
          figure.recall(held.recall),
          figure.recall(check.recall),
          figure.ms(waited.p50Ms),
          figure.ms(waited.p95Ms),
          figure.ms(waited.p99Ms),
          Object.keys(plans).join(", "),
        ],
      };
    }),
  );
  return {
    title: `All settings, k = ${k}`,
    columns: [
      text("search"),
      text("setting"),
      number(`recall@${k}`),
      number("on the check half"),
      number("p50"),
      number("p95"),
      number("p99"),
      text("plan taken"),
    ],
    rows,
  };
}

export function throughput({ systems }: ScenarioResult): Table {
  const rows = systems.flatMap((system): Row[] => {
    const alone = system.throughput.find(({ clients }) => clients === 1);
    const many = system.throughput.find(({ clients }) => clients !== 1);
    if (!alone || !many) return [];
    return [
      {
        kind: system.kind,
        cells: [
          system.title,
          settingName(alone.setting),
          figure.rate(alone.queriesPerSecond),
          figure.rate(many.queriesPerSecond),
          figure.ms(many.waited.p50Ms),
          figure.ms(many.waited.p99Ms),
        ],
      },
    ];
  });
  const note =
    "k = 10, the cheapest setting at matched recall. Clients share one process, as the requests of one server do; " +
    "a search that runs on the main thread leaves the others waiting.";
  return {
    title: "Queries per second",
    note,
    columns: [
      text("system"),
      text("setting"),
      number("one client"),
      number("8 clients"),
      number("p50 of 8"),
      number("p99 of 8"),
    ],
    rows,
  };
}

export function builds({ systems }: ScenarioResult): Table {
  const rows = systems.map(({ kind, title, version, build, open }): Row => {
    const { memory, structure } = build;
    const { memoryBytes, diskBytes } = structure;
    return {
      kind,
      cells: [
        `${title} ${version}`,
        figure.seconds(build.readyMs),
        memoryBytes === undefined ? "-" : figure.bytes(memoryBytes),
        diskBytes === undefined ? "-" : figure.bytes(diskBytes),
        figure.bytes(memory.settledBytes - memory.beforeBytes),
        figure.bytes(memory.peakBytes - memory.beforeBytes),
        open ? figure.ms(open.openMs) : "-",
        open ? figure.ms(open.firstAnswerMs) : "-",
        open ? figure.bytes(open.residentBytes) : "-",
        structure.note,
      ],
    };
  });
  const note =
    "Build: from embedded rows to the state that is searched here. Resident: memory of a process of its own, over that of " +
    "the empty process; settled after the build, and at its highest. Open: in a new process; resident then: all of that process after the first " +
    "answer.";
  return {
    title: "Build, memory, opening",
    note,
    columns: [
      text("system"),
      number("build"),
      number("structure in memory"),
      number("on disk"),
      number("resident settled"),
      number("resident peak"),
      number("open"),
      number("first answer"),
      number("resident then"),
      text("the structure is"),
    ],
    rows,
  };
}

export function filters({ systems }: ScenarioResult): Table {
  const shares = [
    ...new Set(systems.flatMap(({ points }) => points.flatMap(({ searched }) => shareOf(searched)))),
  ].sort((a, b) => a - b);
  const rows = systems.flatMap((system): Row[] => {
    if (system.filters === undefined) return [];
    const cell = (searched: Searched) => choiceCell(chosenFor(system, searched));
    return [
      {
        kind: system.kind,
        cells: [system.title, cell(all), ...shares.map((share) => cell({ kind: "filter", share })), system.filters],
      },
    ];
  });
  return {
    title: "Filters: p50 and recall@10 by the share of rows that are allowed",
    note: `The cheapest setting with recall@10 of at least ${targets.high}, or the one of highest recall where none has. The filter's rows have nothing to do with their vectors.`,
    columns: [
      text("system"),
      number("no filter"),
      ...shares.map((share) => number(figure.percent(share))),
      text("way"),
    ],
    rows,
  };
}

export function deletes({ systems }: ScenarioResult): Table {
  const rows = systems.flatMap((system): Row[] => {
    const choice = chosenFor(system, { kind: "deletes" });
    if (!choice || !system.removal) return [];
    return [
      {
        kind: system.kind,
        cells: [
          system.title,
          figure.ms(system.removal.ms),
          settingName(choice.point.setting),
          figure.recall(choice.point.held.recall),
          figure.ms(choice.point.held.waited.p50Ms),
          choiceCell(chosenFor(system, all)),
        ],
      },
    ];
  });
  return {
    title: "After 30 % of the rows are deleted",
    columns: [
      text("system"),
      number("deleting took"),
      text("setting"),
      number("recall@10"),
      number("p50"),
      number("before: p50 and recall"),
    ],
    rows,
  };
}

/** What our planner promises, and what comes of it on queries that it has never seen. */
export function promises({ systems }: ScenarioResult): Table {
  const rows = systems.flatMap((system) =>
    system.points
      .filter(({ setting, searched }) => setting.parameters.recall !== undefined && isSameSearch(searched, all))
      .map(({ setting, k, check, held, plans }): Row => {
        const asked = setting.parameters.recall!;
        const kept = Math.min(check.recall, held.recall) >= asked ? "yes" : held.recall >= asked ? "on one half" : "no";
        return {
          kind: system.kind,
          cells: [
            curveName(system, setting.family),
            figure.digits(asked),
            String(k),
            figure.recall(check.recall),
            figure.recall(held.recall),
            kept,
            Object.keys(plans).join(", "),
            figure.ms(held.waited.p50Ms),
          ],
        };
      }),
  );
  return {
    title: "Recall asked for and recall found",
    note: "The index measures itself on its own rows and sees none of these queries.",
    columns: [
      text("search"),
      number("asked for"),
      number("k"),
      number("check half"),
      number("held half"),
      text("kept"),
      text("plan taken"),
      number("p50"),
    ],
    rows,
  };
}

export function eventLoop({ systems }: ScenarioResult): Table {
  const rows = systems
    .filter(({ isAsynchronous }) => isAsynchronous)
    .flatMap(({ kind, title, build, points, throughput: of, removal }): Row[] => {
      const steps: [string, LoopDelay[]][] = [
        ["building and settling", [build.loop]],
        ["searching", points.map(({ loop }) => loop)],
        ["searching for 8 clients", of.filter(({ clients }) => clients > 1).map(({ loop }) => loop)],
        ["deleting", removal ? [removal.loop] : []],
      ];
      return steps
        .filter(([, loops]) => loops.length > 0)
        .map(([step, loops]) => {
          const { p99Ms, maxMs, idleMaxMs = 0 } = worstLoop(loops);
          return { kind, cells: [title, step, figure.ms(p99Ms), figure.ms(maxMs), figure.ms(idleMaxMs)] };
        });
    });
  return {
    title: "Delay of the caller's event loop",
    note: "Beyond the 1 ms of the timer that measures it; the worst round counts. Searches that run on the main thread hold it for as long as they take and are left out.",
    columns: [
      text("system"),
      text("while"),
      number("p99"),
      number("longest"),
      number("longest of an idle process meanwhile"),
    ],
    rows,
  };
}

export function chosenFor(system: SystemResult, searched: Searched): Choice | undefined {
  return cheapestReaching(pointsOf(system, 10, searched), targets.high);
}

/** A curve of ours goes by the name of the plan. */
export function curveName({ kind, title }: SystemResult, family: string): string {
  return kind === "ours" ? `Lodestone ${family}` : title === family ? title : family;
}

/** "ef 64"; with the plan before it where a system of ours has several. */
export function settingName({ family, label, plan }: Setting): string {
  const several = family === "auto" || (plan !== undefined && plan !== label && family === plan && plan !== "graph");
  return several ? `${family}, ${label}` : label;
}

function choiceCell(choice: Choice | undefined): string {
  if (!choice) return "-";
  const { held } = choice.point;
  return `${figure.ms(held.waited.p50Ms)}, ${figure.recall(held.recall)}`;
}

function shareOf(searched: Searched): number[] {
  return searched.kind === "filter" ? [searched.share] : [];
}
